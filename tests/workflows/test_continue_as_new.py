"""Continue-as-new, forced every few dozen events, loses and doubles nothing."""

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import COMMS, Live, Vendors, incident, opening, rate_limited
from tests.workflows.test_agreement import simulated
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.incident.events import Acknowledged, Resolved

MINUTE = timedelta(minutes=1)


async def test_with_everything_up_every_key_arrives_once(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening(), history_limit=60) as live:
        first_run = (await live.handle.describe()).run_id
        live.handle = temporal.client.get_workflow_handle(live.handle.id)
        await _live_through(live, resolve_at=180 * MINUTE)
        assert (await live.handle.describe()).run_id != first_run
    script = {
        timedelta(minutes=7, seconds=30.2): ("acknowledge", Acknowledged(by="Alice")),
        timedelta(minutes=180, seconds=30.2): ("resolve", Resolved(by="Alice")),
    }
    expected, _ = simulated(opening(), datetime(2026, 11, 21, 2, 4, tzinfo=UTC), script, until=220 * MINUTE)
    assert sorted(_lasting(vendors.arrivals())) == sorted(_lasting([key for _, key in expected]))
    assert len(vendors.arrivals()) == len(set(vendors.arrivals()))


async def test_with_chat_down_no_page_is_lost_or_doubled(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors(answers=dict.fromkeys(COMMS, rate_limited(timedelta(minutes=2), times=10_000)))
    async with incident(temporal, vendors, opening(), history_limit=60) as live:
        live.handle = temporal.client.get_workflow_handle(live.handle.id)
        await _live_through(live, resolve_at=60 * MINUTE, to_the_end=False)
    assert [key for key in vendors.arrivals() if not key.startswith("hush")] == [
        "escalate/1/on-call/1",
        "overdue/1/on-call/1",
        "escalate/2/vp-engineering/1",
    ]


async def test_what_was_begun_before_is_looked_up_first(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors(answers={"open_channel": rate_limited(timedelta(seconds=20), times=10_000)})
    async with incident(temporal, vendors, opening(), history_limit=60) as live:
        live.handle = temporal.client.get_workflow_handle(live.handle.id)
        await live.at(40 * MINUTE)
        vendors.answers.clear()
        await live.at(41 * MINUTE)
    channel = next(send for send in vendors.arrived if send.key == "channel/1")
    assert channel.again
    assert channel.first_started_at is not None


def _lasting(keys: list[str]) -> list[str]:
    return [key for key in keys if not key.startswith(("tell/", "review/", "card/"))]


async def _live_through(live: Live, resolve_at: timedelta, to_the_end: bool = True) -> None:
    declared_at = (await live.status()).incident.declared_at
    for name, moment in (("acknowledge", 7 * MINUTE), ("resolve", resolve_at)):
        happens_at = moment + timedelta(seconds=30.2)
        await live.at(happens_at)
        happened = declared_at + happens_at  # however late a busy machine tells of it
        await live.handle.signal(name, {"by": "Alice", "at": happened.isoformat()})
    if to_the_end:
        await live.at(resolve_at + 40 * MINUTE)


async def test_what_is_interrupted_in_the_middle_of_a_failing_attempt_is_begun_again(
    temporal: WorkflowEnvironment,
) -> None:
    vendors = Vendors(answers=dict.fromkeys(COMMS, fails_slowly))
    async with incident(temporal, vendors, opening(), history_limit=60) as live:
        live.handle = temporal.client.get_workflow_handle(live.handle.id)
        first_run = (await live.handle.describe()).run_id
        async with asyncio.timeout(HANGS_AFTER_S):
            while (await live.handle.describe()).run_id == first_run:
                await live.handle.signal("note", {"text": "one more event"})
        status = await live.status()
        vendors.answers.clear()
        async with asyncio.timeout(HANGS_AFTER_S):
            while "declaration/1" not in vendors.arrivals():
                await asyncio.sleep(0.05)
    assert status.incident.closed_places == ()
    assert "declaration" not in status.incident.settled


async def fails_slowly(send: Send, attempt: int) -> Receipt:
    await asyncio.sleep(0.4)
    raise ApplicationError("Slack did not answer", type="Unavailable")
