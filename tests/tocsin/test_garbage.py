"""Python looks for garbage between turns of incidents, not in the middle of a page (ADR 33)."""

import asyncio
import gc
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

from tests.starter.conftest import eventually
from tests.tocsin.test_slots import NEW, STICKY, Process, used
from worker.garbage import AT_LATEST_AFTER_S, AT_LEAST_EVERY_S, FEW_FORGOTTEN, NO_FULL_COLLECTION, Garbage
from worker.hosting import runner

MOST = 1000
TICK_S = 1.0


@dataclass
class Memory:
    """Of a process that keeps and forgets workflows."""

    process: Process = field(default_factory=Process)
    times: int = 0
    garbage: Garbage = field(init=False)

    def __post_init__(self) -> None:
        self.garbage = Garbage(self.process.turns, MOST, self._collected, lambda: self.process.seconds)

    def _collected(self) -> None:
        self.times += 1

    def has_kept(self, number: int) -> None:
        for _ in range(number):
            self.garbage.one_more()

    def forgets(self, number: int) -> None:
        for _ in range(number):
            self.garbage.one_less()

    async def is_at_rest(self) -> None:
        await self.process.polls(STICKY, NEW)
        self.process.seconds += TICK_S


@pytest.mark.parametrize(
    ("kept", "forgotten", "seconds", "looks"),
    [
        pytest.param(10_000, 0, 0, False, id="however many are kept, nothing was forgotten"),
        pytest.param(FEW_FORGOTTEN, FEW_FORGOTTEN - 1, 0, False, id="few are forgotten"),
        pytest.param(FEW_FORGOTTEN, FEW_FORGOTTEN, 0, True, id="many are forgotten"),
        pytest.param(2_000, 300, 0, False, id="few of those that are kept"),
        pytest.param(2_000, 500, 0, True, id="many of those that are kept"),
        pytest.param(10, 0, AT_LEAST_EVERY_S, True, id="the last time is an hour ago"),
    ],
)
async def test_between_turns_it_is_looked_for_when_that_is_worth_it(
    kept: int, forgotten: int, seconds: float, looks: bool
) -> None:
    memory = Memory()
    memory.has_kept(kept)
    memory.forgets(forgotten)
    memory.process.seconds += seconds
    await memory.is_at_rest()
    memory.garbage.look()
    memory.garbage.look()
    assert memory.times == looks


async def test_while_turns_wait_it_is_looked_for_once_the_memory_is_needed() -> None:
    memory = Memory()
    memory.has_kept(MOST)
    memory.forgets(MOST - 1)
    memory.garbage.look()
    assert memory.times == 0
    memory.forgets(1)
    memory.garbage.look()
    assert memory.times == 1


async def test_a_turn_that_has_begun_is_not_made_to_stand_still() -> None:
    memory = Memory()
    memory.has_kept(FEW_FORGOTTEN)
    memory.forgets(FEW_FORGOTTEN)
    [begun] = await memory.process.polls(STICKY)
    memory.process.turns.mark_slot_used(used(begun))
    await memory.is_at_rest()
    memory.garbage.look()
    assert memory.times == 0


async def test_beside_a_turn_that_never_ends_it_is_looked_for_after_some_hours() -> None:
    memory = Memory()
    [endless] = await memory.process.polls(STICKY)
    memory.process.turns.mark_slot_used(used(endless))
    memory.process.seconds += AT_LEAST_EVERY_S
    await memory.is_at_rest()
    memory.garbage.look()
    assert memory.times == 0
    memory.process.seconds += AT_LATEST_AFTER_S - AT_LEAST_EVERY_S
    memory.garbage.look()
    memory.garbage.look()
    assert memory.times == 1


@pytest.fixture
def full_collections() -> Iterator[list[str]]:
    found: list[str] = []

    def see(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            found.append(phase)

    gc.callbacks.append(see)
    yield found
    gc.callbacks.remove(see)


async def test_python_never_begins_by_itself_to_look_through_everything(full_collections: list[str]) -> None:
    before = gc.get_threshold()
    collecting = asyncio.create_task(Memory().garbage.collect_between_turns())
    await asyncio.sleep(0)
    assert gc.get_threshold() == (*before[:2], NO_FULL_COLLECTION)
    gc.collect(1)
    full_collections.clear()
    kept: list[list[list[object]]] = [[[]] for _ in range(4 * before[0] * before[1] * before[2])]
    assert not full_collections
    collecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await collecting
    assert gc.get_threshold() == before
    del kept


@workflow.defn(name="soon-forgotten")
class SoonForgotten:
    @workflow.run
    async def run(self) -> str:
        return "done"


async def test_a_workflow_counts_from_its_first_turn_until_it_is_forgotten(client: Client) -> None:
    counted: list[str] = []
    queue = f"forgotten-{uuid4()}"
    counting = runner(lambda: counted.append("kept"), lambda: counted.append("forgotten"))
    async with Worker(client, task_queue=queue, workflows=[SoonForgotten], workflow_runner=counting):
        await client.execute_workflow(SoonForgotten.run, id=queue, task_queue=queue)

        async def both() -> list[str]:
            return counted if len(counted) == 2 else []

        assert await eventually(both) == ["kept", "forgotten"]
