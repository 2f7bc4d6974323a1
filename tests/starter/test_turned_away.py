"""A sender that is locked out is seen: in the log each time, and in /readyz until a genuine webhook comes."""

import asyncio
import re
import socket

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from starter.gateway import admission
from starter.gateway.admission import sender_waits_s
from starter.sources import generic, sentry
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import GatewayUnderTest
from tests.starter.sources.fixtures.pagerduty import FIXTURE, firing

PATH = "/webhooks/pagerduty"


async def test_readyz_says_when_how_often_what_to_compare_and_what_it_means(gate: GatewayUnderTest) -> None:
    gate.settings = gate.settings.model_copy(update={"pagerduty_webhook_secrets": (SecretStr("shared"),)})
    async with gate.open() as http:
        with capture_logs() as logs:
            for _ in range(3):
                await http.post(PATH, json=firing, headers={"X-PagerDuty-Signature": "v1=guess"})
        ready = await http.get("/readyz")
    (problem,) = ready.json()["problems"]
    assert ready.status_code == 200  # alerts can still become incidents
    assert re.match(r"pagerduty: a webhook was refused 3 times in a row, the last at 20\d\d-\d\d-\d\d \d\d:", problem)
    assert "compare TOCSIN_PAGERDUTY_WEBHOOK_SECRETS" in problem
    assert "PagerDuty sends nothing for 24 hours" in problem
    assert [entry["in_a_row"] for entry in logs] == [1, 2, 3]
    assert {entry["log_level"] for entry in logs} == {"error"}
    assert "guess" not in str(logs) + problem


async def test_a_genuine_webhook_ends_the_row(gate: GatewayUnderTest) -> None:
    gate.settings = gate.settings.model_copy(update={"pagerduty_webhook_secrets": (SecretStr("shared"),)})
    async with gate.open() as http:
        await http.post(PATH, json=firing)
        content = b'{"event": {"event_type": "pagey.ping"}}'
        good = await http.post(PATH, content=content, headers=dict(FIXTURE.prove(content, "shared").headers))
        ready = (await http.get("/readyz")).json()
    assert good.status_code == 202
    assert ready["problems"] == []
    assert ready["webhooks"]["pagerduty"]["refused"] == 1


async def test_sentry_is_answered_within_its_second_even_when_temporal_is_slow(
    gate: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "sender_waits_s", sender_waits_s)  # here it is the test's business
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        gate.incidents = Incidents(await Client.connect(address, lazy=True, data_converter=pydantic_data_converter))
        async with gate.open() as http, asyncio.timeout(HANGS_AFTER_S):
            answer = await http.post("/webhooks/sentry", json=sentry.EXAMPLE)
    assert answer.status_code == 503
    assert answer.json()["error"].startswith("not stored in time"), (
        "it is its second that has passed, no call's deadline"
    )


async def test_the_address_may_say_how_grave_the_alerts_are_that_say_nothing(gate: GatewayUnderTest) -> None:
    said = {name: value for name, value in generic.EXAMPLE.items() if name != "severity"}
    async with gate.open() as http:
        for body, word, problems in (
            (said, "critical", []),
            (said, "odd", ["?severity"]),
            ({**said, "severity": "sev3"}, "critical", []),
        ):
            answer = await http.post("/webhooks/generic", json=body, params={"severity": word})
            assert [problem["field"] for problem in answer.json()["problems"]] == problems
