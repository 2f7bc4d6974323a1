"""Where everything that goes out is answered at once nothing is late, whatever people change meanwhile: what somebody
came to want cannot have been due before."""

from datetime import timedelta
from itertools import cycle

import pytest

from tests.runbooks.courses import MONDAY, NAMES, SATURDAY, CourseIncident, after, book, live, minute_of
from workflows.policy.effects.effects import Card
from workflows.policy.incident.events import (
    Acknowledged,
    Escalated,
    Event,
    FlagChanged,
    HandedOff,
    Mitigated,
    Reopened,
    Resolved,
    RoleAssigned,
    SeverityChanged,
    UpdatePosted,
    stamp,
)

Course = tuple[tuple[float, Event | None], ...]
"""Minutes since the declaration, and what happens then."""

COURSES: dict[str, Course] = {
    "nobody answers": ((12 * 60, None),),
    "lowered": (
        (7, Acknowledged(by="Bob")),
        (9, RoleAssigned(role="scribe", person="Zoe")),
        (12, UpdatePosted(text="rolling back", by="Zoe")),
        (40, SeverityChanged(severity="sev3", reason="few are affected", by="Zoe")),
        (95, Resolved(by="Bob", resolution="rolled back")),
        (3000, None),
    ),
    "flagged, raised and reopened": (
        (7, Acknowledged(by="Bob")),
        (20, FlagChanged(flag="customer-facing", on=True, by="Bob")),
        (21, FlagChanged(flag="data-loss", on=True, by="Bob")),
        (40, SeverityChanged(severity="sev1", reason="all are affected", by="Zoe")),
        (50, HandedOff(to="Zoe", note="the rollback is half done", by="Bob")),
        (95, Resolved(by="Bob", resolution="rolled back")),
        (97, Reopened(reason="it is back", by="Zoe")),
        (120, FlagChanged(flag="security", on=True, by="Bob")),
        (300, Resolved(by="Bob", resolution="rolled back")),
        (5000, None),
    ),
    "raised while nobody answers": (
        (10, SeverityChanged(severity="sev2", reason="more are affected", by="alerts", via="alerts")),
        (25, SeverityChanged(severity="sev1", reason="all are affected", by="alerts", via="alerts")),
        (240, None),
    ),
    "a commander before anybody answers": (
        (4, RoleAssigned(role="commander", person="Zoe")),
        (6, RoleAssigned(role="commander", person="Ann")),
        (60, Escalated(to="2", by="Zoe")),
        (100, Mitigated(by="Zoe")),
        (200, Resolved(by="Zoe", resolution="rolled back")),
        (3000, None),
    ),
}


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_wanted_since_something_changed_was_not_due_before(name: str, course: str) -> None:
    for severity, at in zip(book(name).severities, cycle((MONDAY, SATURDAY)), strict=False):
        incident = live(name, severity, at=at)
        for minute, event in COURSES[course]:
            after(incident, minute)
            if event is not None:
                incident.happen(stamp(event, incident.now))
        assert late(incident) == [], (severity, at)


def late(incident: CourseIncident) -> list[tuple[str, float, float]]:
    """What went out late, the minute, and that at which it was due. A card's edit waits for the next on purpose."""
    return [
        (demand.duty, minute_of(incident, at), minute_of(incident, demand.due_at))
        for at, demand in incident.sent
        if at - demand.due_at > timedelta() and not isinstance(demand.effect, Card)
    ]
