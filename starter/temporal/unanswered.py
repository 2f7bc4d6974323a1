"""Why a workflow does not answer: its tasks fail, no worker is there, or one is there and silent."""

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from starter.temporal.results import NobodyWorks
from starter.temporal.stuck import DESCRIBED_WITHIN, how_stuck
from workflows.policy.watches.stuck import CURE
from workflows.queues import WORKFLOW_QUEUE

POLL_LASTS = timedelta(seconds=70)
"""A worker asks for work, waits for a minute at most, and asks again; the server remembers for longer who asked."""


async def unanswered(client: Client, workflow_id: str) -> NobodyWorks:
    """Raises RPCError."""
    stuck = await how_stuck(client, workflow_id)
    if stuck is not None:
        return NobodyWorks(f"stuck: {stuck.why}", cure=CURE)
    polled_at = await last_poll(client)
    now = datetime.now(UTC)
    if polled_at is None or now - polled_at > POLL_LASTS:
        return NobodyWorks("no worker is running")
    ago = round((now - polled_at).total_seconds())
    why = f"no worker answers, though one asked for work {ago} s ago"
    return NobodyWorks(why, perhaps_late=True)


async def last_poll(client: Client) -> datetime | None:
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
    )
    request.task_queue.name = WORKFLOW_QUEUE
    described = await client.workflow_service.describe_task_queue(request, timeout=DESCRIBED_WITHIN)
    return max((poller.last_access_time.ToDatetime(UTC) for poller in described.pollers), default=None)
