"""The three task queues, each with workers of its own."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from activities.perform import Perform
from activities.temporal import Temporal
from starter.temporal.incidents import Incidents
from worker.registry import WORKFLOWS
from workflows.durable.hosting import runner
from workflows.queues import COMMS_QUEUE, PAGE_QUEUE, WORKFLOW_QUEUE

STICKY_TIMEOUT = timedelta(seconds=2)
"""What a `kill -9` costs: so long a workflow waits for the worker that had it in memory before another may take it."""
GRACE = timedelta(seconds=3)
"""What a running send gets when the worker is asked to end. Cut short, its key is looked up at the vendor next time."""

PAGES_AT_ONCE = 30
"""Below the threads of the PagerDuty adapter: a page waits for PagerDuty, not for a thread."""
SENDS_AT_ONCE = 50


def workers(client: Client, perform: Perform) -> tuple[Worker, ...]:
    """Pages have a queue and slots of their own: no amount of stuck chat messages delays one (rule 2)."""
    temporal = Temporal(Incidents(client))
    return (
        Worker(
            client,
            task_queue=WORKFLOW_QUEUE,
            workflows=list(WORKFLOWS.values()),
            workflow_runner=runner(),
            sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        ),
        Worker(
            client,
            task_queue=PAGE_QUEUE,
            activities=[*perform.page_activities(), *temporal.page_activities()],
            max_concurrent_activities=PAGES_AT_ONCE,
            graceful_shutdown_timeout=GRACE,
        ),
        Worker(
            client,
            task_queue=COMMS_QUEUE,
            activities=[*perform.comms_activities(), *temporal.comms_activities()],
            max_concurrent_activities=SENDS_AT_ONCE,
            graceful_shutdown_timeout=GRACE,
        ),
    )
