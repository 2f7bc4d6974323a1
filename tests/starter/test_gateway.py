"""The gateway: 202 only once Temporal has it; every refusal with its status, a reason and the field."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from settings import Settings
from starter.gateway.admission import Unproved
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import GatewayUnderTest
from tests.starter.sources.test_alertmanager import alert, body, captured
from tests.starter.test_incidents import signals
from workflows.policy.incident.events import AlertsReceived

ALERTMANAGER, GENERIC = "/webhooks/alertmanager", "/webhooks/generic"
ONE = {"key": "checkout", "title": "Checkout is down"}
WHSEC = "whsec_" + base64.b64encode(b"both sides know").decode()


def signed(content: bytes, message: str = "msg_1") -> dict[str, str]:
    at = str(int(time.time()))
    mac = hmac.new(b"both sides know", f"{message}.{at}.".encode() + content, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(mac).decode()
    return {"webhook-id": message, "webhook-timestamp": at, "webhook-signature": signature}


def with_settings(gate: GatewayUnderTest, **changed: Any) -> GatewayUnderTest:
    gate.settings = gate.settings.model_copy(update=changed)
    return gate


async def received(client: Client, workflow_id: str) -> list[AlertsReceived]:
    return [AlertsReceived.model_validate(said) for _, said in await signals(client, workflow_id)]


class TestAccepted:
    async def test_what_is_answered_202_is_in_the_history(self, gate: GatewayUnderTest, client: Client) -> None:
        async with gate.open() as http:
            answer = await http.post(ALERTMANAGER, content=captured("firing-grouped-2"))
        assert answer.status_code == 202
        assert answer.json()["accepted"] == 2
        assert answer.json()["problems"] == []
        [heard] = await received(client, answer.json()["incident"])
        assert [alert.status for alert in heard.alerts] == ["firing", "firing"]
        assert (heard.by, heard.via) == ("alertmanager", "alerts")

    async def test_the_life_of_a_group_goes_to_one_incident(self, gate: GatewayUnderTest, client: Client) -> None:
        names = ("firing-single", "firing-grouped-2", "mixed-firing-and-resolved", "resolved")
        async with gate.open() as http:
            answers = [await http.post(ALERTMANAGER, content=captured(name)) for name in names]
        [workflow_id] = {answer.json()["incident"] for answer in answers}
        assert [len(heard.alerts) for heard in await received(client, workflow_id)] == [1, 2, 2, 1]

    async def test_resolved_with_nothing_open_is_fine_and_counted(self, gate: GatewayUnderTest) -> None:
        async with gate.open() as http:
            answer = await http.post(ALERTMANAGER, content=captured("resolved"))
            assert answer.status_code == 202
            assert (answer.json()["incident"], answer.json()["ignored"]) == (None, "nothing open")
            assert (await http.get("/readyz")).json()["webhooks"] == {"alertmanager": {"nothing_open": 1}}

    async def test_a_bad_alert_loses_no_good_one(self, gate: GatewayUnderTest, client: Client) -> None:
        async with gate.open() as http:
            answer = await http.post(ALERTMANAGER, json=body(alert(), "no alert", alert()))
        assert answer.status_code == 202
        assert answer.json()["accepted"] == 2
        assert [problem["field"] for problem in answer.json()["problems"]] == ["alerts[1]"]
        [heard] = await received(client, answer.json()["incident"])
        assert [alert.count for alert in heard.alerts] == [2]

    async def test_a_bad_field_costs_the_field_and_is_named(self, gate: GatewayUnderTest, client: Client) -> None:
        async with gate.open() as http:
            answer = await http.post(ALERTMANAGER, json=body(alert(startsAt="yesterday")))
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
        assert [problem["field"] for problem in answer.json()["problems"]] == ["alerts[0].startsAt"]

    async def test_a_huge_group_arrives_in_parts_that_temporal_takes(
        self, gate: GatewayUnderTest, client: Client
    ) -> None:
        many = [alert(labels={"n": str(n)}, annotations={"summary": "x" * 600}) for n in range(250)]
        async with gate.open() as http:
            answer = await http.post(ALERTMANAGER, json=body(*many))
        assert answer.json()["accepted"] == 250
        assert [len(heard.alerts) for heard in await received(client, answer.json()["incident"])] == [100, 100, 50]

    async def test_generic_alerts_of_several_groups_open_several_incidents(self, gate: GatewayUnderTest) -> None:
        async with gate.open() as http:
            answer = await http.post(GENERIC, json={"alerts": [ONE, ONE | {"key": "search"}]})
        assert len(set(answer.json()["incidents"])) == 2

    async def test_a_generic_delivery_keeps_its_id_so_that_repeats_change_nothing(
        self, gate: GatewayUnderTest, client: Client
    ) -> None:
        content = json.dumps(ONE).encode()
        async with with_settings(gate, generic_secrets=(SecretStr(WHSEC),)).open() as http:
            answers = [await http.post(GENERIC, content=content, headers=signed(content)) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [202, 202]
        ids = {heard.id for heard in await received(client, answers[0].json()["incident"])}
        assert len(ids) == 1
        assert ids != {""}

    async def test_the_settings_travel_with_the_opening(self, gate: GatewayUnderTest, client: Client) -> None:
        async with with_settings(gate, speed=60.0, no_pager=True).open() as http:
            answer = await http.post(GENERIC, json=ONE)
        handle = client.get_workflow_handle(answer.json()["incident"])
        began = await anext(aiter(handle.fetch_history_events()))
        payloads = began.workflow_execution_started_event_attributes.input.payloads
        [life] = await client.data_converter.decode(payloads)
        assert (life["opening"]["speed"], life["opening"]["no_pager"]) == (60.0, True)

    async def test_an_unknown_runbook_is_said_and_the_default_one_followed(self, gate: GatewayUnderTest) -> None:
        async with gate.open() as http:
            answer = await http.post(GENERIC, params={"runbook": "acme"}, json=ONE)
            assert answer.json()["problems"] == []
            answer = await http.post(GENERIC, params={"runbook": "acne"}, json=ONE)
        assert answer.status_code == 202
        assert [problem["field"] for problem in answer.json()["problems"]] == ["runbook"]


class TestRefused:
    async def test_the_field_that_makes_a_delivery_unreadable_is_named(self, gate: GatewayUnderTest) -> None:
        async with gate.open() as http:
            answer = await http.post(ALERTMANAGER, json=body("no alert"))
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
        assert [problem["field"] for problem in answer.json()["problems"]] == ["alerts[0]"]

    @pytest.mark.parametrize("stated", [True, False], ids=["with Content-Length", "in chunks"])
    async def test_a_body_beyond_the_limit_is_not_read_to_its_end(self, stated: bool, gate: GatewayUnderTest) -> None:
        sent = 0

        async def chunks() -> AsyncIterator[bytes]:
            nonlocal sent
            for _ in range(1000):
                sent += 1024
                yield b" " * 1024

        headers = {"Content-Length": str(1000 * 1024)} if stated else {}
        async with with_settings(gate, max_body_bytes=4096).open() as http:
            answer = await http.post(GENERIC, content=chunks(), headers=headers)
        assert answer.status_code == 202
        assert answer.json()["unreadable"].startswith("the body is not JSON")
        assert sent < 10 * 1024

    @pytest.mark.parametrize(
        ("path", "setting"),
        [
            (ALERTMANAGER, "alertmanager_tokens"),
            (GENERIC, "generic_secrets"),
            ("/webhooks/pagerduty", "pagerduty_webhook_secrets"),
        ],
    )
    async def test_a_wrong_secret_is_refused_counted_and_shouted_without_any_secret(
        self, path: str, setting: str, gate: GatewayUnderTest
    ) -> None:
        with_settings(gate, **{setting: (SecretStr(WHSEC),)})
        wrong = {"Authorization": "Bearer guess", "X-PagerDuty-Signature": "v1=guess"} | signed(b"other")
        async with gate.open() as http:
            with capture_logs() as logs:
                answers = [await http.post(path, json=ONE, headers=headers) for headers in ({}, wrong)]
            counted = (await http.get("/readyz")).json()["webhooks"]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert counted == {path.removeprefix("/webhooks/"): {"refused": 2}}
        assert [entry["log_level"] for entry in logs] == ["error", "error"]
        assert "guess" not in str(logs)
        assert WHSEC not in str(logs) + answers[1].text

    async def test_alertmanager_is_let_in_with_its_token(self, gate: GatewayUnderTest) -> None:
        with_settings(gate, alertmanager_tokens=(SecretStr("old"), SecretStr("new")))
        async with gate.open() as http:
            for auth in ({"Authorization": "Bearer new"}, {"Authorization": "Basic eDpvbGQ="}):
                answer = await http.post(ALERTMANAGER, content=captured("firing-single"), headers=auth)
                assert answer.status_code == 202

    async def test_beyond_loopback_a_source_without_a_secret_is_closed(self, gate: GatewayUnderTest) -> None:
        gate.unproved = Unproved.NOBODY
        with_settings(gate, alertmanager_tokens=(SecretStr("token"),))
        async with gate.open() as http:
            generic = await http.post(GENERIC, json=ONE)
            headers = {"Authorization": "Bearer token"}
            alertmanager = await http.post(ALERTMANAGER, content=captured("firing-single"), headers=headers)
        assert generic.status_code == 403
        assert "set TOCSIN_GENERIC_SECRETS" in generic.json()["error"]
        assert alertmanager.status_code == 202


class TestTemporalAway:
    async def test_the_sender_is_asked_to_come_again(self, gate: GatewayUnderTest, away: Incidents) -> None:
        gate.incidents = away
        async with gate.open() as http:
            answer = await http.post(ALERTMANAGER, content=captured("firing-single"))
            ready = await http.get("/readyz")
            alive = await http.get("/healthz")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert away.address in answer.json()["error"]
        assert (ready.status_code, ready.json()["ready"], alive.status_code) == (503, False, 200)

    async def test_a_temporal_that_never_answers_is_away_too(
        self, gate: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("starter.gateway.admission.ANSWER_WITHIN_S", 0.3)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"127.0.0.1:{silent.getsockname()[1]}"
            connected = await Client.connect(address, lazy=True, data_converter=pydantic_data_converter)
            gate.incidents = Incidents(connected)
            async with gate.open() as http, asyncio.timeout(HANGS_AFTER_S):
                answer = await http.post(ALERTMANAGER, content=captured("firing-single"))
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.json()["error"].startswith("not stored in time")

    async def test_a_sender_that_trickles_does_not_hold_the_gateway(
        self, gate: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("starter.gateway.admission.ANSWER_WITHIN_S", 0.3)

        async def trickle() -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.01)

        async with gate.open() as http, asyncio.timeout(HANGS_AFTER_S):
            answer = await http.post(GENERIC, content=trickle())
        assert answer.status_code == 503


class TestReady:
    async def test_ready_says_what_is_loaded_and_what_is_not(self, gate: GatewayUnderTest, library: Library) -> None:
        async with gate.open() as http:
            answer = await http.get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {
            "ready": True,
            "temporal": "reachable",
            "runbooks": ["acme"],
            "installation": {"published": None, "problem": None, "differences": []},
            "problems": [],
            "webhooks": {},
            "connections": {},
            "canary": None,
            "silences": {"active": [], "problem": None},
        }

    async def test_without_its_default_runbook_the_gateway_is_not_ready_and_keeps_alerts_with_their_sender(
        self, gate: GatewayUnderTest
    ) -> None:
        async with with_settings(gate, runbook="missing").open() as http:
            ready = await http.get("/readyz")
            answer = await http.post(GENERIC, json=ONE)
        assert ready.status_code == 503
        assert answer.status_code == 503
        assert "'missing' is not loaded" in answer.json()["error"]

    async def test_the_documentation_shows_every_route_with_an_example_that_works(
        self, gate: GatewayUnderTest, settings: Settings
    ) -> None:
        async with gate.open() as http:
            paths = (await http.get("/openapi.json")).json()["paths"]
            assert (await http.get("/docs")).status_code == 200
            for path in (ALERTMANAGER, GENERIC, "/webhooks/pagerduty"):
                content = paths[path]["post"]["requestBody"]["content"]["application/json"]
                examples = [content["example"]] if "example" in content else content["examples"].values()
                for example in examples:
                    answer = await http.post(path, json=example.get("value", example))
                    assert answer.status_code == 202, answer.text
