"""An incident lives, however much is said to it: by leaving its history in time, and by reading no more than it can."""

import asyncio
import uuid
from datetime import timedelta
from unittest.mock import patch

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.testing import WorkflowEnvironment

from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import (
    COMMS,
    Live,
    Vendors,
    firing,
    incident,
    opening,
    rate_limited,
    resolved,
    worker,
)
from workflows.durable import pacing
from workflows.incident import IncidentWorkflow
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.views.results import IncidentInput
from workflows.policy.wire import history

NEVER = rate_limited(timedelta(minutes=2), times=10_000)


async def test_a_heavy_history_is_left_whatever_is_on_its_way(temporal: WorkflowEnvironment) -> None:
    """Before it would be suggested, or is long: while the chat is away the run is never quiet."""
    vendors = Vendors(answers=dict.fromkeys(COMMS, NEVER))
    async with incident(temporal, vendors, opening(), history_bytes=100_000) as live:
        live.handle = temporal.client.get_workflow_handle(live.handle.id)
        first = (await live.handle.describe()).run_id
        async with asyncio.timeout(HANGS_AFTER_S):
            for said in range(60):
                await live.handle.signal("note", {"text": f"{said} " + "x" * 4000})
            while (await live.handle.describe()).run_id == first:
                await asyncio.sleep(0.05)
            timeline = await live.timeline()
    assert sum("xxx" in text for text in timeline) > 20
    assert vendors.arrivals("escalate/1") == ["escalate/1/on-call/1"]


async def test_a_history_is_left_in_a_quiet_moment_while_a_new_worker_reads_it_in_time(
    temporal: WorkflowEnvironment,
) -> None:
    """Long before Temporal suggests it: each of its turns is made again, within the seconds that one task may take."""
    vendors = Vendors()
    with patch.object(history, "QUIET_EVENTS", 100):
        async with incident(temporal, vendors, opening()) as live:
            live.handle = temporal.client.get_workflow_handle(live.handle.id)
            first = (await live.handle.describe()).run_id
            async with asyncio.timeout(HANGS_AFTER_S):
                while (await live.handle.describe()).run_id == first:
                    await live.handle.signal("note", {"text": "one more event"})
            left = await temporal.client.get_workflow_handle(live.handle.id, run_id=first).fetch_history()
            await live.at(timedelta(minutes=1))
            timeline = await live.timeline()
    assert len(left.events) < 300
    assert "one more event" in " ".join(timeline)
    assert len(vendors.arrivals()) == len(set(vendors.arrivals()))


@pytest.mark.parametrize(("away", "is_left"), [(COMMS, True), (("page",), False)], ids=["the chat", "the pager"])
async def test_what_is_never_quiet_is_left_after_a_while_but_no_page_is_interrupted_for_it(
    temporal: WorkflowEnvironment, away: tuple[str, ...], is_left: bool
) -> None:
    vendors = Vendors(answers=dict.fromkeys(away, NEVER))
    with patch.object(history, "QUIET_EVENTS", 10):
        async with incident(temporal, vendors, opening()) as live:
            live.handle = temporal.client.get_workflow_handle(live.handle.id)
            first = (await live.handle.describe()).run_id
            await live.at(timedelta(minutes=25))
            assert ((await live.handle.describe()).run_id != first) == is_left


async def storm(temporal: WorkflowEnvironment, vendors: Vendors, *deliveries: tuple[Alert, ...]) -> Live:
    """All that was delivered while no worker ran."""
    handle = await temporal.client.start_workflow(
        IncidentWorkflow.run,
        IncidentInput(opening=opening()),
        id=f"incident-test-{uuid.uuid4().hex[:12]}",
        task_queue="tocsin",
        start_signal="alert",
        start_signal_args=[AlertsReceived(alerts=alerts) for alerts in deliveries],
    )
    return Live(temporal, handle, vendors)


async def timers(live: Live) -> int:
    past = await live.handle.fetch_history()
    return sum(event.event_type == EventType.EVENT_TYPE_TIMER_FIRED for event in past.events)


@pytest.mark.parametrize("at_once", [1, pacing.BYTES_AT_ONCE], ids=["little by little", "at once"])
async def test_much_that_waits_is_read_little_by_little_and_nobody_is_paged_before_its_end(
    temporal: WorkflowEnvironment, at_once: int
) -> None:
    vendors = Vendors()
    with patch.object(pacing, "BYTES_AT_ONCE", at_once):
        live = await storm(
            temporal, vendors, *((firing(f"f{n}"),) for n in range(8)), *((resolved(f"f{n}"),) for n in range(8))
        )
        async with worker(temporal, vendors), asyncio.timeout(HANGS_AFTER_S):
            while (await live.status()).incident.alerts_total < 16:
                await asyncio.sleep(0.05)
            after = (await live.status()).incident
            assert (await timers(live) >= 15) == (at_once == 1)
            await live.handle.terminate()
    assert after.phase == "resolved"
    assert not [key for key in vendors.attempts if key.startswith("escalate")]


async def test_what_a_person_says_does_not_wait_behind_a_storm(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    with patch.object(pacing, "BYTES_AT_ONCE", 1):
        live = await storm(temporal, vendors, *((firing(f"f{n}"),) for n in range(30)))
        await live.handle.signal("note", {"text": "I am on it"})
        async with worker(temporal, vendors), asyncio.timeout(HANGS_AFTER_S):
            while (await live.status()).incident.alerts_total < 30:
                await asyncio.sleep(0.05)
            timeline = await live.timeline()
            await live.handle.terminate()
    said = next(n for n, text in enumerate(timeline) if "I am on it" in text)
    fires = [n for n, text in enumerate(timeline) if "fires" in text]
    assert said < max(fires)
