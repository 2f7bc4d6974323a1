"""Durations as people write them in a runbook: `90s`, `15m`, `2h`, `1h 30m`, `3d`, `1w`."""

import re
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_SIZES = {
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
    **dict.fromkeys(("d", "day", "days"), DAY),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), HOUR),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), MINUTE),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), timedelta(seconds=1)),
}
_FORM = "a duration is written like 15m, 2h, 1h 30m or 3d"
_VARYING = {"month", "months", "mo", "y", "year", "years"}
_AMOUNT = re.compile(r"(-?)\s*(\d{1,18}(?:[.,]\d{1,9})?)\s*([A-Za-z]+)")
LONGEST_DURATION = timedelta(days=3650)
"""Far beyond any procedure, and far from the end of the calendar."""


def parse(value: object) -> object:
    """Read the written form; leave ISO 8601 (how durations travel in histories) to pydantic.

    Raises ValueError for a bare number: `15` could be minutes to its writer and seconds to its reader.
    """
    if isinstance(value, bool):
        raise ValueError(_FORM)
    if isinstance(value, int | float):
        raise ValueError(f"a duration needs its unit: write {value}m or {value}s")
    if not isinstance(value, str) or value.lstrip("-").startswith("P"):
        return value
    try:
        return _read(value)
    except OverflowError:
        raise ValueError(f"a duration is at most {write(LONGEST_DURATION)}") from None


def _read(text: str) -> timedelta:
    """As people say it, `30min` too; what may mean two things is refused, with what it may mean."""
    amounts = [(sign, number.replace(",", "."), _size(unit)) for sign, number, unit in _AMOUNT.findall(text)]
    if not amounts or _AMOUNT.sub("", text).strip():
        raise ValueError(_FORM)
    sizes = [size for _, _, size in amounts]
    total = sum(
        (float(number) * size if "." in number else int(number) * size for _, number, size in amounts), timedelta()
    )
    if any(sign for sign, _, _ in amounts):
        raise ValueError(f"a duration cannot be negative: write {write(total)}")
    if any("." in number for _, number, _ in amounts):
        raise ValueError(f"a duration has no fractions: write {write(total)}")
    if any(size <= following for size, following in pairwise(sizes)):
        raise ValueError(f"a duration names each unit once, the greatest first: write {write(total)}")
    return total


def _size(unit: str) -> timedelta:
    """A single letter is small: `15M` may be months to its writer."""
    word = unit if len(unit) == 1 else unit.casefold()
    if word in _VARYING:
        raise ValueError("a duration has no months and years: write days or weeks")
    if word not in _SIZES:
        raise ValueError(_FORM)
    return _SIZES[word]


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
