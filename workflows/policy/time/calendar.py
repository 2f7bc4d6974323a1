"""Wall-clock arithmetic, and the only place that knows time zones.

Everything else is UTC. What a runbook says in wall-clock words (business hours, quiet hours, a Monday morning) is
turned into moments here, by two written rules for the nights on which clocks change:

* A wall-clock time that does not exist (spring) is the first moment after the gap: 02:30 on that night is 03:00 there.
* A wall-clock time that exists twice (autumn) is the first of the two when something begins, the second when something
  ends: nobody's business hours get shorter, no quiet night ends early.

Days are calendar days of the zone, whatever their length. Holidays arrive as plain dates: the library that knows them
imports lazily, which a workflow must not do.
"""

import re
from collections.abc import Iterator
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from workflows.policy.wire.model import Wire

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_A_SEASON = timedelta(days=180)
"""What is farther away has its year beside its day."""
LONGEST_HOLIDAY = 30
"""Days in a row without business hours after which a runbook's calendar is taken for broken."""


_OF_THE_MACHINE = re.compile(r"localtime|posixrules|Factory|(posix|right)/.*")
"""Files of a machine's database that are no zone of its own, but another one's, or nobody's (tzfile(5))."""


def _known(zone: str) -> str:
    try:
        found = ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found = ""
    if not found or _OF_THE_MACHINE.fullmatch(found):
        raise ValueError(f"{zone!r} is no time zone: write one like Europe/Berlin or UTC")
    return zone


Zone = Annotated[str, AfterValidator(_known)]


class Hours(Wire):
    """A stretch of the day, which may pass midnight (`22:00` to `07:00`)."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = WEEKDAYS
    """The days on which it begins."""
    begin: time
    end: time


class Calendar(Wire):
    """When people work and when they sleep, in one zone."""

    zone: Zone = "UTC"
    business_hours: Hours = Hours(days=WEEKDAYS[:5], begin=time(9), end=time(17))
    quiet_hours: Hours | None = None
    holidays: tuple[date, ...] = ()
    """Days without business hours."""


def is_business(calendar: Calendar, at: datetime) -> bool:
    return any(begin <= at < end for begin, end in _around(calendar, calendar.business_hours, at))


def is_quiet(calendar: Calendar, at: datetime) -> bool:
    hours = calendar.quiet_hours
    return hours is not None and any(begin <= at < end for begin, end in _around(calendar, hours, at))


def in_business_hours(calendar: Calendar, at: datetime) -> datetime:
    """`at` itself in business hours, otherwise the moment at which they next begin."""
    if is_business(calendar, at):
        return at
    return next((begin for begin, _ in _from(calendar, at) if begin > at), at)


def after_quiet_hours(calendar: Calendar, at: datetime) -> datetime:
    """`at` itself unless it is quiet, otherwise the end of the quiet hours."""
    if calendar.quiet_hours is None:
        return at
    ends = [end for begin, end in _around(calendar, calendar.quiet_hours, at) if begin <= at < end]
    return max(ends, default=at)


def next_business_day(calendar: Calendar, at: datetime) -> tuple[datetime, datetime]:
    """Begin and end of business on the first business day after the day of `at`."""
    today = at.astimezone(ZoneInfo(calendar.zone)).date()
    return next(
        (_stretch(calendar.zone, calendar.business_hours, day) for day in _business_days(calendar, today)), (at, at)
    )


def end_of(calendar: Calendar, day: date) -> datetime:
    """The end of business hours on that day, holiday or not."""
    return _stretch(calendar.zone, calendar.business_hours, day)[1]


def begin_of(calendar: Calendar, at: datetime) -> datetime:
    """The begin of the business hours that `at` lies in, or of the last ones before it; `at` if there are none."""
    begins = (stretch[0] for stretch in _before(calendar, at))
    return next((begin for begin in begins if begin <= at), at)


def next_weekday(calendar: Calendar, at: datetime, weekday: Weekday) -> datetime:
    """The first begin of business hours' time of day on that weekday after `at`, holiday or not."""
    today = at.astimezone(ZoneInfo(calendar.zone)).date()
    for days in range(8):
        day = today + timedelta(days=days)
        moment = _moment(calendar.zone, day, calendar.business_hours.begin, begins=True)
        if WEEKDAYS[day.weekday()] == weekday and moment > at:
            return moment
    raise AssertionError("eight days hold every weekday")


def months_later(zone: str, at: datetime, months: int) -> datetime:
    """On the same day so many months later, or on the last one of a month that is too short; at the same time there."""
    here = _there(zone, at)
    year, month = divmod(here.year * 12 + here.month - 1 + months, 12)
    if year > MAXYEAR:
        return at
    days = next(days for days in range(here.day, 0, -1) if _is_day(year, month + 1, days))
    return _moment(zone, date(year, month + 1, days), here.time(), begins=True)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def clock(zone: str, at: datetime, now: datetime) -> str:
    """A time for people: `23:55 UTC`, or `00:55 Berlin (23:55 UTC)` where they live by another clock. With its day when
    that is not today, here or in UTC: `Thu 26 Nov 00:55 Berlin (23:55 UTC)`."""
    here, today = _there(zone, at), _there(zone, now)
    if (here.date(), at.date()) == (today.date(), now.date()):
        return f"{here:%H:%M} {_named(zone, here, at)}"
    year = "" if abs(at - now) < _A_SEASON else f" {here.year:04}"
    return f"{here:%a} {here.day} {here:%b}{year} {here:%H:%M} {_named(zone, here, at)}"


