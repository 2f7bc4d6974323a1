"""What people are told waits while turns of incidents wait, and never altogether (ADR 33)."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest
from temporalio.worker import SlotMarkUsedContext, SlotPermit, SlotReleaseContext, SlotReserveContext

from worker.slots import LOOKS_AGAIN, MessageSlots, TurnSlots

LONG = timedelta(hours=1)
OFTEN = 5


@dataclass
class Poll:
    """As the SDK asks for one."""

    is_sticky: bool = False


@dataclass
class Task:
    permit: SlotPermit
    slot_info: Any = None


@dataclass
class Process:
    """Its turns, and the time by which it reckons."""

    seconds: float = 0
    turns: TurnSlots = field(init=False)

    def __post_init__(self) -> None:
        self.turns = TurnSlots(8, clock=lambda: self.seconds)

    async def polls(self, *kinds: bool) -> list[SlotPermit]:
        return [await self.turns.reserve_slot(_asked(sticky)) for sticky in kinds]


def _asked(sticky: bool = False) -> SlotReserveContext:
    return cast(SlotReserveContext, Poll(sticky))


def used(permit: SlotPermit) -> SlotMarkUsedContext:
    return cast(SlotMarkUsedContext, Task(permit))


def _released(permit: SlotPermit) -> SlotReleaseContext:
    return cast(SlotReleaseContext, Task(permit))


async def _after_some_looks(poll: "asyncio.Task[SlotPermit]") -> bool:
    await asyncio.sleep(OFTEN * LOOKS_AGAIN.total_seconds())
    return poll.done()


STICKY, NEW = True, False


@pytest.mark.parametrize(
    ("waiting", "answered", "goes"),
    [
        pytest.param([STICKY, NEW], [], True, id="polls of both kinds have found nothing"),
        pytest.param([STICKY, STICKY, NEW], [0], True, id="one turn goes on, and another poll has found none"),
        pytest.param([STICKY, NEW], [0], False, id="turns of what is in memory wait"),
        pytest.param([STICKY, NEW], [1], False, id="new incidents wait"),
        pytest.param([], [], False, id="all slots are in use"),
    ],
)
async def test_a_message_goes_when_no_turn_waits(waiting: list[bool], answered: list[int], goes: bool) -> None:
    process = Process()
    permits = await process.polls(*waiting)
    for number in answered:
        process.turns.mark_slot_used(used(permits[number]))
    process.seconds = 1
    poll = asyncio.create_task(MessageSlots(1, process.turns, LONG).reserve_slot(_asked()))
    assert await _after_some_looks(poll) == goes
    poll.cancel()


async def test_a_poll_that_has_only_just_gone_out_says_nothing() -> None:
    process = Process()
    await process.polls(STICKY, NEW)
    poll = asyncio.create_task(MessageSlots(1, process.turns, LONG).reserve_slot(_asked()))
    assert not await _after_some_looks(poll)
    process.seconds = 1
    await poll


async def test_however_long_turns_wait_a_message_goes_in_the_end() -> None:
    await MessageSlots(1, Process().turns, timedelta()).reserve_slot(_asked())


async def test_of_a_slot_that_nobody_waits_for_any_more_nothing_is_lost() -> None:
    process = Process()
    slots = MessageSlots(1, process.turns, LONG)
    given_up = asyncio.create_task(slots.reserve_slot(_asked()))
    await _after_some_looks(given_up)
    given_up.cancel()
    await asyncio.wait([given_up])
    await process.polls(STICKY, NEW)
    process.seconds = 1
    await slots.reserve_slot(_asked())


@pytest.mark.parametrize("was_used", [True, False])
async def test_a_slot_that_is_given_back_by_another_thread_can_be_had_again(was_used: bool) -> None:
    turns = TurnSlots(1)
    permit = await turns.reserve_slot(_asked(STICKY))
    if was_used:
        await asyncio.to_thread(turns.mark_slot_used, used(permit))
    again = asyncio.create_task(turns.reserve_slot(_asked(STICKY)))
    await asyncio.to_thread(turns.release_slot, _released(permit))
    await again


async def test_a_poll_that_is_given_up_counts_no_longer() -> None:
    process = Process()
    sticky, _ = await process.polls(STICKY, NEW)
    process.turns.release_slot(_released(sticky))
    process.seconds = 1
    assert not process.turns.none_waits
