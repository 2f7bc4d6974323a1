"""A real page, marked TEST, by each of somebody's ways at once, to know that it would ring. Nothing escalates."""

import asyncio
from collections.abc import Iterable, Sequence
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
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.reach import WAY_TITLES, ReachStep
from workflows.queues import PAGE_QUEUE

PICKED_UP_WITHIN = timedelta(seconds=15)
SENT_WITHIN = timedelta(seconds=30)


def marked_test(person: str, by: str, now: datetime, way: ReachStep | None = None) -> Send:
    """Its key is new each time: the pager would swallow a second ring of the same."""
    incident = f"test-{uuid4().hex[:8]}"
    lead = {"way": way.way, "address": way.address or ""} if way else {}
    page = Page(to=person, tier=1, round=1, round_started_at=now)
    return Send(
        incident=incident,
        key=f"page-test/{person}",
        vendor_key=vendor_keys.of_test(incident, person),
        effect=page.model_copy(update=lead),
        subject=f"TEST: {by} asks whether this page reaches {person}",
        text="TEST of Tocsin's paging. There is no incident. Acknowledge or resolve this, nothing else is expected.",
        severity="sev4",
    )


def ways_of(person: str, books: Iterable[Runbook]) -> Sequence[ReachStep]:
    """By the first runbook that says any."""
    return next(
        (book.people[person].reach for book in books if person in book.people and book.people[person].reach), ()
    )


async def page_test(
    connection: TemporalConnection, person: str, by: str, now: datetime, ways: Sequence[ReachStep]
) -> PageTestAnswer:
    """Raises RefusedByIncident when one of them was not delivered, NobodyWorks."""
    sends = [marked_test(person, by, now, way) for way in ways or (None,)]
    ended = await asyncio.gather(*(_ended(connection, send) for send in sends))
    if lost := [str(each) for each in ended if isinstance(each, RefusedByIncident)]:
        titles = [WAY_TITLES[way.way] for way, each in zip(ways, ended, strict=False) if isinstance(each, Receipt)]
        delivered = [f"delivered by {', '.join(titles)}"] if titles else []
        raise RefusedByIncident("; ".join((*lost, *delivered)))
    notes = [each.note for each in ended if isinstance(each, Receipt) and each.note]
    return PageTestAnswer(person=person, key=sends[0].vendor_key, note="; ".join(notes) or None)


async def _ended(connection: TemporalConnection, send: Send) -> Receipt | RefusedByIncident:
    try:
        return await _ring(connection, send)
    except RefusedByIncident as error:
        return error


async def _ring(connection: TemporalConnection, send: Send) -> Receipt:
    """As an activity by itself, on the queue of the real pages. Raises RefusedByIncident, NobodyWorks."""
    assert isinstance(send.effect, Page)
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
        by = f" by {WAY_TITLES.get(send.effect.way, send.effect.way)}" if send.effect.way else ""
        raise _why_not_sent(error.cause, by) from None
    return receipt


def _why_not_sent(cause: BaseException | None, by: str) -> Exception:
    if isinstance(cause, exceptions.TimeoutError) and cause.type is exceptions.TimeoutType.SCHEDULE_TO_START:
        return NobodyWorks("no worker took the page", "nobody is being paged")
    if isinstance(cause, exceptions.ApplicationError):
        return RefusedByIncident(f"the page was not delivered{by}: {cause.message}")
    return RefusedByIncident(f"the page was not delivered{by} in time: {cause}")
