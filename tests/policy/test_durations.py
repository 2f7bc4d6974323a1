"""Durations as people write them in a runbook."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from workflows.policy.time.durations import Duration, write

READ = TypeAdapter(Duration).validate_python

WRITTEN = [
    ("90s", timedelta(seconds=90), "1m 30s"),
    ("15m", timedelta(minutes=15), "15m"),
    ("2h", timedelta(hours=2), "2h"),
    ("1h 30m", timedelta(minutes=90), "1h 30m"),
    ("1h30m", timedelta(minutes=90), "1h 30m"),
    ("3d", timedelta(days=3), "3d"),
    ("1w", timedelta(days=7), "7d"),
    (" 5 m ", timedelta(minutes=5), "5m"),
    ("0m", timedelta(), "0m"),
    # As people say it.
    ("30min", timedelta(minutes=30), "30m"),
    ("1 hour 30 minutes", timedelta(minutes=90), "1h 30m"),
    ("2 hrs", timedelta(hours=2), "2h"),
    ("10 sec", timedelta(seconds=10), "10s"),
    ("1 Day", timedelta(days=1), "1d"),
    ("2weeks", timedelta(days=14), "14d"),
]


@pytest.mark.parametrize(("text", "value", "again"), WRITTEN)
def test_what_people_write_is_read_and_written_again(text: str, value: timedelta, again: str) -> None:
    assert READ(text) == value
    assert write(value) == again
    assert READ(write(value)) == value


WRONG = [
    (15, "a duration needs its unit: write 15m or 15s"),
    (1.5, "a duration needs its unit"),
    ("15", "a duration is written like 15m, 2h, 1h 30m or 3d"),
    ("soon", "a duration is written like 15m, 2h, 1h 30m or 3d"),
    ("15 parsecs", "a duration is written like 15m, 2h, 1h 30m or 3d"),
    ("-5m", "a duration cannot be negative: write 5m"),
    (True, "a duration is written like 15m, 2h, 1h 30m or 3d"),
    # What was meant is not certain.
    ("15m 15m", "a duration names each unit once, the greatest first: write 30m"),
    ("15m 15min", "a duration names each unit once, the greatest first: write 30m"),
    ("1m 1h", "a duration names each unit once, the greatest first: write 1h 1m"),
    ("1.5h", "a duration has no fractions: write 1h 30m"),
    ("1,5 h", "a duration has no fractions: write 1h 30m"),
    ("1.2345h", "a duration has no fractions: write 1h 14m 4s"),
    ("15M", "a duration is written like 15m, 2h, 1h 30m or 3d"),
    ("1 month", "a duration has no months and years: write days or weeks"),
    ("1y", "a duration has no months and years: write days or weeks"),
    ("-PT5M", "a duration cannot be negative"),
    ("999999999999999999w", "a duration is at most"),
    ("11000d", "a duration is at most 3650d"),
    (None, "valid timedelta"),
]


@pytest.mark.parametrize(("value", "message"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_no_duration_is_said_so(value: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        READ(value)


def test_histories_carry_the_iso_form() -> None:
    assert READ("PT15M") == timedelta(minutes=15)
    assert TypeAdapter(Duration).dump_json(timedelta(minutes=15)) == b'"PT15M"'


def test_what_is_under_a_second_is_rounded() -> None:
    assert write(timedelta(seconds=59.6)) == "1m"


def test_a_span_before_now_has_a_sign() -> None:
    assert write(timedelta(minutes=-5)) == "-5m"
