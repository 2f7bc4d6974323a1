"""What comes round in the days that are looked at, and what does not: by that it is known again the next day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from workflows.policy.rota.shift import Shift
from workflows.policy.time.calendar import wall_clock
from workflows.policy.time.durations import DAY, HOUR

ONGOING = "on"
"""The pattern of what has no end in the days that are looked at, and is longer than all that comes round."""
BEGUN = "until "
"""So begins the pattern of what has begun, and ends in these days."""


class CoverageWindow(NamedTuple):
    """The days that are looked at."""

    zone: str
    begin: datetime
    end: datetime

    def by_pattern(self, times: Sequence[Shift]) -> dict[str, list[Shift]]:
        """What is cut off on the last day is one of those that come round, unless it is longer already, with an hour
        for summer time: the next looks see more of it."""
        longest = max([DAY, *(_length(each) for each in times if not self._goes_on(each))]) + HOUR
        found: dict[str, list[Shift]] = {}
        for each in times:
            if _length(each) > longest or not self._goes_on(each):
                found.setdefault(self._pattern(each), []).append(each)
        return found

    def _pattern(self, shift: Shift) -> str:
        """When it begins by the clock there, and how long it lasts."""
        if self._goes_on(shift) or shift.ends_at is None:
            return ONGOING
        if shift.begins_at <= self.begin:
            return f"{BEGUN}{shift.ends_at:%Y%m%dT%H%M}"
        begin, end = (wall_clock(self.zone, at) for at in (shift.begins_at, shift.ends_at))
        return f"{begin:%H:%M}+{int((end - begin).total_seconds() // 60)}"

    def _goes_on(self, shift: Shift) -> bool:
        return shift.ends_at is None or shift.ends_at >= self.end


def lasts(pattern: str) -> timedelta:
    """What comes round, by its pattern."""
    _, found, minutes = pattern.rpartition("+")
    return timedelta(minutes=int(minutes)) if found else timedelta()


def _length(shift: Shift) -> timedelta:
    """Of rosters that are cut to the days that are looked at, each shift ends."""
    return (shift.ends_at or shift.begins_at) - shift.begins_at
