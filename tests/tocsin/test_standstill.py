"""A machine that stands still in the middle of a turn costs a second try, and no incident (ADR 28)."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import Client
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import Worker, WorkflowInstance
from temporalio.workflow import Info

from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import eventually
from worker.hosting import COMPUTES_S, WatchedInstance, runner

SOON_S = 0.05
"""The SDK's two seconds, for a test."""


class Machine:
    """Stands still in the first turn, until it goes on."""

    goes_on = threading.Event()
    turns_ended = 0

    @classmethod
    def stand_still(cls) -> None:
        assert cls.goes_on.wait(HANGS_AFTER_S)
        cls.turns_ended += 1


@workflow.defn(name="stands-still")
class StandsStill:
    @workflow.run
    async def run(self) -> str:
        Machine.stand_still()
        return "done"


async def test_its_turn_is_not_interrupted_and_is_tried_again(client: Client) -> None:
    queue = f"standstill-{uuid4()}"
    worker = Worker(client, task_queue=queue, workflows=[StandsStill], workflow_runner=runner())
    watching = worker._workflow_worker
    assert watching
    watching._deadlock_timeout_seconds = SOON_S  # type: ignore[assignment]  # see conftest.py: the SDK has no setting
    async with worker:
        handle = await client.start_workflow(StandsStill.run, id=queue, task_queue=queue)

        async def failed() -> list[str]:
            events = (await handle.fetch_history()).events
            return [
                each.workflow_task_failed_event_attributes.failure.message
                for each in events
                if each.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
            ]

        assert "deadlock" in (await eventually(failed))[0]
        Machine.goes_on.set()
        assert await handle.result() == "done"
    assert Machine.turns_ended == 2


class Turn(WorkflowInstance):
    """Computes for so long, and then waits."""

    def __init__(self, computes_s: float) -> None:
        self._computes_s = computes_s
        self.computed, self.ends = threading.Event(), threading.Event()

    def activate(self, _: WorkflowActivation) -> WorkflowActivationCompletion:
        until = time.thread_time() + self._computes_s
        while time.thread_time() < until:
            pass
        self.computed.set()
        assert self.ends.wait(HANGS_AFTER_S)
        return WorkflowActivationCompletion()

    def get_thread_id(self) -> int:
        return 4711

    def get_serialization_context(self, _: object) -> None:
        return None

    def get_external_store_context(self, _: object) -> StorageDriverStoreContext:
        self._never()

    def get_info(self) -> Info:
        self._never()

    def _never(self) -> NoReturn:
        raise AssertionError("nobody asks")


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.mark.parametrize(("computes_s", "thread"), [(0.0, None), (COMPUTES_S, 4711)])
def test_only_a_turn_that_goes_on_computing_is_interrupted(
    computes_s: float, thread: int | None, threads: ThreadPoolExecutor
) -> None:
    turn = Turn(computes_s)
    watched = WatchedInstance(turn)
    assert watched.get_thread_id() is None
    running = threads.submit(watched.activate, WorkflowActivation())
    try:
        assert turn.computed.wait(HANGS_AFTER_S)
        assert watched.get_thread_id() == thread
    finally:
        turn.ends.set()
    running.result()
