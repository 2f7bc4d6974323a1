"""Wall-clock rules: a row, a rule. Times on the right are UTC."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from workflows.policy.time.calendar import (
    WEEKDAYS,
    Calendar,
    Hours,
    after_quiet_hours,
    clock,
    dated,
    in_business_hours,
    is_business,
    is_quiet,
    next_business_day,
    next_weekday,
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


UTC_OFFICE = Calendar()
BERLIN = Calendar(zone="Europe/Berlin", quiet_hours=Hours(begin=time(22), end=time(7)))
NEW_YORK = Calendar(zone="America/New_York", holidays=(date(2026, 11, 26),))
NIGHT_SHIFT = Calendar(zone="Europe/Berlin", business_hours=Hours(days=WEEKDAYS, begin=time(2, 30), end=time(3, 30)))

CLOCK = [
    ("today it is the time alone", "UTC", "2026-11-26 09:00", "2026-11-26 23:55", "09:00 UTC"),
    ("yesterday has its day", "UTC", "2026-11-25 23:55", "2026-11-26 00:05", "Wed 25 Nov 23:55 UTC"),
    ("tomorrow too", "UTC", "2026-11-27 00:10", "2026-11-26 23:55", "Fri 27 Nov 00:10 UTC"),
    ("half a year away, its year", "UTC", "2025-11-26 09:00", "2026-11-26 09:00", "Wed 26 Nov 2025 09:00 UTC"),
    ("in a zone, that first", "Europe/Berlin", "2026-11-26 09:00", "2026-11-26 10:00", "10:00 Berlin (09:00 UTC)"),
    (
        "who reads UTC is not a day off", "Europe/Berlin", "2026-11-25 23:55", "2026-11-26 00:05",
        "Thu 26 Nov 00:55 Berlin (23:55 UTC)",
    ),
    (
        "nor who reads the zone's clock", "America/New_York", "2026-11-26 02:00", "2026-11-26 06:00",
        "Wed 25 Nov 21:00 New York (02:00 UTC)",
    ),
    ("in summer", "Europe/Berlin", "2026-07-01 09:00", "2026-07-01 10:00", "11:00 Berlin (09:00 UTC)"),
    ("an hour comes twice", "Europe/Berlin", "2026-10-25 00:30", "2026-10-25 01:00", "02:30 Berlin (00:30 UTC)"),
    ("the second time", "Europe/Berlin", "2026-10-25 01:30", "2026-10-25 01:31", "02:30 Berlin (01:30 UTC)"),
    ("half hours", "Asia/Kolkata", "2026-11-26 09:00", "2026-11-26 10:00", "14:30 Kolkata (09:00 UTC)"),
    ("UTC by another name", "Etc/UTC", "2026-11-26 09:00", "2026-11-26 10:00", "09:00 UTC"),
    ("the first day", "America/New_York", "0001-01-01 00:00", "2026-11-26 10:00", "Mon 1 Jan 0001 00:00 UTC"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "moment", "now", "said"), [row[1:] for row in CLOCK], ids=[row[0] for row in CLOCK])
def test_a_time_for_people(zone: str, moment: str, now: str, said: str) -> None:
    assert clock(zone, utc(moment), utc(now)) == said


def test_what_is_kept_has_its_date() -> None:
    assert dated("UTC", utc("2026-11-26 23:55")) == "2026-11-26 23:55 UTC"
    assert dated("Europe/Berlin", utc("2026-11-26 23:55")) == "2026-11-27 00:55 Berlin (23:55 UTC)"


BUSINESS = [
    ("in business hours it is now", UTC_OFFICE, "2026-11-20 10:00", "2026-11-20 10:00"),
    ("before business it is this morning", UTC_OFFICE, "2026-11-20 03:00", "2026-11-20 09:00"),
    ("the end is not in business hours any more", UTC_OFFICE, "2026-11-19 17:00", "2026-11-20 09:00"),
    ("Friday evening is Monday morning", UTC_OFFICE, "2026-11-20 18:00", "2026-11-23 09:00"),
    ("a zone's morning is earlier in UTC", BERLIN, "2026-11-20 03:00", "2026-11-20 08:00"),
    ("in summer it is earlier still", BERLIN, "2026-07-01 03:00", "2026-07-01 07:00"),
    ("over the spring change the wall clock counts", BERLIN, "2026-03-28 12:00", "2026-03-30 07:00"),
    ("over the autumn change too", BERLIN, "2026-10-24 12:00", "2026-10-26 08:00"),
    ("a holiday is no business day", NEW_YORK, "2026-11-25 23:00", "2026-11-27 14:00"),
    ("a time in the spring gap is the moment after it", NIGHT_SHIFT, "2026-03-29 00:00", "2026-03-29 01:00"),
    ("a time that comes twice begins with the first", NIGHT_SHIFT, "2026-10-24 23:00", "2026-10-25 00:30"),
]


@pytest.mark.parametrize(("rule", "calendar", "at", "expected"), BUSINESS, ids=[row[0] for row in BUSINESS])
def test_business_hours(rule: str, calendar: Calendar, at: str, expected: str) -> None:
    assert in_business_hours(calendar, utc(at)) == utc(expected), rule


QUIET = [
    ("by day nothing waits", BERLIN, "2026-11-20 12:00", "2026-11-20 12:00"),
    ("in the evening it waits for the morning", BERLIN, "2026-11-20 22:30", "2026-11-21 06:00"),
    ("after midnight as well", BERLIN, "2026-11-21 02:00", "2026-11-21 06:00"),
    ("the end is not quiet any more", BERLIN, "2026-11-21 06:00", "2026-11-21 06:00"),
    ("the spring night is an hour shorter", BERLIN, "2026-03-28 22:00", "2026-03-29 05:00"),
    ("the autumn night is an hour longer", BERLIN, "2026-10-24 22:00", "2026-10-25 06:00"),
    ("without quiet hours nothing waits", UTC_OFFICE, "2026-11-20 23:00", "2026-11-20 23:00"),
]


@pytest.mark.parametrize(("rule", "calendar", "at", "expected"), QUIET, ids=[row[0] for row in QUIET])
def test_quiet_hours(rule: str, calendar: Calendar, at: str, expected: str) -> None:
    assert after_quiet_hours(calendar, utc(at)) == utc(expected), rule


def test_quiet_hours_that_end_in_the_repeated_hour_end_with_the_second() -> None:
    calendar = Calendar(zone="Europe/Berlin", quiet_hours=Hours(begin=time(22), end=time(2, 30)))
    assert after_quiet_hours(calendar, utc("2026-10-24 23:00")) == utc("2026-10-25 01:30")


NEXT = [
    ("of a Thursday it is Friday", UTC_OFFICE, "2026-11-19 12:00", "2026-11-20 09:00", "2026-11-20 17:00"),
    ("of a Friday it is Monday", UTC_OFFICE, "2026-11-20 08:00", "2026-11-23 09:00", "2026-11-23 17:00"),
    ("the zone decides which day it is", NEW_YORK, "2026-11-24 03:00", "2026-11-24 14:00", "2026-11-24 22:00"),
    ("a holiday is passed over", NEW_YORK, "2026-11-25 15:00", "2026-11-27 14:00", "2026-11-27 22:00"),
]


@pytest.mark.parametrize(("rule", "calendar", "at", "begin", "end"), NEXT, ids=[row[0] for row in NEXT])
def test_the_next_business_day(rule: str, calendar: Calendar, at: str, begin: str, end: str) -> None:
    assert next_business_day(calendar, utc(at)) == (utc(begin), utc(end)), rule


def test_the_next_monday_is_a_monday_even_if_it_is_a_holiday() -> None:
    calendar = Calendar(holidays=(date(2026, 11, 23),))
    assert next_weekday(calendar, utc("2026-11-21 02:00"), "mon") == utc("2026-11-23 09:00")
    assert next_weekday(calendar, utc("2026-11-23 09:00"), "mon") == utc("2026-11-30 09:00")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "CEST+2"])
def test_an_unknown_zone_says_what_to_write(zone: str) -> None:
    with pytest.raises(ValidationError, match="is no time zone: write one like Europe/Berlin or UTC"):
        Calendar(zone=zone)


def test_a_calendar_without_any_business_day_does_not_search_for_ever() -> None:
    days = tuple(date.fromordinal(date(2026, 11, 1).toordinal() + n) for n in range(90))
    calendar = Calendar(holidays=days)
    at = utc("2026-11-20 10:00")
    assert in_business_hours(calendar, at) == at


ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (Hypothesis adds it)
Move = Callable[[Calendar, datetime], datetime]


@given(zone=st.sampled_from(ZONES), at=MOMENTS)
def test_moving_into_business_hours_ends_in_them_and_never_goes_back(zone: str, at: datetime) -> None:
    calendar = Calendar(zone=zone)
    moved = in_business_hours(calendar, at)
    assert moved >= at
    assert is_business(calendar, moved)
    assert in_business_hours(calendar, moved) == moved


@given(zone=st.sampled_from(ZONES), at=MOMENTS)
def test_moving_out_of_quiet_hours_ends_outside_and_never_goes_back(zone: str, at: datetime) -> None:
    calendar = Calendar(zone=zone, quiet_hours=Hours(begin=time(22), end=time(7)))
    moved = after_quiet_hours(calendar, at)
    assert moved >= at
    assert not is_quiet(calendar, moved)
