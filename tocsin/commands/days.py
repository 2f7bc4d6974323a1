"""A day as people say it: a date, `tomorrow`, `friday`, or so long from now."""

import re
from datetime import date, datetime, time, timedelta

from pydantic import ValidationError

from tocsin.commands.arguments import SPAN, moment
from tocsin.failure import Failure
from workflows.policy.time.calendar import day_in, wall_moment
from workflows.policy.time.durations import DAY, LONGEST_DURATION, write

_NEAR = {"today": 0, "tomorrow": 1}


def due_day(option: str, given: str, now: datetime) -> date:
    """By the clock of `now`. Raises Failure."""
    said = given.strip().casefold()
    today = now.date()
    if said in _NEAR:
        return today + _NEAR[said] * DAY
    if weekday := _weekday(said.removeprefix("next ")):
        return today + ((weekday - today.isoweekday() - 1) % 7 + 1) * DAY
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return (now + _span(option, given.strip().removeprefix("in "))).date()
    if day < today:
        raise Failure(
            f"{option} {given}: that day has passed: write one from {today} on, `tomorrow`, or a span like 2w"
        )
    if day > today + LONGEST_DURATION:
        raise Failure(f"{option} {given}: at most {write(LONGEST_DURATION)} ahead, which is {today + LONGEST_DURATION}")
    return day


def wall_time(option: str, given: str, zone: str, now: datetime) -> datetime:
    """`sat 02:00` and `02:00` are the next such moment there; or ISO 8601, by that clock if it names no zone. Raises
    Failure."""
    found = re.fullmatch(r"(?:([a-z]+)\s+)?([01]?\d|2[0-3]):([0-5]\d)", given.strip().casefold())
    if found is None:
        at = moment(option, given)
        is_wall = datetime.fromisoformat(given).tzinfo is None
        return wall_moment(zone, at.date(), at.time()) if is_wall else at
    weekday = _weekday(found[1]) if found[1] else None
    if found[1] and weekday is None:
        raise Failure(f'{option} {given}: {found[1]!r} is no day: write it like "sat 02:00"')
    for days in range(8):
        day = day_in(zone, now) + days * DAY
        at = wall_moment(zone, day, time(int(found[2]), int(found[3])))
        if at >= now and weekday in (None, day.isoweekday()):
            return at
    raise AssertionError("eight days hold every weekday")


def _weekday(said: str) -> int | None:
    """1 for Monday; `mon` and `monday`."""
    for number, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1):
        if said in (day, day[:3]):
            return number
    return None


def _span(option: str, given: str) -> timedelta:
    try:
        return SPAN.validate_python(given)
    except ValidationError:
        raise Failure(
            f"{option} {given}: write a date like 2026-12-01, or a span like 2w, of {write(LONGEST_DURATION)} at most; "
            "`tomorrow` and `friday` are understood, too"
        ) from None
