"""PagerDuty's webhooks find their incident: by the ring's key, else by one look-up, else they are not ours."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client

from starter.sources.redaction import redaction
from starter.temporal.incidents import Incidents
from tests.starter.conftest import GatewayUnderTest
from tests.starter.pagerduty_side import PATH, RestApi, looked_up_by, signed
from tests.starter.test_incidents import signals
from tests.starter.test_pagerduty_rings import event
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook


@pytest_asyncio.fixture
async def rest(gate: GatewayUnderTest) -> AsyncIterator[RestApi]:
    """Configured in the gate's settings."""
    async with looked_up_by(gate) as api:
        yield api


@pytest_asyncio.fixture
async def ring(incidents: Incidents, book: Runbook) -> str:
    """The key of a ring of an open incident."""
    workflow_id = await incidents.declare(OpenRequest(runbook=book, severity="sev1", title="Down"))
    return f"{workflow_id}/20261121-0003-k7/escalate/1/on-call/1"


def workflow_of(ring: str) -> str:
    return ring.partition("/")[0]


async def post(gate: GatewayUnderTest, delivery: str = "delivery-1", **fields: Any) -> httpx.Response:
    content = json.dumps({"event": event(**fields)}).encode()
    async with gate.open() as http:
        return await http.post(PATH, content=content, headers={"X-Webhook-Id": delivery, **signed(gate, content)})


def about(incident_key: str | None) -> dict[str, Any]:
    return {"id": "Q1", "type": "incident", "incident_key": incident_key}


async def test_an_acknowledgement_there_is_signalled_with_its_own_time(
    gate: GatewayUnderTest, client: Client, ring: str
) -> None:
    gate.settings = gate.settings.model_copy(update={"pagerduty_webhook_secrets": (SecretStr("shared"),)})
    answer = await post(gate, data=about(ring))
    assert answer.status_code == 202
    assert answer.json()["incident"] == workflow_of(ring)
    [(name, said)] = await signals(client, workflow_of(ring))
    assert name == "acknowledge"
    assert said == {
        "at": "2026-11-21T00:05:00.123000Z",
        "id": "pagerduty-01EVENT",
        "by": "Ada Example",
        "via": "pagerduty",
        "ring": ring,
    }


async def test_whoever_has_it_there_now_is_signalled(gate: GatewayUnderTest, client: Client, ring: str) -> None:
    handed = about(ring) | {"status": "triggered", "assignees": [{"summary": "Eve"}]}
    answer = await post(gate, event_type="incident.reassigned", data=handed)
    assert answer.json()["incident"] == workflow_of(ring)
    [(name, said)] = await signals(client, workflow_of(ring))
    assert name == "at_pager"
    assert (said["ring"], said["handed_to"], said["unanswered"]) == (ring, ["Eve"], True)
    assert said["text"] == "at PagerDuty: reassigned: to Eve"


async def test_what_is_about_an_incident_without_its_key_is_looked_up(
    gate: GatewayUnderTest, client: Client, ring: str, rest: RestApi
) -> None:
    """Of notes, responders and status updates PagerDuty names the incident's id alone."""
    rest.alert_keys = [ring]
    of_it = {"id": "N1", "type": "incident_responder", "incident": {"id": "Q1", "type": "incident_reference"}}
    joined = of_it | {"user": {"summary": "Eve"}, "state": "joined"}
    answer = await post(gate, event_type="incident.responder.replied", data=joined)
    assert answer.json()["incident"] == workflow_of(ring)
    [(name, said)] = await signals(client, workflow_of(ring))
    assert (name, said["responder"], said["reply"]) == ("at_pager", "Eve", "joined")


async def test_what_the_settings_redact_enters_no_history_by_a_note(
    gate: GatewayUnderTest, client: Client, ring: str, rest: RestApi
) -> None:
    rest.alert_keys = [ring]
    gate.incidents = Incidents(client, redact=redaction(("hunter[0-9]",)))
    note = {"id": "N1", "type": "incident_note", "incident": {"id": "Q1"}, "content": "the password is hunter2"}
    await post(gate, event_type="incident.annotated", data=note)
    [(_, said)] = await signals(client, workflow_of(ring))
    assert said["text"] == "at PagerDuty: note: the password is ***"


async def test_a_resolution_there_is_signalled(gate: GatewayUnderTest, client: Client, ring: str) -> None:
    await post(gate, event_type="incident.resolved", data=about(ring))
    assert [name for name, _ in await signals(client, workflow_of(ring))] == ["resolve"]


async def test_a_reopening_there_is_signalled_and_asks_nobody(
    gate: GatewayUnderTest, client: Client, ring: str, rest: RestApi
) -> None:
    await post(gate, event_type="incident.reopened", data=about(ring))
    [(name, said)] = await signals(client, workflow_of(ring))
    assert (name, said["ring"], said["by"]) == ("reopen", ring, "Ada Example")
    assert rest.asked == []


async def test_a_reopening_of_what_others_opened_is_an_alert_and_asks_nobody(
    gate: GatewayUnderTest, client: Client, rest: RestApi
) -> None:
    answer = await post(gate, event_type="incident.reopened", data=about("nagios/checkout/http"))
    [(name, _)] = await signals(client, answer.json()["incident"])
    assert name == "alert"
    assert rest.asked == []


