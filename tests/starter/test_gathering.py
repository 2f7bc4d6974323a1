"""A storm of openings is gathered into one incident of its source: none is dropped, and each of them ends."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from starter.intake import gathering
from starter.temporal.incidents import Incidents
from starter.temporal.results import NobodyWorks
from tests.starter.conftest import GatewayUnderTest, eventually
from workflows.policy.incident.state import Incident
from workflows.policy.views.results import Status

GENERIC = "/webhooks/generic"
ALERTMANAGER = "/webhooks/alertmanager"


@pytest.fixture
def few(gate: GatewayUnderTest) -> GatewayUnderTest:
    """A source may open three incidents."""
    return replace(gate, settings=gate.settings.model_copy(update={"openings": 3}))


def unlimited(gate: GatewayUnderTest) -> GatewayUnderTest:
    return replace(gate, settings=gate.settings.model_copy(update={"openings": 0}))


def alerts(*keys: str, status: str = "firing", severity: str = "sev3") -> dict[str, Any]:
    return {"alerts": [{"key": key, "title": f"{key} is down", "status": status, "severity": severity} for key in keys]}


async def post(http: httpx.AsyncClient, body: Any, path: str = GENERIC) -> dict[str, Any]:
    answer = await http.post(path, json=body)
    assert answer.status_code == 202
    found: dict[str, Any] = answer.json()
    return found


async def storm(http: httpx.AsyncClient) -> str:
    """Five problems, one after the other. The incident into which the last two were gathered."""
    found = [(await post(http, alerts(key)))["incident"] for key in "abcde"]
    assert len(set(found)) == 4
    assert found[3] == found[4]
    return str(found[3])


async def state(incidents: Incidents, workflow_id: str) -> Incident:
    return (await incidents.status(workflow_id)).incident


async def test_beyond_its_rate_what_a_source_opens_is_one_incident_that_lists_it(
    few: GatewayUnderTest, incidents: Incidents, worker: Worker
) -> None:
    async with few.open() as http:
        gathered = await storm(http)
        ready = (await http.get("/readyz")).json()
    found = await state(incidents, gathered)
    assert found.title == "4 problems from generic"
    assert sorted(alert.name for alert in found.firing) == ["d is down", "e is down"]
    assert ready["webhooks"]["generic"] == {"accepted": 5, "gathered": 2}
    (problem,) = ready["problems"]
    assert problem.endswith(f"2 alerts were gathered in {gathered}")


async def test_all_of_one_delivery_are_stored_and_the_answer_says_where(
    few: GatewayUnderTest, incidents: Incidents, worker: Worker
) -> None:
    many = [f"k{n}" for n in range(40)]
    async with few.open() as http:
        answer = await post(http, alerts(*many))
    assert answer["accepted"] == 40
    assert len(answer["incidents"]) == 4
    names = [a.name for each in answer["incidents"] for a in (await state(incidents, each)).firing]
    assert sorted(names) == sorted(f"{key} is down" for key in many)


async def test_it_is_as_grave_as_the_gravest_also_when_that_comes_last(
    few: GatewayUnderTest, incidents: Incidents, worker: Worker
) -> None:
    async with few.open() as http:
        gathered = await storm(http)
        assert (await state(incidents, gathered)).severity == "sev3"
        assert (await post(http, alerts("f", severity="sev1")))["incident"] == gathered
    assert (await state(incidents, gathered)).severity == "sev1"


async def test_one_sources_storm_is_no_others(few: GatewayUnderTest, worker: Worker) -> None:
    async with few.open() as http:
        gathered = await storm(http)
        body = {"groupKey": "g", "alerts": [{"labels": {"alertname": "A"}}]}
        other = await post(http, body, ALERTMANAGER)
    assert other["incident"].startswith("incident-alertmanager-")
    assert other["incident"] != gathered


async def test_what_is_open_by_itself_stays_by_itself(few: GatewayUnderTest, worker: Worker) -> None:
    async with few.open() as http:
        own = (await post(http, alerts("a")))["incident"]
        await storm(http)
    async with few.open() as http:
        await storm_of_others(http)
        assert (await post(http, alerts("a")))["incident"] == own


async def storm_of_others(http: httpx.AsyncClient) -> None:
    for key in "vwxyz":
        await post(http, alerts(key))


async def test_its_end_finds_it_where_it_is_also_at_another_gateway(
    few: GatewayUnderTest, incidents: Incidents, worker: Worker
) -> None:
    async with few.open() as http:
        gathered = await storm(http)
    async with few.open() as http:
        for key in "de":
            assert (await post(http, alerts(key, status="resolved")))["incident"] == gathered

    async def phase() -> str:
        return (await state(incidents, gathered)).phase

    await eventually(phase, lambda now: now == "resolved")


async def test_a_repeat_finds_it_where_it_is_also_at_another_gateway(
    few: GatewayUnderTest, incidents: Incidents, worker: Worker
) -> None:
    async with few.open() as http:
        gathered = await storm(http)
        await post(http, alerts("d", status="resolved"))
    async with few.open() as http:
        assert (await post(http, alerts("e")))["incident"] == gathered
        assert (await post(http, alerts("d")))["incident"] != gathered, "it had ended: that is news, and may open"


async def test_after_a_restart_all_of_a_moment_wait_for_what_the_gathered_incident_has(
    few: GatewayUnderTest, worker: Worker
) -> None:
    async with few.open() as http:
        gathered = await storm(http)
    async with few.open() as http:
        both = await asyncio.gather(post(http, alerts("d")), post(http, alerts("e")))
    assert [each["incident"] for each in both] == [gathered, gathered]


class BusyAtFirst(Incidents):
    """No worker answers the first question."""

    asked = 0

    async def status(
        self, workflow_id: str, run_id: str | None = None, patience: timedelta = gathering.LOOK_WITHIN
    ) -> Status:
        self.asked += 1
        if self.asked == 1:
            raise NobodyWorks("no worker runs")
        return await super().status(workflow_id, run_id, patience)


async def test_what_the_gathered_incident_has_is_asked_again_when_nobody_answered(
    few: GatewayUnderTest, client: Client, worker: Worker
) -> None:
    busy = BusyAtFirst(client)
    async with few.open() as http:
        gathered = await storm(http)
    async with replace(few, incidents=busy).open() as http:
        assert (await post(http, alerts("new")))["incident"] != gathered
        assert (await post(http, alerts("d")))["incident"] == gathered
        await post(http, alerts("newer"))
    assert busy.asked == 2, "and not again once it has answered"


async def test_the_end_of_what_was_never_gathered_leaves_no_trace(
    few: GatewayUnderTest, incidents: Incidents, worker: Worker
) -> None:
    async with few.open() as http:
        gathered = await storm(http)
        before = await state(incidents, gathered)
        await post(http, alerts("never heard of", status="resolved"))
    after = await state(incidents, gathered)
    assert (after.alerts, after.timeline) == (before.alerts, before.timeline)


async def test_without_a_limit_each_opens_by_itself(gate: GatewayUnderTest, worker: Worker) -> None:
    async with unlimited(gate).open() as http:
        found = [(await post(http, alerts(f"k{n}")))["incident"] for n in range(10)]
    assert len(set(found)) == 10
