"""What is kept of an incident when it has closed: one compact record, in the workflow's memo.

A list query brings it along, so that figures over thousands of incidents need no worker, no history and no database of
their own. It is an interface (docs/report.md): fields are added to it, never changed.
"""

from datetime import datetime
from typing import Literal

from workflows.policy.duties.duties import review_terms
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.page_statistics import PageStatistics
from workflows.policy.incident.pager_alerts import Arrival
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.views.standing import (
    FOLLOW_UPS_MEMO,
    STANDING_MEMO,
    IncidentStanding,
    follow_ups_due,
    standing,
)
from workflows.policy.wire.model import Instant, Wire

GRAVEST = "gravest"
DRILL = "drill"
DRILL_CLOCK = "drill_clock"


def listed(opening: OpenRequest, opened_at: datetime) -> dict[str, object]:
    """The memo with which an incident begins: what lists show of it before a worker has seen it."""
    begun = {"title": opening.title, "opened_at": opened_at.isoformat(), STANDING_MEMO: IncidentStanding()}
    return begun | drill_memo(opened_at, opening.speed)


class DrillClock(Wire):
    """What must be known to say in real time when something of a drill is due."""

    begun_at: Instant
    speed: float


def drill_clock(declared_at: datetime, speed: float) -> DrillClock | None:
    """Of an incident, and of its review, which goes on by the same clock; None: it is the wall's."""
    return DrillClock(begun_at=declared_at, speed=speed) if speed != 1.0 else None


def drill_memo(declared_at: datetime, speed: float) -> dict[str, object]:
    own = drill_clock(declared_at, speed)
    return {DRILL: True, DRILL_CLOCK: own} if own else {}


def listed_while_open(book: Runbook, incident: Incident) -> dict[str, object]:
    """What lists show of it that its search attributes do not."""
    graver: dict[str, object] = {GRAVEST: incident.gravest} if incident.gravest != incident.severity else {}
    owed: dict[str, object] = {FOLLOW_UPS_MEMO: follow_ups_due(book, incident)} if incident.follow_ups else {}
    return {STANDING_MEMO: standing(book, incident)} | graver | owed


class ClosedIncident(Wire):
    """Times are UTC; in a drill they are those of its own, compressed time."""

    incident: str
    title: str
    runbook: str
    service: str
    source: str
    severity: SeverityName
    """When it closed."""
    gravest: SeverityName
    declared_at: Instant
    acknowledged_at: Instant | None = None
    """The first time that somebody answered."""
    mitigated_at: Instant | None = None
    """When somebody said that the fix was in place; None also if it was reopened after that."""
    resolved_at: Instant | None = None
    """The last time."""
    closed_at: Instant
    openings: int = 1
    """1 + how often it was reopened."""
    cancelled: bool = False
    """Opened in error."""
    duplicate_of: str = ""
    """Then: the incident that its alerts moved to."""
    drill: bool = False
    """Time was compressed."""
    review: Literal["none", "consider", "always"] = "none"
    """What it owed its review."""
    tally: PageStatistics = PageStatistics()
    reached: tuple[Arrival, ...] = ()
    """Whom its pages reached, and who answered them: the last of them."""


def summarize(book: Runbook, incident: Incident, speed: float) -> ClosedIncident:
    """Of an incident that has closed."""
    assert incident.closed_at is not None
    terms = review_terms(book, incident)
    held = incident.mitigated_at is not None and incident.mitigated_at >= incident.opened_at
    return ClosedIncident(
        incident=incident.id,
        title=incident.title,
        runbook=incident.runbook,
        service=incident.service,
        source=incident.source,
        severity=incident.severity,
        gravest=incident.gravest,
        declared_at=incident.declared_at,
        acknowledged_at=incident.first_acknowledged_at,
        mitigated_at=incident.mitigated_at if held else None,
        resolved_at=incident.resolved_at,
        closed_at=incident.closed_at,
        openings=incident.opening,
        cancelled=incident.cancelled,
        duplicate_of=incident.duplicate_of,
        drill=speed != 1.0,
        review=terms.required if terms else "none",
        tally=incident.tally,
        reached=incident.reached,
    )
