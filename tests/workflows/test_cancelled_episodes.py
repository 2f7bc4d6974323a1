"""After an incident was cancelled its alerts are heard by a workflow that tells nobody, until there is news."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import eventually
from tests.workflows.incidents import EARLY, Live, Vendors, firing, incident, opening, resolved
from workflows.incident import IncidentWorkflow
from workflows.policy.incident.alert import Alert
from workflows.policy.views.results import Status

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MEMORY = "cancelled-episodes"


async def alert(live: Live, *alerts: Alert) -> None:
    """As the gateway does, which has the alerts in Temporal when it answers."""
    await live.handle.signal("alert", {"alerts": [each.model_dump(mode="json") for each in alerts]})


async def kind(live: Live) -> str:
    return (await live.handle.describe()).workflow_type


async def next_incident(live: Live) -> Status:
    await eventually(lambda: kind(live), lambda found: found == "incident")
    return await live.handle.query(IncidentWorkflow.state)


async def ended(live: Live) -> bool:
    """By itself."""
    async with asyncio.timeout(HANGS_AFTER_S):
        await live.handle.result()
    return (await live.handle.describe()).status is WorkflowExecutionStatus.COMPLETED


@asynccontextmanager
async def cancelled(
    environment: WorkflowEnvironment, *alerts: Alert, history_limit: int = 8000
) -> AsyncIterator[tuple[Live, Vendors, str]]:
    """An incident of these alerts, cancelled and closed: the incident, its vendors, its id."""
    vendors = Vendors()
    async with incident(environment, vendors, opening(), alerts=alerts, history_limit=history_limit) as live:
        await live.at(MINUTE)
        known = (await live.status()).incident.id
        await live.handle.execute_update("cancel", {"by": "Alice"})
        await eventually(lambda: kind(live), lambda found: found == MEMORY)
        yield live, vendors, known


async def test_a_repeat_pages_nobody_and_what_begins_anew_does(temporal: WorkflowEnvironment) -> None:
    async with cancelled(temporal, firing(), firing("f2")) as (live, vendors, before):
        rung = len(vendors.arrivals("escalate"))
        for day in range(1, 9):  # longer than it would remember without a word
            await alert(live, firing(), firing("f2"))
            await temporal.fast_forward(live.handle, DAY)
            assert (await kind(live), day, len(vendors.arrivals("escalate"))) == (MEMORY, day, rung)
        await alert(live, firing(), firing("f2", EARLY + MINUTE))
        now = (await next_incident(live)).incident
        await eventually(lambda: asyncio.sleep(0, len(vendors.arrivals("escalate"))), lambda found: found > rung)
        assert now.id != before
        assert list(now.alerts) == ["f2"]
        assert list(now.cancelled_episodes.alerts) == ["f1"]


async def test_the_next_incident_ends_without_it_and_hands_it_on_again(temporal: WorkflowEnvironment) -> None:
    async with cancelled(temporal, firing()) as (live, _, _):
        await alert(live, firing("f2"))
        await next_incident(live)
        await alert(live, firing())
        await alert(live, resolved("f2"))
        assert (await live.status()).incident.phase == "resolved"
        assert (await live.status()).incident.alerts_total == 2
        await temporal.fast_forward(live.handle, timedelta(hours=1))
        await eventually(lambda: kind(live), lambda found: found == MEMORY)


async def test_when_all_have_ended_nothing_is_left(temporal: WorkflowEnvironment) -> None:
    async with cancelled(temporal, firing(), firing("f2")) as (live, _, _):
        await alert(live, resolved())
        await alert(live, resolved("f2"))
        assert await ended(live)


async def test_what_nobody_says_any_more_is_forgotten_after_a_week(temporal: WorkflowEnvironment) -> None:
    async with cancelled(temporal, firing()) as (live, _, _):
        await temporal.fast_forward(live.handle, 6 * DAY)
        await alert(live, firing())
        await temporal.fast_forward(live.handle, 6 * DAY)
        assert await kind(live) == MEMORY
        await temporal.fast_forward(live.handle, 2 * DAY)
        assert await ended(live)


async def test_however_often_it_is_repeated_it_is_remembered(temporal: WorkflowEnvironment) -> None:
    async with cancelled(temporal, firing(), history_limit=60) as (live, vendors, _):
        first, rung = (await live.handle.describe()).run_id, len(vendors.arrivals("escalate"))
        async with asyncio.timeout(HANGS_AFTER_S):
            while (await live.handle.describe()).run_id == first:
                await alert(live, firing())
        await alert(live, firing())
        await temporal.fast_forward(live.handle, DAY)
        assert (await kind(live), len(vendors.arrivals("escalate"))) == (MEMORY, rung)


async def test_what_else_is_said_to_it_changes_nothing(temporal: WorkflowEnvironment) -> None:
    async with cancelled(temporal, firing()) as (live, _, _):
        await live.handle.signal("acknowledge", {"by": "Bob"})
        await live.handle.signal("alert", "not an alert")
        await live.handle.signal("make_coffee")
        await alert(live, resolved())
        assert await ended(live)


async def test_people_see_the_incident_and_not_the_memory(temporal: WorkflowEnvironment) -> None:
    async with cancelled(temporal, firing()) as (live, _, before):
        known = Incidents(temporal.client)

        async def listed() -> list[tuple[str, bool, str]]:
            found = await known.list(include_closed=True)
            return [(each.incident, each.open, each.phase) for each in found if each.workflow_id == live.handle.id]

        await eventually(listed, lambda seen: seen == [(before, False, "cancelled")])
        assert not [each for each in await known.list() if each.workflow_id == live.handle.id]
        found = await known.find(before, closed=True)
        assert (await known.status(found.workflow_id, found.run_id)).incident.cancelled


@asynccontextmanager
async def a_duplicate(environment: WorkflowEnvironment) -> AsyncIterator[tuple[Live, Live, Vendors]]:
    """It, and the incident that its alert `f1` was moved to; both have this vendor."""
    vendors = Vendors()
    async with (
        incident(environment, vendors, opening(), alerts=(firing("f0"),)) as other,
        incident(environment, vendors, opening(), alerts=(firing(),), with_worker=False) as twin,
    ):
        await other.handle.execute_update("acknowledge", {"by": "Alice"})
        await twin.at(MINUTE)
        where = {"duplicate_of": (await other.status()).incident.id, "duplicate_workflow": other.handle.id}
        await twin.handle.execute_update("cancel", {"by": "Alice", **where})
        await eventually(other.status, lambda found: "f1" in found.incident.alerts)
        yield twin, other, vendors


async def test_a_duplicates_alerts_move_and_go_on_to_be_heard_there(temporal: WorkflowEnvironment) -> None:
    async with a_duplicate(temporal) as (twin, other, _):
        assert await kind(twin) == MEMORY
        assert any("are moved here: it is a duplicate of this incident" in line for line in await other.timeline())
        await alert(twin, firing(), firing("f2"))
        await eventually(other.status, lambda found: "f2" in found.incident.alerts)
        await alert(twin, resolved(), resolved("f2"))
        await eventually(other.status, lambda found: [a.fingerprint for a in found.incident.firing] == ["f0"])
        assert (await other.status()).incident.alerts["f1"].count == 3
        await alert(other, resolved("f0"))
        assert (await other.status()).incident.phase == "resolved"


async def test_once_the_other_has_closed_what_fires_opens_its_own_incident(temporal: WorkflowEnvironment) -> None:
    async with a_duplicate(temporal) as (twin, other, _):
        await alert(twin, resolved())
        await eventually(other.status, lambda found: [a.fingerprint for a in found.incident.firing] == ["f0"])
        await alert(other, resolved("f0"))
        await other.to_the_end()
        await alert(twin, firing("f1", EARLY + MINUTE))
        assert list((await next_incident(twin)).incident.alerts) == ["f1"]


async def test_where_the_other_was_cancelled_too_it_stays_cancelled(temporal: WorkflowEnvironment) -> None:
    async with a_duplicate(temporal) as (twin, other, vendors):
        await other.handle.execute_update("cancel", {"by": "Alice"})
        await eventually(lambda: kind(other), lambda found: found == MEMORY)
        rung = len(vendors.arrivals("escalate"))
        await alert(twin, firing())
        await temporal.fast_forward(twin.handle, MINUTE)
        assert (await kind(twin), await kind(other), len(vendors.arrivals("escalate"))) == (MEMORY, MEMORY, rung)
