"""The calendar: hours that never begin or never end, nights on which the clock skips them, holidays long gone."""

from collections.abc import Iterator
from datetime import date, time

from starter.runbooks.lint.finding import Finding, RunbookPath, error, warning
from starter.runbooks.lint.places import severities
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.calendar import WEEKDAYS, Calendar, Hours, first_night_without


def findings(book: Runbook, today: date) -> Iterator[Finding]:
    calendar = book.calendar
    yield from _quiet_all_day(calendar)
    yield from _holidays_gone(calendar, today)
    for path, hours in _hours(calendar):
        for edge, wall in (("begin", hours.begin), ("end", hours.end)):
            yield from _seconds((*path, edge), wall)
            yield from _skipped(calendar, (*path, edge), wall, today)
    yield from _nothing_to_wait_for(book)


def always_business(calendar: Calendar) -> bool:
    hours = calendar.business_hours
    return hours.begin == hours.end and set(hours.days) == set(WEEKDAYS) and not calendar.holidays


def _hours(calendar: Calendar) -> Iterator[tuple[RunbookPath, Hours]]:
    yield ("calendar", "business_hours"), calendar.business_hours
    if calendar.quiet_hours:
        yield ("calendar", "quiet_hours"), calendar.quiet_hours


def _quiet_all_day(calendar: Calendar) -> Iterator[Finding]:
    hours = calendar.quiet_hours
    if hours and hours.begin == hours.end:
        yield error(
            ("calendar", "quiet_hours"),
            f"begin and end at {hours.begin:%H:%M}: it is quiet all day",
            "What waits for their end waits until the next day, at any hour.",
            "Let them end before they begin again, such as 22:00 to 07:00",
        )


def _seconds(path: RunbookPath, wall: time) -> Iterator[Finding]:
    if wall.second or wall.tzinfo:
        yield error(
            path,
            f"is read as {wall:%H:%M:%S}",
            "A bare number counts seconds from midnight.",
            'Write hours and minutes, such as "09:00"',
        )


def _skipped(calendar: Calendar, path: RunbookPath, wall: time, today: date) -> Iterator[Finding]:
    night = first_night_without(calendar.zone, wall, today)
    if night:
        yield warning(
            path,
            f"there is no {wall:%H:%M} in {calendar.zone} on {night}",
            "Clocks are put forward over it that night: the first moment after the gap is taken.",
            "Choose a time that every night has, if that is not what you mean",
        )


def _holidays_gone(calendar: Calendar, today: date) -> Iterator[Finding]:
    if calendar.holidays and max(calendar.holidays) < today:
        yield warning(
            ("calendar", "holidays"),
            f"the last of them was {max(calendar.holidays)}",
            "From then on holidays count as business days.",
            "Add the coming ones, or let them be computed: {country: DE}",
        )


def _nothing_to_wait_for(book: Runbook) -> Iterator[Finding]:
    for path, severity in severities(book):
        if severity.hold == "quiet-hours" and book.calendar.quiet_hours is None:
            yield warning(
                (*path, "hold"),
                "holds pages in quiet hours, and the calendar has none",
                "Nothing is held: people are paged at any hour.",
                "Add `calendar.quiet_hours`, or drop `hold`",
            )
        if severity.hold == "business-hours" and always_business(book.calendar):
            yield warning(
                (*path, "hold"),
                "holds pages for business hours, and these never end",
                "Nothing is held: people are paged at any hour.",
                "Shorten `calendar.business_hours`, or drop `hold`",
            )
