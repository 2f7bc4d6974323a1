"""In a drill an incident's own time is compressed; what stands on a page goes by the clock on the wall."""

from collections.abc import Callable
from datetime import datetime

from starter.temporal.results import ReviewSummary, Summary
from workflows.durable.clock import Clock
from workflows.policy.views.summary import DrillClock


def on_the_wall(at: datetime, own_now: datetime, real_now: datetime, speed: float) -> datetime:
    """A moment of an incident of which is only known what its own clock shows now."""
    return at if speed == 1.0 else real_now + (at - own_now) / speed


def in_real_time(row: Summary) -> Summary:
    if row.drill_clock is None:
        return row
    wall = _wall(row.drill_clock)
    due = tuple(each.model_copy(update={"due_at": wall(each.due_at)}) for each in row.follow_ups_due)
    names = ("next_duty_at", "updated_at", "alive_at", "obligation_due_at")
    moments = {name: wall(at) if (at := getattr(row, name)) else None for name in names}
    return row.model_copy(update={**moments, "follow_ups_due": due})


def review_in_real_time(row: ReviewSummary) -> ReviewSummary:
    if row.drill_clock is None:
        return row
    wall, owed = _wall(row.drill_clock), row.debts
    if owed is not None:
        debts = tuple(each.model_copy(update={"due_at": wall(each.due_at)}) for each in owed.debts)
        owed = owed.model_copy(update={"debts": debts})
    return row.model_copy(update={"due_at": wall(row.due_at) if row.due_at else None, "debts": owed})


def _wall(clock: DrillClock) -> Callable[[datetime], datetime]:
    return Clock(clock.begun_at, clock.speed).wall