async def test_while_pagerduty_cannot_say_whose_a_reopening_is_it_is_asked_to_come_again(
    gate: GatewayUnderTest, rest: RestApi
) -> None:
    rest.status = 500
    answer = await post(gate, event_type="incident.reopened", data=about(None))
    assert answer.status_code == 503


async def test_a_repeated_delivery_bears_the_same_id(gate: GatewayUnderTest, client: Client, ring: str) -> None:
    for _ in range(2):
        await post(gate, data=about(ring))
    assert {str(said["id"]) for _, said in await signals(client, workflow_of(ring))} == {"pagerduty-01EVENT"}


@pytest.mark.parametrize("incident_key", [None, "", "not-of-our-shape"])
async def test_without_a_key_of_ours_its_alerts_are_looked_up_once(
    incident_key: str | None, gate: GatewayUnderTest, client: Client, ring: str, rest: RestApi
) -> None:
    rest.alert_keys = ["somebody-else", ring]
    answer = await post(gate, data=about(incident_key))
    assert answer.json()["incident"] == workflow_of(ring)
    assert rest.asked == [("incidents/Q1/alerts", "Token token=rest-token")]
    assert len(await signals(client, workflow_of(ring))) == 1


async def test_with_a_key_of_ours_nothing_is_looked_up(gate: GatewayUnderTest, ring: str, rest: RestApi) -> None:
    await post(gate, data=about(ring))
    assert rest.asked == []


async def test_incidents_that_were_merged_there_are_all_told(
    gate: GatewayUnderTest, client: Client, incidents: Incidents, book: Runbook, ring: str, rest: RestApi
) -> None:
    other = await incidents.declare(OpenRequest(runbook=book, severity="sev1", title="Down too"))
    rest.alert_keys = [ring, f"{other}/20261121-0004-x2/escalate/1/on-call/1"]
    answer = await post(gate, data=about(None))
    assert set(answer.json()["incidents"]) == {workflow_of(ring), other}
    assert len(await signals(client, other)) == 1


@pytest.mark.parametrize(("status", "alert_keys"), [(200, []), (200, ["somebody-else"]), (404, [])])
async def test_what_is_not_ours_is_taken_and_counted(
    status: int, alert_keys: list[str], gate: GatewayUnderTest, rest: RestApi
) -> None:
    rest.status, rest.alert_keys = status, alert_keys
    answer = await post(gate, data=about("x"))
    assert (answer.status_code, answer.json()["ignored"]) == (202, "not ours")


async def test_without_a_token_nothing_can_be_looked_up(gate: GatewayUnderTest) -> None:
    answer = await post(gate, data=about("x"))
    assert (answer.status_code, answer.json()["ignored"]) == (202, "not ours")


@pytest.mark.parametrize("odd", ["../../users/me", "Q1/../Q2", "", "Q" * 100])
async def test_an_odd_id_never_becomes_an_address(odd: str, gate: GatewayUnderTest, rest: RestApi) -> None:
    answer = await post(gate, data={"id": odd, "type": "incident"})
    assert answer.json()["ignored"] == "not ours"
    assert rest.asked == []


@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_while_pagerduty_cannot_say_whose_it_is_it_is_asked_to_come_again(
    status: int, gate: GatewayUnderTest, rest: RestApi
) -> None:
    rest.status = status
    answer = await post(gate, data=about(None))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "rest-token" not in answer.text


@pytest.mark.parametrize("odd", [None, 7, "odd", [], [[1]], {"alert_key": None}, {"alert_key": {}}, {}])
async def test_an_alert_there_that_is_odd_hides_none_beside_it(
    odd: Any, gate: GatewayUnderTest, client: Client, ring: str, rest: RestApi
) -> None:
    """Three answers of 503 in a row would end the subscription."""
    rest.answer = {"alerts": [odd, {"alert_key": ring, "id": None, "service": []}, odd], "total": None}
    answer = await post(gate, data=about(None))
    assert (answer.status_code, answer.json()["incident"]) == (202, workflow_of(ring))


@pytest.mark.parametrize("odd", [{}, [], {"alerts": None}, {"alerts": 7}, {"alerts": [None, 7]}])
async def test_a_list_of_which_nothing_can_be_read_says_not_that_it_is_somebody_elses(
    odd: Any, gate: GatewayUnderTest, ring: str, rest: RestApi
) -> None:
    rest.answer = odd
    assert (await post(gate, data=about(None))).status_code == 503


async def test_while_pagerduty_cannot_be_reached_too(gate: GatewayUnderTest) -> None:
    changed = {"pagerduty_api_url": "http://127.0.0.1:1", "pagerduty_api_token": SecretStr("rest-token")}
    gate.settings = gate.settings.model_copy(update=changed)
    assert (await post(gate, data=about(None))).status_code == 503


async def test_an_incident_that_is_closed_here_has_nothing_open(
    gate: GatewayUnderTest, client: Client, ring: str
) -> None:
    await client.get_workflow_handle(workflow_of(ring)).terminate()
    answer = await post(gate, data=about(ring))
    assert (answer.status_code, answer.json()["ignored"]) == (202, "nothing open")


async def test_a_ping_is_welcome(gate: GatewayUnderTest) -> None:
    answer = await post(
        gate, event_type="pagey.ping", data={"message": "Hello from your friend Pagey!", "type": "ping"}
    )
    assert answer.status_code == 202