def dated(zone: str, at: datetime) -> str:
    """The same for what is kept, and read another year: `2026-11-26 00:55 Berlin (23:55 UTC)`."""
    here = _there(zone, at)
    return f"{here.date()} {here:%H:%M} {_named(zone, here, at)}"


def _there(zone: str, at: datetime) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone))
    except OverflowError:  # the first and the last day that there are
        return at


def _named(zone: str, here: datetime, at: datetime) -> str:
    if here.tzname() == "UTC":
        return "UTC"
    return f"{zone.rpartition('/')[2].replace('_', ' ')} ({at:%H:%M} UTC)"


def hour_of(zone: str, at: datetime, now: datetime) -> str:
    """A time for people who live there, in few letters: `09:00`, or `Mon 09:00`, or `Mon 30 Nov 09:00`."""
    here, days = _there(zone, at), abs((day_in(zone, at) - day_in(zone, now)).days)
    if days == 0:
        return f"{here:%H:%M}"
    return f"{here:%a %H:%M}" if days < len(WEEKDAYS) else f"{here:%a} {here.day} {here:%b %H:%M}"


def wall_moment(zone: str, day: date, wall: time) -> datetime:
    """When something begins that begins when the clock there shows this."""
    return _moment(zone, day, wall, begins=True)


def wall_clock(zone: str, at: datetime) -> datetime:
    """What the clock there shows, without a zone."""
    return _there(zone, at).replace(tzinfo=None)


def stretches(zone: str, hours: Hours, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Those hours, each time that they come round, of which some lie between."""
    day, last = day_in(zone, begin) - timedelta(days=1), day_in(zone, end)
    while day <= last:
        opens_at, closes_at = _stretch(zone, hours, day)
        if WEEKDAYS[day.weekday()] in hours.days and opens_at < end and closes_at > begin:
            yield opens_at, closes_at
        day += timedelta(days=1)


def day_in(zone: str, at: datetime) -> date:
    """The calendar day there."""
    return at.astimezone(ZoneInfo(zone)).date()


def first_night_without(zone: str, wall: time, after: date) -> date | None:
    """The first day in the year that begins then on which the clock skips this time; None where it never does."""
    days = (after + timedelta(days=n) for n in range(366))
    return next((day for day in days if _is_skipped(zone, datetime.combine(day, wall, ZoneInfo(zone)))), None)


def _from(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    today = at.astimezone(ZoneInfo(calendar.zone)).date()
    for day in (today, *_business_days(calendar, today)):
        if _is_business_day(calendar, day):
            yield _stretch(calendar.zone, calendar.business_hours, day)


def _before(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    today = at.astimezone(ZoneInfo(calendar.zone)).date()
    days = (today - timedelta(days=n) for n in range(LONGEST_HOLIDAY + 1))
    return (_stretch(calendar.zone, calendar.business_hours, day) for day in days if _is_business_day(calendar, day))


def _business_days(calendar: Calendar, after: date) -> Iterator[date]:
    days = (after + timedelta(days=n) for n in range(1, LONGEST_HOLIDAY + 1))
    return (day for day in days if _is_business_day(calendar, day))


def _is_business_day(calendar: Calendar, day: date) -> bool:
    return WEEKDAYS[day.weekday()] in calendar.business_hours.days and day not in calendar.holidays


def _around(calendar: Calendar, hours: Hours, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches that can hold `at`: those that begin on its day and on the day before."""
    today = at.astimezone(ZoneInfo(calendar.zone)).date()
    for day in (today - timedelta(days=1), today):
        if WEEKDAYS[day.weekday()] not in hours.days:
            continue
        if hours is calendar.business_hours and day in calendar.holidays:
            continue
        yield _stretch(calendar.zone, hours, day)


def _stretch(zone: str, hours: Hours, day: date) -> tuple[datetime, datetime]:
    last = day if hours.end > hours.begin else day + timedelta(days=1)
    begin = _moment(zone, day, hours.begin, begins=True)
    return begin, _moment(zone, last, hours.end, begins=False)


def _moment(zone: str, day: date, wall: time, *, begins: bool) -> datetime:
    local = datetime.combine(day, wall, ZoneInfo(zone)).replace(fold=0 if begins else 1)
    return _first_after_the_gap(zone, local) if _is_skipped(zone, local) else local.astimezone(UTC)


def _is_skipped(zone: str, local: datetime) -> bool:
    """A wall-clock time that no moment has does not come back from UTC."""
    return local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None)


def _first_after_the_gap(zone: str, local: datetime) -> datetime:
    """The wall clock skips `local`: with fold=0 and fold=1 it maps to both sides of the jump."""
    before = local.replace(fold=1).astimezone(UTC)
    after = local.replace(fold=0).astimezone(UTC)
    low, high = min(before, after), max(before, after)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if _offset(zone, middle) == _offset(zone, low):
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _offset(zone: str, at: datetime) -> timedelta | None:
    return at.astimezone(ZoneInfo(zone)).utcoffset()
