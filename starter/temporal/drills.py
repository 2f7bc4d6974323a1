"""In a drill an incident's own time is compressed; what a list shows goes by the clock on the wall."""

from collections.abc import Callable
from datetime import datetime

from starter.temporal.results import ListPage, ReviewSummary, Row, Summary
from workflows.durable.clock import Clock
from workflows.policy.views.summary import DrillClock

Wall = Callable[[datetime], datetime]


def page_in_real_time(page: ListPage[Row]) -> ListPage[Row]:
    return page.model_copy(update={"rows": tuple(map(in_real_time, page.rows))})


def in_real_time(row: Row) -> Row:
    """Once: what comes out knows no clock of its own any more."""
    if row.drill_clock is None:
        return row
    wall = wall_of(row.drill_clock)
    moments = _of_incident(row, wall) if isinstance(row, Summary) else _of_review(row, wall)
    return row.model_copy(update={**moments, "drill_clock": None})


def _of_incident(row: Summary, wall: Wall) -> dict[str, object]:
    due = tuple(each.model_copy(update={"due_at": wall(each.due_at)}) for each in row.follow_ups_due)
    names = ("next_duty_at", "updated_at", "alive_at", "obligation_due_at")
    return {name: wall(at) if (at := getattr(row, name)) else None for name in names} | {"follow_ups_due": due}


def _of_review(row: ReviewSummary, wall: Wall) -> dict[str, object]:
    owed = row.debts
    if owed is not None:
        debts = tuple(each.model_copy(update={"due_at": wall(each.due_at)}) for each in owed.debts)
        owed = owed.model_copy(update={"debts": debts})
    return {"due_at": wall(row.due_at) if row.due_at else None, "debts": owed}


def wall_of(clock: DrillClock) -> Wall:
    return Clock(clock.begun_at, clock.speed).wall
