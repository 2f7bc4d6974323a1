"""What a closed incident leaves where a list finds it, with no worker and no history read."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from starter.temporal.incidents import Incidents
from starter.temporal.results import Summary
from tests.starter.conftest import eventually
from tests.workflows.incidents import Live, Vendors, firing, incident, opening, rate_limited, resolved
from workflows.durable import search_attributes as known_by
from workflows.durable.memos import RECORD_MEMO
from workflows.incident import IncidentWorkflow
from workflows.policy.incident.state import Incident
from workflows.policy.views.standing import WATCHED, urgency
from workflows.policy.views.summary import ClosedIncident

MINUTE = timedelta(minutes=1)


async def runs(environment: WorkflowEnvironment, workflow_id: str, count: int) -> list[WorkflowExecution]:
    """All runs under this id, oldest first, once visibility has so many."""
    for _ in range(500):
        found = [run async for run in environment.client.list_workflows(f"WorkflowId = '{workflow_id}'")]
        if len(found) == count:
            return sorted(found, key=lambda run: run.start_time)
        await asyncio.sleep(0.02)
    raise AssertionError(f"there are {len(found)} runs")


async def kept(run: WorkflowExecution) -> ClosedIncident | None:
    return await run.memo_value(RECORD_MEMO, None, type_hint=ClosedIncident)


async def test_a_closed_incident_leaves_its_record(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening("sev2")) as live:
        await live.at(7 * MINUTE)
        await live.handle.signal("acknowledge", {"by": "Alice"})
        await live.at(50 * MINUTE)
        await live.handle.signal("resolve", {"by": "Alice"})
        await live.to_the_end()
        [run] = await eventually(
            lambda: runs(temporal, live.handle.id, 1), lambda found: found[0].close_time is not None
        )
        final = (await live.status()).incident
    record = await kept(run)
    assert record is not None
    assert (record.incident, record.closed_at) == (final.id, final.closed_at)
    assert record.acknowledged_at is not None
    assert (record.acknowledged_at - record.declared_at) // MINUTE == 7
    assert record.tally == final.tally
    assert record.tally.pages > 0


async def test_one_that_goes_on_in_a_new_run_leaves_none_before_it_has_closed(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening("sev2"), history_limit=60) as live:
        await live.at(90 * MINUTE)
        await live.handle.signal("resolve", {"by": "Alice"})
        await live.to_the_end()
        last = (await temporal.client.get_workflow_handle(live.handle.id).describe()).run_id

    async def found() -> list[WorkflowExecution]:
        return [run async for run in temporal.client.list_workflows(f"WorkflowId = '{live.handle.id}'")]

    known = await eventually(found, lambda runs: any(run.run_id == last and run.close_time for run in runs))
    assert len(known) > 1
    assert [run.run_id for run in known if await kept(run)] == [last]


async def test_while_it_is_open_a_list_knows_the_gravest_severity_that_it_had(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening("sev2")) as live:
        for severity in ("sev1", "sev3"):
            await live.handle.execute_update("change_severity", {"severity": severity})

        async def found() -> list[tuple[str, str]]:
            listed = await Incidents(temporal.client).list()
            return [(each.severity, each.gravest) for each in listed if each.workflow_id == live.handle.id]

        assert await eventually(found, lambda seen: seen == [("sev3", "sev1")])


async def test_while_it_is_open_a_list_knows_who_is_on_it_and_what_comes_next(temporal: WorkflowEnvironment) -> None:
    async def row(good: Callable[[Summary], bool]) -> Summary:
        """As soon as it is listed, and `good`: what lists know comes a little later."""

        async def rows() -> list[Summary]:
            known = await Incidents(temporal.client).list()
            return [each for each in known if each.workflow_id == live.handle.id and good(each)]

        [found] = await eventually(rows)
        return found

    async with incident(temporal, Vendors(), opening("sev2")) as live:
        new = await row(lambda row: row.seen)
        assert (new.urgency, new.acknowledged_by) == (urgency("sev2"), "")
        await live.handle.execute_update("acknowledge", {"by": "Alice"})
        taken = await row(lambda row: bool(row.acknowledged_by))
        assert (taken.acknowledged_by, taken.urgency) == ("Alice", urgency("sev2", acknowledged=True))
        assert taken.alive_at is not None
        assert ": " in taken.next_duty
        assert taken.next_duty_at is not None
        await live.handle.execute_update("resolve", {"by": "Alice"})
        assert (await row(lambda row: row.phase == "resolved")).urgency == WATCHED


async def test_what_a_list_shows_is_written_once_for_a_change_and_not_for_what_changes_nothing(
    temporal: WorkflowEnvironment,
) -> None:
    """Each writing is an Action, and work for the server."""
    async with incident(temporal, Vendors(), opening("sev2")) as live:
        await live.at(MINUTE)
        before = await written(live)
        await live.handle.execute_update("acknowledge", {"by": "Alice"})
        taken = await written(live)
        for number in range(3):
            await live.handle.signal("alert", {"alerts": [firing(f"f{number}").model_dump(mode="json")]})
        await live.status()
        assert (await written(live))["memo"] == taken["memo"] == before["memo"] + 1


async def written(live: Live) -> Counter[str]:
    kinds = {
        EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "attributes",
        EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED: "memo",
    }
    history = await live.handle.fetch_history()
    return Counter(kinds[event.event_type] for event in history.events if event.event_type in kinds)


@asynccontextmanager
async def firing_again(temporal: WorkflowEnvironment, commander: str = "") -> AsyncIterator[tuple[Live, Incident]]:
    """A group whose first incident, which is given, ended because an alert opened the next one."""
    vendors = Vendors(answers={"post": rate_limited(timedelta(hours=1), times=99)})
    async with incident(temporal, vendors, opening(), alerts=(firing(),)) as live:
        if commander:
            await live.handle.signal("assign_role", {"role": "commander", "person": commander})
            await live.at(MINUTE)
        await live.handle.signal("alert", {"alerts": [resolved().model_dump(mode="json")]})
        await live.at(31 * MINUTE)
        before = (await live.status()).incident
        again = firing(starts_at=before.declared_at + 31 * MINUTE)
        await live.handle.signal("alert", {"alerts": [again.model_dump(mode="json")]})
        await live.at(33 * MINUTE)
        yield live, before


async def test_the_next_incident_of_the_group_inherits_neither_the_record_nor_the_time(
    temporal: WorkflowEnvironment,
) -> None:
    async with firing_again(temporal) as (live, before):
        ended, goes_on = await runs(temporal, live.handle.id, 2)
    record = await kept(ended)
    assert ended.status is WorkflowExecutionStatus.CONTINUED_AS_NEW
    assert record is not None
    assert (record.incident, record.cancelled) == (before.id, False)
    assert goes_on.status is WorkflowExecutionStatus.RUNNING
    assert await kept(goes_on) is None
    assert await goes_on.memo_value("title", type_hint=str) == "HighErrorRate: 20 % errors"
    assert await goes_on.memo_value("opened_at", type_hint=datetime) >= record.closed_at


async def test_the_next_incident_of_the_group_is_listed_with_nothing_of_the_one_before(
    temporal: WorkflowEnvironment,
) -> None:
    """It has no commander, no tier and no next duty but its own."""
    async with firing_again(temporal, commander="alice") as (live, before):
        await runs(temporal, live.handle.id, 2)
        now: WorkflowHandle[IncidentWorkflow, None] = temporal.client.get_workflow_handle(live.handle.id)
        incident = (await now.query(IncidentWorkflow.state)).incident
        plan = await now.query(IncidentWorkflow.plan)
        listed = (await now.describe()).typed_search_attributes
    assert (before.roles, incident.roles) == ({"commander": "alice"}, {})
    assert incident.id != before.id
    assert {key.name: listed.get(key) for key in known_by.KEYWORDS} == {
        "TocsinIncident": incident.id, "TocsinLetters": incident.id[-6:],
        "TocsinSeverity": "sev2", "TocsinPhase": "investigating",
        "TocsinService": "checkout", "TocsinRunbook": "company", "TocsinCommander": None,
        "TocsinNextDuty": listed.get(known_by.NEXT_DUTY),
    }  # fmt: skip
    assert listed.get(known_by.TIER) == 1
    coming = [line.at for line in plan.lines]
    assert listed.get(known_by.NEXT_DUTY_AT) in coming
    assert listed.get(known_by.NEXT_DUTY) in {f"{line.what}: {line.reason}" for line in plan.lines}


async def test_both_incidents_of_the_group_are_listed(temporal: WorkflowEnvironment) -> None:
    async with firing_again(temporal) as (live, before):
        await runs(temporal, live.handle.id, 2)
        known = Incidents(temporal.client)

        async def listed() -> list[tuple[bool, bool]]:
            rows = [each for each in await known.list(include_closed=True) if each.workflow_id == live.handle.id]
            return [(each.open, each.incident == before.id) for each in rows]

        assert await eventually(listed, lambda rows: rows == [(True, False), (False, True)])
        found = await known.find(before.id, closed=True)
        assert (await known.status(found.workflow_id, found.run_id)).incident.id == before.id
