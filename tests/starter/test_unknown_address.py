"""A typing error in a sender's address is seen: nothing that it sends pages anybody."""

import pytest
from structlog.testing import capture_logs

from tests.starter.conftest import GatewayUnderTest


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/webhooks/alertmanger", "there is nothing at /webhooks/alertmanger. Did you mean `alertmanager`?"),
        ("/webhook/grafana", "there is nothing at /webhook/grafana. Did you mean `/webhooks/grafana`?"),
        ("/grafana", "there is nothing at /grafana. Did you mean `/webhooks/grafana`?"),
        ("/webhooks/grafana/alerts", "there is nothing at /webhooks/grafana/alerts. Did you mean `/webhooks/grafana`?"),
        ("/webhooks", "there is nothing at /webhooks."),
        ("/webhooks/nagios", "there is nothing at /webhooks/nagios."),
        ("/webhooks/a%e2%80%aeb", "there is nothing at /webhooks/a b."),
    ],
)
async def test_the_answer_says_which_there_are_and_readyz_that_it_came(
    path: str, told: str, gate: GatewayUnderTest
) -> None:
    async with gate.open() as http:
        answer = await http.post(path, json={})
        ready = (await http.get("/readyz")).json()
    assert answer.status_code == 404
    assert answer.json()["error"].startswith(f"{told} Alerts go by POST to /webhooks/ and one of these: alertmanager, ")
    assert ready["webhooks"] == {"an unknown address": {"refused": 1}}
    assert ready["problems"][0].startswith("an unknown address: a webhook was answered 404 once, the last at 20")
    assert told in ready["problems"][0]


async def test_whatever_anybody_makes_up_is_one_counter_and_one_line_a_minute(gate: GatewayUnderTest) -> None:
    async with gate.open() as http:
        with capture_logs() as logs:
            for number in range(30):
                await http.post(f"/webhooks/{number}{'x' * 3000}", json={})
        ready = (await http.get("/readyz")).json()
    assert ready["webhooks"] == {"an unknown address": {"refused": 30}}
    assert len(ready["problems"]) == 1
    assert len(ready["problems"][0]) < 700
    assert len(logs) < 30


async def test_a_sender_that_is_told_to_put_is_seen(gate: GatewayUnderTest) -> None:
    async with gate.open() as http:
        answer = await http.put("/webhooks/grafana", json={})
        ready = (await http.get("/readyz")).json()
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["error"].startswith("nothing takes a PUT at /webhooks/grafana. Alerts go by POST")
    assert ready["webhooks"] == {"an unknown address": {"refused": 1}}


@pytest.mark.parametrize("path", ["/favicon.ico", "/webhooks/grafana", "/.env"])
async def test_who_only_looks_is_no_sender(path: str, gate: GatewayUnderTest) -> None:
    async with gate.open() as http:
        assert (await http.get(path)).status_code in (404, 405)
        assert (await http.post("/wp-login.php")).status_code == 404
        assert (await http.get("/readyz")).json()["problems"] == []
