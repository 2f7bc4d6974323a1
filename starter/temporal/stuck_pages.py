"""Rings people with no workflow between: as an activity by itself, which Temporal tries until the pager has it."""

from datetime import datetime
from enum import Enum

from temporalio.client import ActivityExecutionStatus, Client
from temporalio.common import ActivityIDConflictPolicy, RetryPolicy
from temporalio.service import RPCError, RPCStatusCode

from starter.temporal.connection import DEADLINE
from workflows.durable.deliveries import PAGE, PAGES
from workflows.policy.effects.effects import Send
from workflows.policy.keys import vendor_keys

NOT_DELIVERED = (ActivityExecutionStatus.FAILED, ActivityExecutionStatus.TIMED_OUT)


class StuckPage(Enum):
    """What became of one."""

    RUNG = "rung now"
    BEFORE = "rung before"
    FAILED = "not delivered"


async def ring_once(client: Client, person: str, since: datetime, send: Send) -> StuckPage:
    """Unless this person has been rung since then, by whichever gateway: the server keeps who has. Raises RPCError."""
    page = vendor_keys.of_nobody(f"stuck/{person}")
    try:
        before = await client.get_activity_handle(page).describe()
        if before.schedule_time >= since:
            return StuckPage.FAILED if before.status in NOT_DELIVERED else StuckPage.BEFORE
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    await client.start_activity(
        PAGE.activity,
        send,
        id=page,
        task_queue=PAGES.queue,
        start_to_close_timeout=PAGES.start_to_close,
        schedule_to_close_timeout=PAGES.give_up_after,
        retry_policy=RetryPolicy(maximum_interval=PAGES.longest_pause),
        id_conflict_policy=ActivityIDConflictPolicy.USE_EXISTING,
        summary=send.subject,
        rpc_timeout=DEADLINE,
    )
    return StuckPage.RUNG
