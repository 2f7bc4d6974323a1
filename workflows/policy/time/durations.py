"""Durations as people write them in a runbook: `90s`, `15m`, `2h`, `1h 30m`, `3d`, `1w`."""

import re
from datetime import timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WRITTEN_DURATION = re.compile(r"\s*(?:\d+\s*[smhdw]\s*)+")
_AMOUNT = re.compile(r"(\d+)\s*([smhdw])")
LONGEST_DURATION = timedelta(days=3650)
"""Far beyond any procedure, and far from the end of the calendar."""


def parse(value: object) -> object:
    """Read the written form; leave ISO 8601 (how durations travel in histories) to pydantic.

    Raises ValueError for a bare number: `15` could be minutes to its writer and seconds to its reader.
    """
    if isinstance(value, int | float):
        raise ValueError(f"a duration needs its unit: write {value}m or {value}s")
    if not isinstance(value, str) or value.lstrip("-").startswith("P"):
        return value
    if not _WRITTEN_DURATION.fullmatch(value):
        raise ValueError("a duration is written like 15m, 2h, 1h 30m or 3d")
    try:
        return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in _AMOUNT.findall(value)), timedelta())
    except OverflowError:
        raise ValueError(f"a duration is at most {write(LONGEST_DURATION)}") from None


@lru_cache(maxsize=1024)
def write(value: timedelta) -> str:
    """`1h 30m`: the form that `parse` reads, without zero parts; `0m` for nothing."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return sign + (" ".join(parts) or "0m")


def whole_minutes(span: timedelta) -> timedelta:
    return timedelta(minutes=span // timedelta(minutes=1))


def roughly(span: timedelta) -> str:
    """`2d 4h`, `35m`: as exactly as people want to know it."""
    unit = timedelta(hours=1) if span >= timedelta(days=1) else timedelta(minutes=1)
    return write(unit * (span // unit))


def _possible(value: timedelta) -> timedelta:
    if value < timedelta():
        raise ValueError("a duration cannot be negative")
    if value > LONGEST_DURATION:
        raise ValueError(f"a duration is at most {write(LONGEST_DURATION)}")
    return value


def at_least(least: timedelta) -> AfterValidator:
    """For a duration that must not be shorter."""

    def check(value: timedelta) -> timedelta:
        if value < least:
            raise ValueError(f"must be at least {write(least)}")
        return value

    return AfterValidator(check)


Duration = Annotated[timedelta, BeforeValidator(parse), AfterValidator(_possible)]
