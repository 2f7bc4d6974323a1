"""In a drill an incident's own time is compressed; what people read goes by the clock on the wall."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from starter.temporal.results import ListPage, ReviewSummary, Row, Summary
from workflows.durable.clock import Clock
from workflows.policy.views.difference import PlanChange
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.results import Outgoing, Upcoming, UpdateResult
from workflows.policy.views.summary import DrillClock

Wall = Callable[[datetime], datetime]
Line = TypeVar("Line", Upcoming, Outgoing)


def page_in_real_time(page: ListPage[Row]) -> ListPage[Row]:
    return page.model_copy(update={"rows": tuple(map(in_real_time, page.rows))})


def answer_in_real_time(answer: UpdateResult) -> UpdateResult:
    if answer.drill_clock is None:
        return answer
    wall = wall_of(answer.drill_clock)
    moments = {
        "now": wall(answer.now) if answer.now else None,
        "next": tuple(_due(line, wall) for line in answer.next),
        "outgoing": tuple(_due(each, wall) for each in answer.outgoing),
    }
    return answer.model_copy(update={**moments, "drill_clock": None})


def foreseen_in_real_time(seen: Foreseen) -> Foreseen:
    if seen.drill_clock is None:
        return seen
    wall = wall_of(seen.drill_clock)
    moments = {
        "now": wall(seen.now),
        "changes": changes_in_real_time(seen.changes, wall),
        "outgoing": tuple(_due(each, wall) for each in seen.outgoing),
    }
    return seen.model_copy(update={**moments, "drill_clock": None})


def changes_in_real_time(changes: Iterable[PlanChange], wall: Wall) -> tuple[PlanChange, ...]:
    return tuple(
        each.model_copy(update={"line": _due(each.line, wall), "before": wall(each.before) if each.before else None})
        for each in changes
    )


def _due(line: Line, wall: Wall) -> Line:
    return line.model_copy(update={"at": wall(line.at)})


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
