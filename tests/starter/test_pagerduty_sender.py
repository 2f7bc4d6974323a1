"""Incidents that others open at PagerDuty become incidents here, and our own pages never do."""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from temporalio.client import Client

from tests.starter.conftest import GatewayUnderTest
from tests.starter.pagerduty_side import RestApi
from tests.starter.sources.fixtures.pagerduty import FIXTURE, event, incident
from tests.starter.test_incidents import signals
from tests.starter.test_pagerduty_rings import RING
from tests.starter.test_pagerduty_route import rest
from workflows.policy.incident.events import AlertsReceived

__all__ = ["rest"]  # a fixture

PATH = "/webhooks/pagerduty"


async def post(gate: GatewayUnderTest, **changed: Any) -> httpx.Response:
    async with gate.open() as http:
        return await http.post(PATH, json={"event": {**event, **changed}})


async def test_an_incident_of_others_opens_one_here_and_its_end_is_told(gate: GatewayUnderTest, client: Client) -> None:
    opened = (await post(gate)).json()["incident"]
    async with gate.open() as http:
        ended = await http.post(PATH, json=FIXTURE.resolved)
    assert ended.json()["incident"] == opened
    heard = [AlertsReceived.model_validate(said) for _, said in await signals(client, opened)]
    assert [alert.status for each in heard for alert in each.alerts] == ["firing", "resolved"]


async def test_who_acknowledges_it_there_acknowledges_it_here(gate: GatewayUnderTest, client: Client) -> None:
    opened = (await post(gate)).json()["incident"]
    answer = await post(gate, event_type="incident.acknowledged", agent={"type": "user_reference", "summary": "Ada"})
    assert answer.json()["incident"] == opened
    assert [(name, said["by"]) for name, said in await signals(client, opened) if name == "acknowledge"] == [
        ("acknowledge", "Ada")
    ]


@pytest.mark.parametrize("event_type", ["incident.triggered", "incident.reopened", "incident.priority_updated"])
async def test_a_page_of_ours_opens_nothing(event_type: str, gate: GatewayUnderTest) -> None:
    answer = await post(gate, event_type=event_type, data={**incident, "incident_key": RING})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 0)


async def test_without_a_key_pagerduty_is_asked_whose_it_is(gate: GatewayUnderTest, rest: RestApi) -> None:
    without_key = {**incident, "incident_key": None}
    rest.alert_keys = [RING]
    assert (await post(gate, data=without_key)).json()["accepted"] == 0
    rest.alert_keys = ["nagios/checkout/http"]
    assert (await post(gate, data=without_key)).json()["accepted"] == 1


async def test_what_nobody_can_be_asked_about_opens_nothing_and_says_why(gate: GatewayUnderTest) -> None:
    answer = await post(gate, data={**incident, "incident_key": None})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 0)
    assert "TOCSIN_PAGERDUTY_API_TOKEN" in answer.json()["ignored"]


async def test_pagerduty_away_means_come_again(gate: GatewayUnderTest) -> None:
    changed = {"pagerduty_api_url": "http://127.0.0.1:1", "pagerduty_api_token": SecretStr("rest-token")}
    gate.settings = gate.settings.model_copy(update=changed)
    assert (await post(gate, data={**incident, "incident_key": None})).status_code == 503
