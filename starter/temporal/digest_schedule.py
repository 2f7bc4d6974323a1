"""The Temporal Schedule that starts the digest on working days. Safe to set up again, and by several at once.

When and where comes from a runbook: its zone, its business days, its holidays, its home channel. So it has to be set up
anew when these change; and every two years, because holidays are known for so long.
"""

from collections.abc import Sequence
from datetime import date, time, timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from workflows.policy.duties.delivery_kinds import addresses
from workflows.policy.effects.effects import Destination, Email, Post
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.calendar import WEEKDAYS, Calendar
from workflows.policy.watches.digest import DigestOrder
from workflows.queues import WORKFLOW_QUEUE

DIGEST_SCHEDULE_ID = "tocsin-digest"
DIGEST_CATCH_UP = timedelta(hours=1)
"""One that a server missed for longer is not made up for: tomorrow's says the same."""
_LIVES = timedelta(hours=6)
"""Longer than all its ways are tried; and the next day's must not find it still running."""


async def keep(client: Client, book: Runbook, at: time, mail_to: str | None) -> None:
    """Raises RPCError when the server is away. Whoever has paused it in Temporal finds it paused afterwards."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            "digest",
            _order(book, mail_to),
            id=DIGEST_SCHEDULE_ID,
            task_queue=WORKFLOW_QUEUE,
            execution_timeout=_LIVES,
            static_summary="what is open, and who owes what",
        ),
        spec=_spec(book.calendar, at),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=DIGEST_CATCH_UP),
    )
    try:
        await client.create_schedule(DIGEST_SCHEDULE_ID, schedule)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(DIGEST_SCHEDULE_ID).update(lambda known: _changed(known, schedule))


async def drop(client: Client) -> None:
    try:
        await client.get_schedule_handle(DIGEST_SCHEDULE_ID).delete()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


def _changed(known: ScheduleUpdateInput, schedule: Schedule) -> ScheduleUpdate:
    schedule.state = known.description.schedule.state
    return ScheduleUpdate(schedule)


def _order(book: Runbook, mail_to: str | None) -> DigestOrder:
    mail = None
    if mail_to is not None:
        name = book.audience_name(mail_to)
        mail = Email(to=mail_to, name=name, addresses=addresses(book, mail_to), template="digest")
    return DigestOrder(
        post=Post(to=Destination(channel=book.home), template="digest"), mail=mail, zone=book.calendar.zone
    )


def _spec(calendar: Calendar, at: time) -> ScheduleSpec:
    """Temporal counts days from Sunday. On the night in which the clock skips `at`, that day is left out."""
    days = [ScheduleRange((WEEKDAYS.index(day) + 1) % 7) for day in calendar.business_hours.days]
    hour, minute = [ScheduleRange(at.hour)], [ScheduleRange(at.minute)]
    return ScheduleSpec(
        calendars=[ScheduleCalendarSpec(hour=hour, minute=minute, day_of_week=days)],
        skip=_whole_days(calendar.holidays),
        time_zone_name=calendar.zone,
    )


def _whole_days(holidays: Sequence[date]) -> list[ScheduleCalendarSpec]:
    sixty = [ScheduleRange(0, 59)]
    return [
        ScheduleCalendarSpec(
            year=[ScheduleRange(day.year)],
            month=[ScheduleRange(day.month)],
            day_of_month=[ScheduleRange(day.day)],
            hour=[ScheduleRange(0, 23)],
            minute=sixty,
            second=sixty,
        )
        for day in holidays
    ]
