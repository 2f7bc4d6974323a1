"""The drawn course of an incident: things by their names, never by their keys."""

import pytest

from starter.pictures.course_marks import course_marks
from tests.policy.builders import T0, ladder, minutes, tier
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import declare
from workflows.policy.keys.duty_keys import OF_THE_LADDER, DutyKey, DutyKind
from workflows.policy.views.results import PlanView

BOOK = ladder(tier("alice"))


def key(kind: DutyKind) -> DutyKey:
    if kind in OF_THE_LADDER:
        return DutyKey(kind, "alice", 1)
    try:
        return DutyKey(kind, "first-steps")
    except ValueError:  # such a key has no name
        return DutyKey(kind)


@pytest.mark.parametrize("kind", DutyKind)
def test_no_row_is_a_key(kind: DutyKind) -> None:
    opening = OpenRequest(runbook=BOOK, severity="sev1", title="Checkout fails")
    done = Settlement(occurrence=1, outcome="done", due_at=T0, sent_at=T0, settled_at=T0)
    incident = declare(opening, T0, "20260302-0900-k7", "incident-1").model_copy(
        update={"settled": {key(kind).written: done}}
    )
    view = PlanView(incident=incident.id, now=T0 + minutes(1))
    for mark in course_marks(incident, view, str.title):
        assert "/" not in mark.row
