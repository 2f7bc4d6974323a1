"""How much waits in Temporal's queues for a worker to take it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from starter.temporal.connection import TemporalConnection
from starter.temporal.results import Result
from starter.temporal.stuck import DESCRIBED_WITHIN
from workflows.queues import COMMS_QUEUE, PAGE_QUEUE, WORKFLOW_QUEUE

WATCHED_QUEUES: Final = (
    ("decisions", WORKFLOW_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
    ("pages", PAGE_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    ("messages", COMMS_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
)
ASKED_FOR_WITHIN: Final = timedelta(seconds=70)
"""A worker asks for work, waits for a minute at most, and asks again."""


class Backlog(Result):
    """One queue: what waits in it, and whether anybody takes it."""

    name: str
    waiting: int
    """About; the server counts roughly."""
    oldest: timedelta
    is_worked: bool
    """A worker has asked for its work in the last minute."""


async def backlogs(connection: TemporalConnection) -> tuple[Backlog, ...]:
    """Raises Unreachable."""
    return tuple([await _backlog(connection, *queue) for queue in WATCHED_QUEUES])


async def _backlog(connection: TemporalConnection, name: str, queue: str, kind: TaskQueueType.ValueType) -> Backlog:
    client = connection.client
    request = DescribeTaskQueueRequest(namespace=client.namespace, task_queue_type=kind, report_stats=True)
    request.task_queue.name = queue
    async with connection.temporal():
        found = await client.workflow_service.describe_task_queue(request, timeout=DESCRIBED_WITHIN)
    asked_since = datetime.now(UTC) - ASKED_FOR_WITHIN
    return Backlog(
        name=name,
        waiting=found.stats.approximate_backlog_count,
        oldest=found.stats.approximate_backlog_age.ToTimedelta(),
        is_worked=any(poller.last_access_time.ToDatetime(UTC) > asked_since for poller in found.pollers),
    )
