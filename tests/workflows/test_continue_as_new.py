"""Continue-as-new, forced every few dozen events, loses and doubles nothing."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from tests.workflows.incidents import Live, Vendors, incident, opening, rate_limited
from tests.workflows.test_agreement import simulated
from workflows.policy.events import Acknowledged, Resolved

MINUTE = timedelta(minutes=1)
COMMS = ("post", "open_channel", "set_topic", "publish", "annotate")


async def test_with_everything_up_every_key_arrives_once(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening(), history_limit=60) as live:
        first_run = (await live.handle.describe()).run_id
        live.handle = temporal.client.get_workflow_handle(live.handle.id)
        await _live_through(live, resolve_at=180 * MINUTE)
        assert (await live.handle.describe()).run_id != first_run
    script = {
        timedelta(minutes=7, seconds=30.5): ("acknowledge", Acknowledged(by="Alice")),
        timedelta(minutes=180, seconds=30.5): ("resolve", Resolved(by="Alice")),
    }
    expected, _ = simulated("sev1", script)
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
    return [key for key in keys if not key.startswith("tell/")]


async def _live_through(live: Live, resolve_at: timedelta, to_the_end: bool = True) -> None:
    await live.at(timedelta(minutes=7, seconds=30.5))
    await live.handle.signal("acknowledge", {"by": "Alice"})
    await live.at(resolve_at + timedelta(seconds=30.5))
    await live.handle.signal("resolve", {"by": "Alice"})
    if to_the_end:
        await live.at(resolve_at + 40 * MINUTE)
