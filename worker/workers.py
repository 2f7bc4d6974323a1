"""The task queues, each with workers of its own, and how much one process takes on (ADR 33)."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import CustomSlotSupplier, FixedSizeSlotSupplier, Worker, WorkerDeploymentConfig, WorkerTuner

from activities.perform import Perform
from activities.temporal import Reached, Temporal, nothing_known
from starter.temporal.incidents import Incidents
from worker.garbage import Garbage
from worker.hosting import runner
from worker.making_room import MakingRoom
from worker.memory import memory
from worker.registry import WORKFLOWS
from worker.slots import MessageSlots, TurnSlots
from workflows.queues import COMMS_QUEUE, PAGE_QUEUE, WORKFLOW_QUEUE

STICKY_TIMEOUT = timedelta(seconds=5)
"""What a `kill -9` costs: so long a workflow waits for the process that had it in memory before another may take it.
Under a backlog it goes on waiting for that one, which would otherwise read all its history anew."""
GRACE = timedelta(seconds=3)
"""What a running send gets when the worker is asked to end. Cut short, its key is looked up at the vendor next time."""

TURNS_AT_ONCE = 8
"""Workflow tasks that a process has begun, which share one core: few enough to be finished within their five seconds,
however many more wait."""
POLLS = 5
NEW_INCIDENTS = 0.4
"""Of the polls: those for workflows that no process has in memory, first of all new incidents. Their first pages go
before what others have to say."""
PAGES_AT_ONCE = 30
"""Below the threads of the PagerDuty adapter: a page waits for PagerDuty, not for a thread."""
SENDS_AT_ONCE = 50
"""What people are told. Sends to a vendor that hangs must not keep the canary from its turn."""
PATIENCE = timedelta(seconds=1)
"""So long a poll for what people are told waits while turns wait. `SEND_POLLS` a second go out whatever waits."""
SEND_POLLS = 5
UNUSED = FixedSizeSlotSupplier(2)
"""Of what a worker does not do."""
WORKFLOW_BYTES = 400_000
"""Of a workflow in memory: `make bench ONLY=storm`."""
MOST_IN_MEMORY = 20_000


def in_memory(available: int) -> int:
    """Workflows that all processes of a worker together keep in memory: as many as a third of it holds. Another one's
    next turn reads its history anew, from among new incidents: that is dearer than memory."""
    return min(MOST_IN_MEMORY, available // 3 // WORKFLOW_BYTES)


def garbage_between(turns: TurnSlots, processes: int) -> Garbage:
    """For one of so many processes. Half as much again as what all keep in memory may wait to be found."""
    return Garbage(turns, most=in_memory(memory()) // processes // 2)


def workers(
    client: Client,
    perform: Perform,
    turns: TurnSlots,
    garbage: Garbage,
    processes: int = 1,
    deployment_config: WorkerDeploymentConfig | None = None,
    reached: Reached = nothing_known,
) -> tuple[Worker, ...]:
    """For one of so many processes. Pages have a queue and slots of their own: no amount of stuck chat messages delays
    one (rule 2)."""
    temporal = Temporal(Incidents(client), reached)
    return (
        Worker(
            client,
            task_queue=WORKFLOW_QUEUE,
            deployment_config=deployment_config,
            workflows=list(WORKFLOWS.values()),
            workflow_runner=runner(garbage.one_more, garbage.one_less),
            tuner=_tuner(turns=turns),
            max_concurrent_workflow_task_polls=POLLS,
            nonsticky_to_sticky_poll_ratio=NEW_INCIDENTS,
            max_cached_workflows=in_memory(memory()) // processes,
            sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        ),
        Worker(
            client,
            task_queue=PAGE_QUEUE,
            deployment_config=deployment_config,
            activities=[*perform.page_activities(), *temporal.page_activities()],
            max_concurrent_activities=PAGES_AT_ONCE,
            interceptors=[MakingRoom(client)],
            graceful_shutdown_timeout=GRACE,
        ),
        Worker(
            client,
            task_queue=COMMS_QUEUE,
            deployment_config=deployment_config,
            activities=[*perform.comms_activities(), *temporal.comms_activities()],
            tuner=_tuner(activities=MessageSlots(SENDS_AT_ONCE, turns, PATIENCE)),
            max_concurrent_activity_task_polls=SEND_POLLS,
            graceful_shutdown_timeout=GRACE,
        ),
    )


def _tuner(turns: TurnSlots | None = None, activities: CustomSlotSupplier | None = None) -> WorkerTuner:
    return WorkerTuner.create_composite(
        workflow_supplier=turns or UNUSED,
        activity_supplier=activities or UNUSED,
        local_activity_supplier=UNUSED,
        nexus_supplier=UNUSED,
    )
