"""What a watch asks of the world: soon, or at its next look."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.durable.summaries import summary
from workflows.queues import COMMS_QUEUE

ANSWERED_WITHIN = timedelta(minutes=1)
QUICKLY_TRIED = RetryPolicy(maximum_interval=timedelta(seconds=10))
Answered = TypeVar("Answered")


async def ask(activity: str, arguments: Sequence[object], answer: type[Answered], why: str) -> Answered:
    """Raises ActivityError if that cannot be done soon."""
    found: Answered = await workflow.execute_activity(
        activity,
        args=arguments,
        result_type=answer,
        task_queue=COMMS_QUEUE,
        start_to_close_timeout=ANSWERED_WITHIN / 2,
        schedule_to_close_timeout=ANSWERED_WITHIN,
        retry_policy=QUICKLY_TRIED,
        summary=summary(why),
    )
    return found


def why_not(error: ActivityError) -> str:
    """In the words of whoever refused, without Temporal's."""
    cause = error.cause
    return cause.message if isinstance(cause, ApplicationError) else str(cause or error)
