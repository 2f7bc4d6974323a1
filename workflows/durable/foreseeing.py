"""What an event would do to a procedure, if it happened now. Nothing happens."""

from collections.abc import Set
from datetime import datetime
from functools import partial

from workflows.durable.decoding import new_lines
from workflows.durable.procedure import Procedure
from workflows.policy.engine import Plan
from workflows.policy.incident.events import Event
from workflows.policy.incident.mark import mark
from workflows.policy.views.difference import compared
from workflows.policy.views.foreseen import Foreseen, paged_at_once
from workflows.texts.outside import let_out

CONCLUSIONS_IN_A_MOMENT = 20
"""Far above what follows from one event by itself."""


def foresee(procedure: Procedure, event: Event, no: str | None, now: datetime, in_flight: Set[str]) -> Foreseen:
    """`no`: why it would be refused."""
    book = procedure.book
    seen = Foreseen(
        incident=procedure.incident.id,
        now=now,
        zone=book.calendar.zone,
        mark=mark(procedure.incident),
        refused=no or "",
    )
    if no:
        return seen
    before = procedure.plan(now)
    after, present = _settled(procedure.after(event, now), now)
    lines = procedure.plan_view(before, now, 1.0, in_flight).lines
    view = after.plan_view(present, now, 1.0, in_flight)
    changes = sorted(compared(lines, view.lines), key=lambda change: change.line.at)
    return seen.model_copy(
        update={
            "changed": new_lines(procedure.incident, after.incident),
            "pages": paged_at_once(book, before, present),
            "changes": tuple(changes),
            "outgoing": let_out(book, before, present, partial(after.words, now=now)),
        }
    )


def _settled(procedure: Procedure, now: datetime) -> tuple[Procedure, Plan]:
    """With what follows from it in the same moment."""
    present = procedure.plan(now)
    for _ in range(CONCLUSIONS_IN_A_MOMENT):
        if not present.conclusions:
            break
        for conclusion in present.conclusions:
            procedure = procedure.after(conclusion, now)
        present = procedure.plan(now)
    return procedure, present
