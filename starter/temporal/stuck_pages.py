"""Rings people with no workflow between: as an activity by itself, which Temporal tries until the pager has it.

The server keeps the last run of each activity, and so, for all gateways, who was rung when.
"""

from datetime import datetime, timedelta
from enum import Enum

from temporalio.client import ActivityExecutionDescription, ActivityExecutionStatus, Client
from temporalio.common import ActivityIDConflictPolicy, RetryPolicy
from temporalio.service import RPCError, RPCStatusCode

from starter.temporal.connection import DEADLINE
from workflows.durable.deliveries import PAGE, PAGES
from workflows.policy.effects.effects import Send
from workflows.policy.keys import vendor_keys
from workflows.policy.watches.stuck import GRAVITIES, Gravity, TierCall

NOT_DELIVERED = (ActivityExecutionStatus.FAILED, ActivityExecutionStatus.TIMED_OUT)
TRIED_AGAIN_AFTER = timedelta(minutes=5)
"""What was not delivered: the pager may have been away, or somebody has written the missing key down since."""


class StuckPage(Enum):
    """What became of one."""

    RUNG = "rung now"
    BEFORE = "rung before"
    FAILED = "not delivered"


async def ring_once(
    client: Client, person: str, gravity: Gravity, call: TierCall, send: Send, now: datetime
) -> StuckPage:
    """Unless this person has been rung for that or for what is graver, by whichever gateway. What was not delivered is
    tried again, and stays FAILED until it is. Raises RPCError."""
    last = await _last_page(client, person, gravity)
    if last is not None and last.status is ActivityExecutionStatus.RUNNING:
        return StuckPage.BEFORE
    if last is None or call.rings_again(last.schedule_time, now):
        await _start(client, _id(person, gravity), send)
        return StuckPage.RUNG
    if last.status not in NOT_DELIVERED:
        return StuckPage.BEFORE
    if now - last.schedule_time >= TRIED_AGAIN_AFTER:
        await _start(client, _id(person, gravity), send)
    return StuckPage.FAILED


def _id(person: str, gravity: Gravity) -> str:
    return vendor_keys.of_nobody(f"stuck/{gravity}/{person}")


async def _last_page(client: Client, person: str, gravity: Gravity) -> ActivityExecutionDescription | None:
    """Of those that were as grave, or graver: a SEV-3's may have been quiet, and says nothing of a SEV-1."""
    as_grave = GRAVITIES[: GRAVITIES.index(gravity) + 1]
    found = [await _described(client, _id(person, each)) for each in as_grave]
    return max(filter(None, found), key=lambda page: page.schedule_time, default=None)


async def _described(client: Client, page: str) -> ActivityExecutionDescription | None:
    try:
        return await client.get_activity_handle(page).describe(rpc_timeout=DEADLINE)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def _start(client: Client, page: str, send: Send) -> None:
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
