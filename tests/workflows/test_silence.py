"""A silence's workflow: what fires is held, and nothing that still fires in the end is forgotten."""

import asyncio
from datetime import timedelta
from unittest.mock import patch

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import eventually
from tests.workflows.incidents import firing, resolved
from tests.workflows.silences import HOUR, LiveSilence, crew, silence
from workflows.durable import pacing
from workflows.durable.memos import HOLDS_MEMO
from workflows.policy.views.results import Status
from workflows.policy.watches.silence import SilenceSummary

MINUTE = timedelta(minutes=1)


async def opened(quiet: LiveSilence, incident: str) -> Status:
    status = await eventually(lambda: quiet.status(incident), lambda found: found is not None)
    assert status
    return status


async def test_what_still_fires_when_it_ends_opens_its_incident_then(temporal: WorkflowEnvironment) -> None:
    async with silence(temporal) as quiet, crew(temporal):
        incident = await quiet.hold(firing("f1"), firing("f2"))
        await quiet.hold(resolved("f2"))
        over = await quiet.hold(firing("f3"), number=2)
        await quiet.hold(resolved("f3"), number=2)
        await quiet.pass_by(HOUR - MINUTE)
        assert await quiet.status(incident) is None
        await quiet.pass_by(MINUTE)
        status = await opened(quiet, incident)
        async with asyncio.timeout(HANGS_AFTER_S):
            await quiet.handle.result()
        assert await quiet.status(over) is None
    assert [alert.fingerprint for alert in status.incident.firing] == ["f1"]
    assert f"held by silence {quiet.card.id} until" in status.incident.title


async def test_its_list_knows_how_many_it_holds_and_is_not_written_for_each(temporal: WorkflowEnvironment) -> None:
    async def holds() -> int:
        return int(await (await quiet.handle.describe()).memo_value(HOLDS_MEMO, 0, type_hint=int))

    async with silence(temporal) as quiet, crew(temporal):
        for number in range(5):
            await quiet.hold(firing(), number=number)
        await eventually(holds, lambda found: found == 5)
        await quiet.hold(resolved(), number=0)
        await eventually(holds, lambda found: found == 4)
        history = await quiet.handle.fetch_history()
    written = [each.event_type == EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED for each in history.events]
    assert sum(written) < 6


async def test_ended_early_it_lets_go_at_once(temporal: WorkflowEnvironment) -> None:
    async with silence(temporal) as quiet, crew(temporal):
        incident = await quiet.hold(firing())
        await quiet.handle.signal("expire")
        await opened(quiet, incident)
        async with asyncio.timeout(HANGS_AFTER_S):
            await quiet.handle.result()


async def test_an_incident_that_cannot_be_reached_holds_no_other_up(temporal: WorkflowEnvironment) -> None:
    async with silence(temporal) as quiet:
        first = await quiet.hold(firing("f1"))
        second = await quiet.hold(firing("f2"), number=2)
        await quiet.handle.signal("expire")
        async with crew(temporal, stuck={first}):
            await opened(quiet, second)
        async with crew(temporal):
            await opened(quiet, first)


async def test_what_was_held_while_no_worker_ran_is_known_when_one_is_back(temporal: WorkflowEnvironment) -> None:
    async with silence(temporal) as quiet:
        incident = await quiet.hold(firing())
        gone = await quiet.hold(firing("f2"), number=2)
        await quiet.hold(resolved("f2"), number=2)
        await quiet.handle.signal("expire")
        async with crew(temporal):
            await opened(quiet, incident)
            async with asyncio.timeout(HANGS_AFTER_S):
                await quiet.handle.result()
            assert await quiet.status(gone) is None


async def test_an_incident_that_is_open_already_gets_its_alerts_too(temporal: WorkflowEnvironment) -> None:
    async with silence(temporal) as quiet, silence(temporal) as other, crew(temporal):
        incident = await quiet.hold(firing("f1"))
        await quiet.handle.signal("expire")
        await opened(quiet, incident)
        await other.hold(firing("f2"), incident=incident)
        await other.handle.signal("expire")
        status = await eventually(
            lambda: quiet.status(incident), lambda found: found is not None and len(found.incident.firing) == 2
        )
    assert status is not None


async def test_a_storm_of_what_is_held_goes_on_in_new_runs_and_loses_nothing(temporal: WorkflowEnvironment) -> None:
    async with silence(temporal, history_limit=40) as quiet, crew(temporal):
        first = (await quiet.handle.describe()).run_id
        for number in range(30):
            await quiet.hold(firing(f"f{number}"))
        state = await eventually(quiet.state, lambda state: state.total == 30)
        description = await quiet.handle.describe()
        assert description.run_id != first
        (held,) = state.held.values()
        assert len(held.alerts) == 30
        incident = await quiet.hold(firing("last"))
        await quiet.handle.signal("expire")
        status = await opened(quiet, incident)
    assert len(status.incident.alerts) == 31


