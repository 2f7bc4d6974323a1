"""The activity that tells the status page of planned work."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from workflows.durable.asking import why_not
from workflows.durable.summaries import summary
from workflows.policy.watches.public_page import MaintenanceAnnounced
from workflows.queues import COMMS_QUEUE

ANNOUNCED_WITHIN = timedelta(seconds=30)
ANNOUNCING_ENDS_AFTER = timedelta(hours=1)


async def announce(said: MaintenanceAnnounced) -> str:
    """Why the page was not told; empty if it was."""
    try:
        await workflow.execute_activity(
            "announce_maintenance",
            said,
            task_queue=COMMS_QUEUE,
            start_to_close_timeout=ANNOUNCED_WITHIN,
            schedule_to_close_timeout=ANNOUNCING_ENDS_AFTER,
            retry_policy=RetryPolicy(maximum_interval=ANNOUNCED_WITHIN),
            summary=summary(f"the status page: {said.name}"),
        )
    except ActivityError as error:
        return f"the status page was not told: {why_not(error)}"
    return ""
