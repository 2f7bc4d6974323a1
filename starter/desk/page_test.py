"""A real page, marked TEST, to know that somebody's phone would ring. Nothing escalates."""

from datetime import datetime, timedelta
from uuid import uuid4

from temporalio import exceptions
from temporalio.client import ActivityFailureError
from temporalio.common import RetryPolicy

from starter.desk.answers import PageTestAnswer
from starter.temporal.connection import DEADLINE, TemporalConnection
from starter.temporal.results import NobodyWorks, RefusedByIncident
from workflows.policy.effects.effects import Page, Receipt, Send
from workflows.policy.keys import vendor_keys
from workflows.queues import PAGE_QUEUE

PICKED_UP_WITHIN = timedelta(seconds=15)
SENT_WITHIN = timedelta(seconds=30)


def marked_test(person: str, by: str, now: datetime) -> Send:
    """Its key is new each time: the pager would swallow a second ring of the same."""
    incident = f"test-{uuid4().hex[:8]}"
    return Send(
        incident=incident,
        key=f"page-test/{person}",
        vendor_key=vendor_keys.of_test(incident, person),
        effect=Page(to=person, tier=1, round=1, round_started_at=now),
        subject=f"TEST: {by} asks whether this page reaches {person}",
        text="TEST of Tocsin's paging. There is no incident. Acknowledge or resolve this, nothing else is expected.",
        severity="sev4",
    )


async def page_test(connection: TemporalConnection, person: str, by: str, now: datetime) -> PageTestAnswer:
    """As an activity by itself, on the queue of the real pages. Raises RefusedByIncident when it was not delivered,
    NobodyWorks."""
    send = marked_test(person, by, now)
    try:
        async with connection.temporal(deadline=SENT_WITHIN + DEADLINE):
            receipt: Receipt = await connection.client.execute_activity(
                "page",
                send,
                id=send.vendor_key,
                task_queue=PAGE_QUEUE,
                result_type=Receipt,
                schedule_to_start_timeout=PICKED_UP_WITHIN,
                start_to_close_timeout=PICKED_UP_WITHIN,
                schedule_to_close_timeout=SENT_WITHIN,
                retry_policy=RetryPolicy(maximum_attempts=2),
                summary=send.subject,
            )
    except ActivityFailureError as error:
        raise _why_not_sent(error.cause) from None
    return PageTestAnswer(person=person, key=send.vendor_key, note=receipt.note)


def _why_not_sent(cause: BaseException | None) -> Exception:
    if isinstance(cause, exceptions.TimeoutError) and cause.type is exceptions.TimeoutType.SCHEDULE_TO_START:
        return NobodyWorks("no worker took the page", "nobody is being paged")
    if isinstance(cause, exceptions.ApplicationError):
        return RefusedByIncident(f"the page was not delivered: {cause.message}")
    return RefusedByIncident(f"the page was not delivered in time: {cause}")
