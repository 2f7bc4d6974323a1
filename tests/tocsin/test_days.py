"""Days as people say them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tocsin.commands.days import due_day, wall_time
from tocsin.failure import Failure

SATURDAY_NIGHT = datetime(2026, 11, 21, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
"""It is Sunday in UTC by then."""


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("2026-12-01", date(2026, 12, 1)),
        ("today", date(2026, 11, 21)),
        ("tomorrow", date(2026, 11, 22)),
        (" Tomorrow ", date(2026, 11, 22)),
        ("sunday", date(2026, 11, 22)),
        ("fri", date(2026, 11, 27)),
        ("next Friday", date(2026, 11, 27)),
        ("saturday", date(2026, 11, 28)),
        ("2w", date(2026, 12, 5)),
        ("in 2 weeks", date(2026, 12, 5)),
        ("30min", date(2026, 11, 22)),
    ],
)
def test_a_day_is_that_of_whoever_says_it(said: str, day: date) -> None:
    assert due_day("--due", said, SATURDAY_NIGHT) == day


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("1999-12-31", "that day has passed: write one from 2026-11-21 on, `tomorrow`, or a span like 2w"),
        ("2026-11-20", "that day has passed"),
        ("2062-11-20", "at most 3650d ahead, which is 2036-11-18"),
        ("yesterday", "write a date like 2026-12-01, or a span like 2w"),
        ("soon", "write a date like 2026-12-01, or a span like 2w"),
        ("31.12.2026", "write a date like 2026-12-01, or a span like 2w"),
        ("", "write a date like 2026-12-01, or a span like 2w"),
    ],
)
def test_what_is_no_day_or_none_to_come_is_refused_with_what_would_be(said: str, instead: str) -> None:
    with pytest.raises(Failure) as refused:
        due_day("--due", said, SATURDAY_NIGHT)
    assert str(refused.value).startswith(f"--due {said}: ")
    assert instead in str(refused.value)


WALL = [
    ("02:30", "2026-11-23 01:30"),
    ("mon 02:30", "2026-11-23 01:30"),
    ("sun 06:00", "2026-11-22 05:00"),
    ("2027-02-01 02:30", "2027-02-01 01:30"),
    ("2027-02-01T02:30Z", "2027-02-01 02:30"),
    ("2027-02-01T02:30+05:00", "2027-01-31 21:30"),
    ("2027-03-28 02:30", "2027-03-28 01:00"),  # skipped: the first moment after it
    ("2026-10-25 02:30", "2026-10-25 00:30"),  # twice: the first
]


@pytest.mark.parametrize(("said", "meant"), WALL)
def test_a_time_without_a_zone_is_by_the_clock_there(said: str, meant: str) -> None:
    at = wall_time("--from", said, "Europe/Berlin", SATURDAY_NIGHT)
    assert at == datetime.fromisoformat(meant).replace(tzinfo=UTC)
