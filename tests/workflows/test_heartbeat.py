"""A heartbeat's workflow: silence opens an incident, beats end it, and what nobody could hear pages nobody."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import eventually
from tests.workflows.heartbeats import AWAY, LISTENS, LiveHeartbeat, Signs, crew, heartbeat, messenger, thinkers
from workflows.policy.views.results import Status
from workflows.policy.watches.heartbeat import GatewayPresence

MINUTE = timedelta(minutes=1)


async def opened(live: LiveHeartbeat) -> Status:
    found = await eventually(live.incident, lambda incident: incident is not None)
    assert found
    return found


async def test_silence_opens_an_incident_and_the_next_beat_resolves_it(temporal: WorkflowEnvironment) -> None:
    async with heartbeat(temporal) as live, crew(temporal, Signs()):
        await live.at(5 * MINUTE)
        assert await live.incident() is None
        await live.at(6 * MINUTE + timedelta(seconds=1))
        status = await opened(live)
        assert status.incident.title.startswith(
            f"No heartbeat from {live.name}: it has never beaten, expected every 5m"
        )
        assert [alert.fingerprint for alert in status.incident.firing] == [f"heartbeat-{live.name}"]
        await live.handle.signal("beat")
        await eventually(live.incident, lambda now: now is not None and now.incident.resolved)


async def test_lists_say_that_it_is_silent_and_since_when_until_it_beats(temporal: WorkflowEnvironment) -> None:
    listed = Heartbeats(Incidents(temporal.client).connection)
    async with heartbeat(temporal) as live, crew(temporal, Signs()):
        assert (await listed.card(live.name)).silent_since is None
        await live.at(7 * MINUTE)
        silent = await eventually(lambda: listed.card(live.name), lambda card: card.silent_since is not None)
        assert silent.silent_since == (await live.state()).overdue_at
        await live.handle.signal("beat")
        await eventually(lambda: listed.card(live.name), lambda card: card.silent_since is None)


async def test_that_it_is_silent_is_listed_while_nobody_can_hand_it_on(temporal: WorkflowEnvironment) -> None:
    listed = Heartbeats(Incidents(temporal.client).connection)
    async with heartbeat(temporal) as live, thinkers(temporal, Signs()):
        await live.at(6 * MINUTE + timedelta(seconds=1))  # beyond, time passes as on the wall: something is on its way
        await eventually(lambda: listed.card(live.name), lambda card: card.silent_since is not None)
        assert await live.incident() is None


async def test_a_silence_that_returns_reopens_the_incident_of_before(temporal: WorkflowEnvironment) -> None:
    async with heartbeat(temporal) as live, crew(temporal, Signs()):
        await live.at(7 * MINUTE)
        first = (await opened(live)).incident.id
        await live.handle.signal("beat")
        await eventually(live.incident, lambda now: now is not None and now.incident.resolved)
        await live.at(20 * MINUTE)
        again = await eventually(live.incident, lambda now: now is not None and not now.incident.resolved)
    assert again is not None
    assert (again.incident.id, again.incident.opening) == (first, 2)


async def test_a_sender_that_beats_in_time_is_never_judged_and_costs_no_timer_each(
    temporal: WorkflowEnvironment,
) -> None:
    signs = Signs()
    async with heartbeat(temporal) as live, crew(temporal, signs):
        for minute in range(1, 30):
            await live.at(minute * MINUTE)
            await live.handle.signal("beat")
        history = await live.handle.fetch_history()
        timers = sum(event.HasField("timer_started_event_attributes") for event in history.events)
    assert signs.looks == []
    assert timers <= 30 // 5 + 1


async def test_beats_that_came_while_no_worker_ran_are_read_before_anything_is_judged(
    temporal: WorkflowEnvironment,
) -> None:
    signs = Signs()
    async with heartbeat(temporal, added_ago=60 * MINUTE) as live:
        for ago in (56, 51, 46, 1):
            await live.handle.signal("beat", {"at": (datetime.now(UTC) - ago * MINUTE).isoformat()})
        async with crew(temporal, signs):
            state = await live.state()
            assert await live.incident() is None
    assert (state.beats, signs.looks) == (4, [])


async def test_a_silence_that_no_worker_saw_is_told_when_one_is_back(temporal: WorkflowEnvironment) -> None:
    async with heartbeat(temporal, added_ago=60 * MINUTE) as live:
        await live.handle.signal("beat", {"at": (datetime.now(UTC) - 56 * MINUTE).isoformat()})
        async with crew(temporal, Signs()):
            status = await opened(live)
    assert "last beat" in status.incident.title


async def test_while_the_gateway_is_away_one_incident_stands_for_all_and_each_has_a_while_afterwards(
    temporal: WorkflowEnvironment,
) -> None:
    signs = Signs([AWAY])
    async with heartbeat(temporal) as live, heartbeat(temporal) as other, crew(temporal, signs):
        for one in (live, other):
            await one.at(6 * MINUTE + timedelta(seconds=1))
        status = await eventually(
            lambda: live.incident("unheard"), lambda now: now is not None and len(now.incident.firing) == 2
        )
        assert status is not None
        assert "no sign of life" in status.incident.title
        assert await live.incident("missing") is None
        started_at = (await live.handle.describe()).start_time
        signs.answers = [
            GatewayPresence(sign_at=LISTENS.sign_at, away_from=started_at, back_at=started_at + 7 * MINUTE)
        ]
        for one in (live, other):
            await one.at(8 * MINUTE)
        await eventually(lambda: live.incident("unheard"), lambda now: now is not None and now.incident.resolved)
        assert await live.incident("missing") is None
        await live.handle.signal("beat")
        await live.at(13 * MINUTE + timedelta(seconds=1))
        await other.at(13 * MINUTE + timedelta(seconds=1))
        status = await opened(other)
        assert "beats may have been lost: the gateway was away" in status.incident.title
        assert await live.incident("missing") is None


async def test_removing_it_ends_it_and_what_it_has_opened(temporal: WorkflowEnvironment) -> None:
    async with heartbeat(temporal) as live, crew(temporal, Signs()):
        await live.at(7 * MINUTE)
        await opened(live)
        await live.handle.signal("remove", {"by": "Alice"})
        async with asyncio.timeout(HANGS_AFTER_S):
            await live.handle.result()
        status = await opened(live)
        assert status.incident.resolved


@pytest.mark.parametrize("ends", ["beat", "remove"])
async def test_what_ends_the_silence_while_it_is_being_told_resolves_its_incident(
    temporal: WorkflowEnvironment, ends: str
) -> None:
    async with heartbeat(temporal) as live, thinkers(temporal, Signs()):
        await live.at(6 * MINUTE + timedelta(seconds=1))
        await eventually(live.handle.describe, lambda now: bool(now.raw_description.pending_activities))
        await live.handle.signal(ends)
        async with messenger(temporal):
            await eventually(live.incident, lambda now: now is not None and now.incident.resolved)


async def test_pausing_it_ends_what_it_has_opened_until_it_is_silent_afterwards(temporal: WorkflowEnvironment) -> None:
    async with heartbeat(temporal) as live, crew(temporal, Signs()):
        await live.at(7 * MINUTE)
        await opened(live)
        await live.handle.signal("pause", {"duration": "1h", "by": "Alice"})
        await eventually(live.incident, lambda now: now is not None and now.incident.resolved)
        await live.at(66 * MINUTE)
        assert (await opened(live)).incident.resolved
        await live.at(74 * MINUTE)
        await eventually(live.incident, lambda now: now is not None and not now.incident.resolved)


async def test_months_of_beats_fit_because_it_goes_on_in_new_runs(temporal: WorkflowEnvironment) -> None:
    async with heartbeat(temporal, history_limit=40) as live, crew(temporal, Signs()):
        first = (await live.handle.describe()).run_id
        for _ in range(30):
            await live.handle.signal("beat")
            await asyncio.sleep(0.01)
        state = await eventually(live.state, lambda state: state.beats == 30)
        description = await live.handle.describe()
    assert description.run_id != first
    assert state.beat_at is not None
    assert datetime.now(UTC) - state.beat_at < MINUTE
    assert state.expected_since is not None


async def test_a_heavy_history_of_a_heartbeat_is_left_before_it_is_long(temporal: WorkflowEnvironment) -> None:
    async with heartbeat(temporal, history_bytes=100_000) as live, crew(temporal, Signs()):
        first = (await live.handle.describe()).run_id
        for _ in range(30):
            await live.handle.signal("beat", {"by": "x" * 5000})
            await asyncio.sleep(0.01)
        state = await eventually(live.state, lambda state: state.beats == 30)
        assert (await live.handle.describe()).run_id != first
    assert state.beat_at is not None


@pytest.mark.parametrize("args", [["nonsense"], [{"duration": "for ever"}], [None], []])
async def test_what_cannot_be_read_is_shown_and_does_no_harm(temporal: WorkflowEnvironment, args: list[object]) -> None:
    async with heartbeat(temporal) as live, crew(temporal, Signs()):
        await live.handle.signal("pause", args=args)
        await live.handle.signal("beat")
        state = await eventually(live.state, lambda state: state.beats == 1)
    assert "could not read 'pause'" in state.problem
