"""How workflow code is run: as ordinary Python, without Temporal's sandbox (ADR 28).

One place for the worker, the tests and the replayer. What the sandbox would have guarded is held before anything runs:
by the import contracts and ruff's rules in `pyproject.toml`, and by `tests/workflows/test_determinism.py`.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.workflow import Info

if TYPE_CHECKING:
    from temporalio.worker._command_aware_visitor import CommandInfo

COMPUTES_S = 1.0
"""Of processor time. A turn takes some thousandths; a history that is read anew is many turns, each counted alone."""


def nobody_counts() -> None:
    pass


def runner(
    one_more: Callable[[], None] = nobody_counts, one_less: Callable[[], None] = nobody_counts
) -> WorkflowRunner:
    """What is called for each workflow that comes into memory, and for each that is forgotten."""
    return WatchedRunner(one_more, one_less)


class WatchedRunner(UnsandboxedWorkflowRunner):
    def __init__(self, one_more: Callable[[], None], one_less: Callable[[], None]) -> None:
        super().__init__()
        self._one_more, self._one_less = one_more, one_less

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        self._one_more()
        return WatchedInstance(super().create_instance(det), self._one_less)


class WatchedInstance(WorkflowInstance):
    """A turn that stands still together with its machine is not one that never ends.

    The SDK takes a turn of two seconds for a deadlock, fails its task, which Temporal then gives out again, and
    interrupts the thread, wherever that is just then. Where that was the SDK's own event loop, some of its tasks never
    end, and this worker takes no further turn of that incident for good: "Eviction processed, but 4 tasks remain"
    (https://github.com/temporalio/sdk-python/pull/806). It interrupts nothing that has no thread. So there is one only
    once the turn has computed for `COMPUTES_S`, as a loop without end does, which keeps a core from others' pages.
    """

    def __init__(self, instance: WorkflowInstance, forgotten: Callable[[], None] = nobody_counts) -> None:
        self._instance, self._forgotten = instance, forgotten
        self._clock: int | None = None
        self._began_at = 0.0

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        self._clock, self._began_at = _clock_of_this_thread(), time.thread_time()
        completion = self._instance.activate(act)
        if any(job.HasField("remove_from_cache") for job in act.jobs):
            self._forgotten()
        return completion

    def get_thread_id(self) -> int | None:
        if self._clock is None or time.clock_gettime(self._clock) - self._began_at < COMPUTES_S:
            return None
        return self._instance.get_thread_id()

    def get_serialization_context(self, command_info: "CommandInfo | None") -> SerializationContext | None:
        return self._instance.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: "CommandInfo | None") -> StorageDriverStoreContext:
        return self._instance.get_external_store_context(command_info)

    def get_info(self) -> Info:
        return self._instance.get_info()


def _clock_of_this_thread() -> int | None:
    """None where no other thread can read it (macOS): there nothing is interrupted."""
    return time.pthread_getcpuclockid(threading.get_ident()) if sys.platform == "linux" else None
