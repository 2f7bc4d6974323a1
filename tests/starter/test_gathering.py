"""A storm of openings is gathered into one incident of its source: none is dropped, and each of them ends."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from starter.intake import gathering
from starter.temporal.incidents import Incidents
from starter.temporal.results import NobodyWorks
from tests.starter.conftest import GatewayUnderTest, eventually
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook
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


async def test_what_does_not_say_how_grave_it_is_counts_as_the_runbook_takes_it(
    few: GatewayUnderTest, incidents: Incidents, worker: Worker
) -> None:
    async with few.open() as http:
        gathered = await storm(http)
        body = {"alerts": [{"key": "f", "title": "f is down", "status": "firing"}]}
        assert (await post(http, body))["incident"] == gathered
    assert (await state(incidents, gathered)).severity == "sev2"


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
        self, workflow_id: str, run_id: str | None = None, patience: timedelta | None = gathering.LOOK_WITHIN
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


async def in_both(few: GatewayUnderTest, body: dict[str, Any]) -> tuple[str, str]:
    """Gathered, and then opened by itself, at a gateway that has no limit. Both incidents."""
    async with few.open() as http:
        gathered = await storm(http)
        assert (await post(http, body))["incident"] == gathered
    async with unlimited(few).open() as http:
        own = (await post(http, body))["incident"]
    assert own != gathered
    return own, gathered


async def names_firing(incidents: Incidents, workflow_id: str) -> list[str]:
    return sorted(alert.name for alert in (await state(incidents, workflow_id)).firing)


async def test_an_end_is_heard_in_both_incidents_that_have_the_alert(
    few: GatewayUnderTest, incidents: Incidents, worker: Worker
) -> None:
    own, gathered = await in_both(few, alerts("f"))
    async with few.open() as http:
        assert (await post(http, alerts("f", status="resolved")))["incident"] == own
    assert await names_firing(incidents, own) == []
    assert await names_firing(incidents, gathered) == ["d is down", "e is down"]


async def test_an_end_beside_what_fires_is_heard_in_both_as_well(
    few: GatewayUnderTest, incidents: Incidents, worker: Worker
) -> None:
    def grouped(**statuses: str) -> dict[str, Any]:
        bodies = [alerts(key, status=status)["alerts"][0] | {"group": "g"} for key, status in statuses.items()]
        return {"alerts": bodies}

    own, gathered = await in_both(few, grouped(f="firing", g="firing"))
    async with few.open() as http:
        assert (await post(http, grouped(f="resolved", g="firing")))["incident"] == own
    assert await names_firing(incidents, own) == ["g is down"]
    assert await names_firing(incidents, gathered) == ["d is down", "e is down", "g is down"]


async def test_what_was_gathered_opens_by_itself_once_that_incident_has_closed(
    few: GatewayUnderTest, incidents: Incidents, client: Client, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with few.open() as http:
        gathered = await storm(http)
        await client.get_workflow_handle(gathered).terminate()
        monkeypatch.setattr(gathering, "REFILLED_IN_S", 1e-9)  # weeks later
        again = (await post(http, alerts("d")))["incident"]
        ready = (await http.get("/readyz")).json()
    assert again != gathered
    assert (await state(incidents, again)).title == "d is down"
    assert not [each for each in ready["problems"] if "gathered" in each]


async def test_in_a_storm_it_is_gathered_once_more(
    few: GatewayUnderTest, incidents: Incidents, client: Client, worker: Worker
) -> None:
    async with few.open() as http:
        gathered = await storm(http)
        await client.get_workflow_handle(gathered).terminate()
        found = await asyncio.gather(post(http, alerts("d")), post(http, alerts("e")))
    assert [each["incident"] for each in found] == [gathered, gathered]
    assert await names_firing(incidents, gathered) == ["d is down", "e is down"]


def test_what_is_sent_again_is_not_taken_for_its_ends_alone(book: Runbook) -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    both = (Alert(fingerprint="f", starts_at=at), Alert(fingerprint="g", starts_at=at, status="resolved"))
    delivery = AlertsReceived(id="delivery/1", alerts=both, ended={"": at})
    opening = OpenRequest(runbook=book, severity="sev2", title="f")
    (whole,), (ends,) = (each("x", opening, (delivery,)) for each in (gathering.moved, gathering.moved_ends))
    assert whole.id != ends.id
    assert [alert.status for alert in ends.alerts] == ["resolved"]
    assert not ends.ended, "of a group that goes on"
