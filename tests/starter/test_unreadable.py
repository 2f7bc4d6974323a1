"""What is genuine opens something, however long, short, compressed or spoilt it is; and what was dropped is seen."""

import gzip
import json
import zlib
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio.client import Client

from starter.gateway import rejected_webhooks
from starter.gateway.admission import Unproved
from starter.intake import ours, translating
from starter.sources import generic, healthchecks, prefix
from starter.sources.table import SOURCES
from tests.starter.conftest import GatewayUnderTest
from tests.starter.sources.fixture import hex_hmac
from tests.starter.sources.test_alertmanager import alert, body
from tests.starter.sources.webhooks import NOW, webhook
from tests.starter.test_gateway import ALERTMANAGER, GENERIC, ONE, received, with_settings

LIMIT = 100_000


def group(count: int, **more: Any) -> bytes:
    """As Alertmanager sends it, 1.8 KB each; what names the group stands behind the alerts."""
    alerts = [
        alert(labels={"alertname": "Down", "n": str(n)}, annotations={"summary": "x" * 1600}) for n in range(count)
    ]
    sent = {name: value for name, value in body(*alerts).items() if name not in more}
    return json.dumps({**sent, **more}).encode()


async def post(gate: GatewayUnderTest, path: str, content: bytes, **headers: str) -> Any:
    async with gate.open() as http:
        answer = await http.post(path, content=content, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()


class TestTooLong:
    async def test_seven_hundred_alerts_of_alertmanager_are_no_large_body(self, gate: GatewayUnderTest) -> None:
        content = group(700)
        assert len(content) > 1_048_576
        answer = await post(gate, ALERTMANAGER, content)
        assert (answer["accepted"], answer["problems"]) == (700, [])

    async def test_of_a_larger_one_the_alerts_within_the_limit_are_read_and_the_rest_counted(
        self, gate: GatewayUnderTest, client: Client
    ) -> None:
        with_settings(gate, max_body_bytes=LIMIT)
        small, large = [await post(gate, ALERTMANAGER, group(count, groupKey="g")) for count in (2, 100)]
        assert large["incident"] == small["incident"], "what names the group stands at the end"
        heard = (await received(client, large["incident"]))[1:]
        kept, truncated = sum(len(each.alerts) for each in heard), sum(each.truncated for each in heard)
        assert large["accepted"] == kept
        assert 40 < kept < 60
        assert kept + truncated == 100
        assert "TOCSIN_MAX_BODY_BYTES" in large["problems"][0]["message"]

    def test_what_the_sender_itself_left_out_is_counted_too(self) -> None:
        reading = translating.translated(SOURCES["alertmanager"], webhook(group(100, truncatedAlerts=7)), LIMIT)
        assert len(reading.alerts) + reading.truncated == 107

    async def test_one_that_never_ends_is_not_read_to_its_end(self, gate: GatewayUnderTest, client: Client) -> None:
        with_settings(gate, max_body_bytes=LIMIT)
        answer = await post(gate, ALERTMANAGER, group(2000))
        assert 40 < answer["accepted"] < 60
        assert sum(each.truncated for each in await received(client, answer["incident"])) > 50

    async def test_what_is_signed_and_longer_than_can_be_checked_is_refused_and_seen(
        self, gate: GatewayUnderTest
    ) -> None:
        content = json.dumps({"alerts": [ONE] * 20_000}).encode()
        with_settings(
            gate, max_body_bytes=LIMIT, sentry_secrets=(SecretStr("s"),), alertmanager_tokens=(SecretStr("t"),)
        )
        async with gate.open() as http:
            proof = hex_hmac("Sentry-Hook-Signature")(content, "s")
            signed = await http.post("/webhooks/sentry", content=content, headers=dict(proof.headers))
            ready = (await http.get("/readyz")).json()
        assert signed.status_code == 413
        assert ready["webhooks"] == {"sentry": {"refused": 1}}
        (problem,) = ready["problems"]
        assert problem.startswith("sentry: a webhook was answered 413 once, the last at 20")
        assert "more than 200000 bytes" in problem

    def test_a_list_that_ends_in_the_middle_is_read_as_far_as_its_alerts_are_whole(self) -> None:
        content = group(5)
        for end in range(2000, len(content) - 1, 700):
            reading = translating.translated(SOURCES["alertmanager"], webhook(content[:end]), LIMIT)
            assert not reading.unreadable
            assert len(reading.alerts) == content[:end].count(b'"annotations": {"summary": "' + b"x" * 1600 + b'"}}')
            assert len(reading.alerts) + reading.truncated <= 5

    @pytest.mark.parametrize("source", ["alertmanager", "grafana"])
    @pytest.mark.parametrize("alike", [{"alertname": "Down"}, {}])
    def test_where_the_end_that_names_the_group_is_cut_off_its_alerts_are_one_incident_all_the_same(
        self, source: str, alike: dict[str, str]
    ) -> None:
        """Both write `alerts` first and `groupKey` last: a thousand pages would be the price of a group that large."""
        alerts = [alert(labels={**alike, f"n{n}": "1", "severity": ("critical", "warning")[n % 2]}) for n in range(9)]
        content = json.dumps({"receiver": "r", "status": "firing", "alerts": alerts, "groupKey": "g"}).encode()
        for end in (len(content) - 5, content.index(b'"groupKey"'), content.index(b'"n7"')):
            reading = translating.translated(SOURCES[source], webhook(content[:end]), LIMIT)
            assert len(reading.alerts) >= 7
            assert len({each.group for each in reading.alerts}) == 1
            assert "was cut off" in str(reading.ungrouped)
            assert reading.ended_at is None

    @pytest.mark.parametrize("limit", [600, LIMIT])
    def test_what_is_whole_and_names_no_group_has_none(self, limit: int) -> None:
        alerts = [alert(labels={"alertname": "Down", "n": str(n)}) for n in range(9)]
        reading = translating.translated(
            SOURCES["alertmanager"], webhook(json.dumps({"alerts": alerts}).encode()), limit
        )
        known = [each for each in reading.alerts if not each.unreadable]
        assert len({each.group for each in known}) == len(known) > 1

    @pytest.mark.parametrize("end", [20, 60, 90])
    def test_of_one_alert_that_is_not_whole_nobody_knows_whether_it_is_over(self, end: int) -> None:
        content = json.dumps({"key": "k", "title": "Down", "labels": {"a": "b"}, "status": "resolved", "x": "y" * 99})
        reading = translating.translated(SOURCES["generic"], webhook(content[:end].encode()), LIMIT)
        assert reading.unreadable

    @pytest.mark.parametrize(
        "sent", [b"", b"{", b"[", b"{}", b"[]", b'{"alerts": [', b'{"alerts": [{"a"', b"7", b"[" * 9000]
    )
    def test_where_nothing_is_whole_nothing_is_cut(self, sent: bytes) -> None:
        assert prefix.readable(webhook(sent), LIMIT).body == sent


class TestUnreadable:
    async def test_it_says_whose_and_why_at_the_default_severity_and_not_what_was_sent(
        self, gate: GatewayUnderTest, client: Client
    ) -> None:
        async with gate.open() as http:
            answer = (await http.post(GENERIC, params={"severity": "sev4"}, content=b"password=hunter2")).json()
        found = await _opened(client, answer["incident"])
        assert found["title"].startswith("cannot read what generic sends: the body is not JSON")
        assert found["severity"] == "sev2"
        assert "hunter2" not in str(found) + str(answer)

    async def test_repeats_only_count_and_each_installation_has_its_own(
        self, gate: GatewayUnderTest, client: Client
    ) -> None:
        async with gate.open() as http:
            answers = [
                (await http.post(ALERTMANAGER, content=b"?", params={"installation": where})).json()["incident"]
                for where in ("berlin", "berlin", "tokyo")
            ]
        assert answers[0] == answers[1] != answers[2]
        heard = [alert for each in await received(client, answers[0]) for alert in each.alerts]
        assert len({each.fingerprint for each in heard}) == 1

    async def test_a_message_of_pagerduty_that_cannot_be_read_keeps_the_subscription(
        self, gate: GatewayUnderTest
    ) -> None:
        for event in ({"event_type": "incident.triggered"}, {"event_type": "incident.acknowledged", "data": 7}, 7):
            answer = await post(gate, "/webhooks/pagerduty", json.dumps({"event": event}).encode())
            assert answer["unreadable"]

    async def test_what_jira_sends_pages_nobody_and_is_seen(self, gate: GatewayUnderTest) -> None:
        async with gate.open() as http:
            answers = [await http.post("/webhooks/jira", content=sent) for sent in (b"{", b"[]", b"[]")]
            ready = (await http.get("/readyz")).json()
        assert [answer.status_code for answer in answers] == [400, 422, 422]
        assert ready["webhooks"] == {"jira": {"refused": 3}}
        assert [problem.split(", ")[0] for problem in ready["problems"]] == [
            "jira: a webhook was answered 400 once",
            "jira: a webhook was answered 422 2 times",
        ]
        assert await gate.incidents.list() == ()

    def test_a_fault_of_our_own_costs_no_alert(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(_: Any) -> str:
            raise ValueError("hunter2")

        monkeypatch.setattr(healthchecks, "_details", broken)
        with capture_logs() as logs:
            reading = translating.translated(SOURCES["healthchecks"], webhook(healthchecks.EXAMPLE), LIMIT)
        assert reading.alerts[0].name == "cannot read what healthchecks sends"
        assert reading.alerts[0].summary == "a fault in Tocsin (ValueError)"
        assert logs[0]["log_level"] == "error"


class TestCompressed:
    @pytest.mark.parametrize(
        ("encoding", "packed"),
        [
            ("gzip", gzip.compress),
            ("", gzip.compress),
            ("deflate", zlib.compress),
            ("Deflate", lambda sent: zlib.compress(sent, wbits=-15)),
            ("gzip", lambda sent: sent),
            ("deflate", lambda sent: sent),
        ],
    )
    @pytest.mark.parametrize("signs_what_it_packed", [True, False])
    async def test_a_packed_body_is_unpacked_whichever_of_them_is_signed(
        self, encoding: str, packed: Any, signs_what_it_packed: bool, gate: GatewayUnderTest
    ) -> None:
        with_settings(gate, github_secrets=(SecretStr("s"),))
        example = json.dumps(next(iter(SOURCES["github"].examples.values()))).encode()
        sent = packed(example)
        proof = hex_hmac("X-Hub-Signature-256", "sha256=")(sent if signs_what_it_packed else example, "s")
        answer = await post(gate, "/webhooks/github", sent, **{"Content-Encoding": encoding}, **dict(proof.headers))
        assert answer["accepted"] == 1
        assert answer["unreadable"] is None

    async def test_it_is_never_unpacked_to_more_than_is_read(self, gate: GatewayUnderTest) -> None:
        with_settings(gate, max_body_bytes=LIMIT)
        answer = await post(gate, ALERTMANAGER, gzip.compress(b" " * 50_000_000))
        assert answer["unreadable"]


class TestSeen:
    def test_what_is_dropped_is_logged_once_a_minute_for_each_source_and_shown_for_a_day(self) -> None:
        known = rejected_webhooks.RejectedWebhooks()
        with capture_logs() as logs:
            for second in range(0, 150, 10):
                known.dropped(
                    generic.SOURCE, "was answered 413", "too long", NOW + timedelta(seconds=second), "10.0.0.1"
                )
        assert [entry["so_often"] for entry in logs] == [1, 7, 13]
        last = NOW + timedelta(seconds=140)
        assert known.problems(last) == [
            "generic: a webhook was answered 413 15 times, the last at 2026-11-21 00:12:20 UTC from 10.0.0.1: too long"
        ]
        assert known.problems(last + timedelta(days=1)) == []

    async def test_a_closed_route_is_seen(self, gate: GatewayUnderTest) -> None:
        gate.unproved = Unproved.NOBODY
        async with gate.open() as http:
            await http.post(GENERIC, json=ONE)
            ready = (await http.get("/readyz")).json()
        assert "set TOCSIN_GENERIC_SECRETS to let generic in" in ready["problems"][0]


class TestHeartbeats:
    @pytest.mark.parametrize("content", [b"{", b"\xff", b"x" * 9000, b'{"status": ["resolved"]}', b'{"a": "\\ud83d"}'])
    async def test_a_beat_with_an_odd_body_is_a_beat(self, content: bytes, gate: GatewayUnderTest) -> None:
        with_settings(gate, max_body_bytes=2000)
        async with gate.open() as http:
            answer = await http.post("/heartbeats/backup", content=content)
        assert answer.status_code == 404, "it got as far as asking whether this one is expected"

    @pytest.mark.parametrize("content", [b'{"status": "Resolved"}', b'\xef\xbb\xbf{"status": "resolved"}'])
    async def test_a_watchdog_that_has_resolved_is_none(self, content: bytes, gate: GatewayUnderTest) -> None:
        async with gate.open() as http:
            answer = await http.post("/heartbeats/backup", content=content)
        assert answer.json()["ignored"] == "a resolved alert is no beat"


RING = "incident-alertmanager-0123456789abcdef0123/20261121-0003-k7abcd/escalate/1/on-call/1"
TEST = "tocsin/test-0a1b2c3d/on-call"


class TestOurOwnPages:
    @pytest.mark.parametrize("key", [RING, TEST])
    @pytest.mark.parametrize(
        ("source", "sent"),
        [
            ("opsgenie", {"action": "Create", "alert": {"alertId": "a", "alias": "KEY", "message": "m"}}),
            ("generic", {"key": "KEY", "title": "t"}),
            ("generic", {"key": "k", "title": "t", "labels": {"dedup_key": "KEY"}}),
            ("generic", {"key": "k", "group": "KEY", "title": "t", "status": "resolved"}),
            ("alertmanager", {"alerts": [{"labels": {"alertname": "a", "incident_key": "KEY"}}]}),
            ("cloudevents", {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "subject": "KEY"}),
            ("pagerduty", {"event": {"event_type": "incident.triggered", "data": {"id": "Q", "incident_key": "KEY"}}}),
            ("pagerduty", {"event": {"event_type": "incident.resolved", "data": {"id": "Q", "incident_key": "KEY"}}}),
        ],
    )
    def test_open_nothing_by_whichever_way_they_come_back(self, source: str, sent: Any, key: str) -> None:
        content = json.dumps(sent).replace("KEY", key).encode()
        reading = translating.translated(SOURCES[source], webhook(content), LIMIT)
        assert (reading.alerts, reading.ignored) == ((), ours.OUR_PAGE)

    def test_lose_nothing_that_comes_with_them(self) -> None:
        sent = {"alerts": [{"key": RING, "title": "page"}, {"key": "k", "title": "Down"}]}
        reading = translating.translated(SOURCES["generic"], webhook(sent), LIMIT)
        assert [each.name for each in reading.alerts] == ["Down"]

    @pytest.mark.parametrize(
        "value",
        ["tocsin/gateway/0.1.0", "tocsin/test-pod/x", "incident-response/api/v1", "incident-x/2026/1", RING[:40]],
    )
    def test_are_not_mistaken_for_what_only_sounds_like_them(self, value: str) -> None:
        sent = {"key": "k", "title": "t", "labels": {"image": value}}
        assert translating.translated(SOURCES["generic"], webhook(sent), LIMIT).alerts


async def _opened(client: Client, workflow_id: str) -> Any:
    began = await anext(aiter(client.get_workflow_handle(workflow_id).fetch_history_events()))
    payloads = began.workflow_execution_started_event_attributes.input.payloads
    [life] = await client.data_converter.decode(payloads)
    return life["opening"]