async def test_a_heavy_history_of_a_silence_is_left_before_it_is_long(temporal: WorkflowEnvironment) -> None:
    """A signal may weigh 200 KB, so that Temporal's bound of bytes comes long before any number of events."""
    async with silence(temporal, history_bytes=100_000) as quiet, crew(temporal):
        first = (await quiet.handle.describe()).run_id
        for number in range(30):
            await quiet.hold(firing(f"f{number}"), labels={"service": "checkout", "text": "x" * 4000})
        state = await eventually(quiet.state, lambda state: state.total == 30)
        assert (await quiet.handle.describe()).run_id != first
    (held,) = state.held.values()
    assert len(held.alerts) == 30


@pytest.mark.parametrize("args", [["nonsense"], [None], []])
async def test_what_cannot_be_read_does_no_harm(temporal: WorkflowEnvironment, args: list[object]) -> None:
    async with silence(temporal) as quiet, crew(temporal):
        await quiet.handle.signal("hold", args=args)
        await quiet.hold(firing())
        state = await eventually(quiet.state, lambda state: state.total == 1)
    assert "could not read 'hold'" in state.problem


async def test_a_flood_is_read_little_by_little_and_nothing_of_it_is_lost_when_it_ends(
    temporal: WorkflowEnvironment,
) -> None:
    async with silence(temporal) as quiet:
        for n in range(6):
            incident = await quiet.hold(firing(f"f{n}"), firing(f"g{n}"))
        await quiet.hold(*(resolved(f"g{n}") for n in range(6)))
        await quiet.handle.signal("expire")
        with patch.object(pacing, "BYTES_AT_ONCE", 1):
            async with crew(temporal):
                async with asyncio.timeout(HANGS_AFTER_S):
                    await quiet.handle.result()
                history = await quiet.handle.fetch_history()
                status = await opened(quiet, incident)
    fired = sum(event.event_type == EventType.EVENT_TYPE_TIMER_FIRED for event in history.events)
    assert fired >= 6
    assert sorted(alert.fingerprint for alert in status.incident.firing) == [f"f{n}" for n in range(6)]


async def test_what_another_silence_matches_goes_there_and_opens_when_that_ends(temporal: WorkflowEnvironment) -> None:
    async with silence(temporal) as quiet, silence(temporal, lasts=2 * HOUR) as longer, crew(temporal, listed=[longer]):
        incident = await quiet.hold(firing("f1"), firing("f2"), labels={"service": "checkout"})
        await quiet.handle.signal("expire")
        async with asyncio.timeout(HANGS_AFTER_S):
            await quiet.handle.result()
        state = await eventually(longer.state, lambda state: bool(state.held))
        assert [list(held.alerts) for held in state.held.values()] == [["f1", "f2"]]
        assert await quiet.status(incident) is None
        await longer.handle.signal("expire")
        longer.incidents.add(incident)
        status = await opened(longer, incident)
    assert f"held by silence {longer.card.id} until" in status.incident.title


@pytest.mark.parametrize("fails", ["list_silences", "hold_by_silence"])
async def test_if_that_cannot_be_known_it_opens(temporal: WorkflowEnvironment, fails: str) -> None:
    async with (
        silence(temporal) as quiet,
        silence(temporal, lasts=2 * HOUR) as longer,
        crew(temporal, listed=[longer], fails=fails),
    ):
        incident = await quiet.hold(firing(), labels={"service": "checkout"})
        await quiet.handle.signal("expire")
        await opened(quiet, incident)


async def test_one_that_is_extended_ends_later_and_says_when(temporal: WorkflowEnvironment) -> None:
    async with silence(temporal) as quiet, crew(temporal):
        incident = await quiet.hold(firing())
        card = await quiet.handle.execute_update("extend", {"duration": "2h"}, result_type=SilenceSummary)
        assert card.ends_at == quiet.card.ends_at + 2 * HOUR
        await quiet.pass_by(2 * HOUR)
        assert await quiet.status(incident) is None
        assert await (await quiet.handle.describe()).memo_value("card", type_hint=SilenceSummary) == card
        await quiet.pass_by(HOUR)
        await opened(quiet, incident)


async def test_no_silence_is_extended_beyond_a_week(temporal: WorkflowEnvironment) -> None:
    async with silence(temporal) as quiet, crew(temporal):
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await quiet.handle.execute_update("extend", {"duration": "7d"})
        assert "at most 7 days from now" in str(refused.value.cause)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await quiet.handle.execute_update("extend", {"duration": "soon"})
        assert "cannot read this extend" in str(refused.value.cause)
