"""What an incident says when it is asked: the answers of updates and queries."""

from datetime import datetime, timedelta
from typing import Literal

from workflows.policy.duties.obligations import clocks, responsible
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.cancelled import CancelledEpisodes
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.named import NamingPeople
from workflows.policy.views.summary import DrillClock
from workflows.policy.wire.history import HISTORY_BYTES, HISTORY_EVENTS
from workflows.policy.wire.model import Instant, Wire


class IncidentInput(Wire):
    """The argument of the workflow `incident`: how it starts, and, after continue-as-new, how far it has come."""

    opening: OpenRequest
    incident: Incident | None = None
    alerts: tuple[Alert, ...] = ()
    """Alerts that fired after the incident before this one was over: they opened this one."""
    cancelled: CancelledEpisodes = CancelledEpisodes()
    """What people cancelled before this one opened, and has not ended."""
    alerts_moved: bool = False
    """Of a duplicate, which is over: the other incident has its alerts."""
    history_limit: int = HISTORY_EVENTS
    """Events after which the workflow continues as new even while sends are on their way. Tests make it small."""
    history_bytes: int = HISTORY_BYTES
    """Or bytes."""


class Upcoming(Wire):
    """One line of the plan."""

    at: Instant
    what: str
    """`page VP Engineering`, `post update in #incidents`, ..."""
    kind: str
    duty: str
    reason: str
    state: Literal["in flight", "waiting", "due", "next"] = "next"
    waits_for: str = ""
    """For `waiting`: the reference that is not there yet."""


class PlanView(Wire):
    """The answer to the query `plan`: what is under way, and what comes next, soonest first."""

    incident: str
    now: Instant
    """In the incident's own time, which `speed` compresses."""
    mark: str = ""
    """Of what it is like (`incident/mark.py`), for `if_still`."""
    zone: str = "UTC"
    """Whose clock people go by there."""
    speed: float = 1.0
    lines: tuple[Upcoming, ...] = ()
    acknowledged_until: Instant | None = None
    """When the acknowledgement lapses, or has lapsed, for want of a sign of life."""
    end_held_until: Instant | None = None
    """Its alerts have ended, and flap: it is over then, if none fires before."""
    on_call: tuple[str, ...] = ()
    """`On-call Engineer: Ann (on call until Mon 09:00)`, of each post of which that is known."""

    @property
    def has_lapsed(self) -> bool:
        """There was an acknowledgement, and the ladder rings again."""
        return self.acknowledged_until is not None and self.acknowledged_until <= self.now


class Outgoing(Wire):
    """What people outside read, or would."""

    what: str
    """`status page: investigating`"""
    at: Instant
    """When it is due."""
    subject: str
    text: str
    to_fill_in: tuple[str, ...] = ()
    """What keeps it back until somebody writes the whole text."""


class WaitingDraft(Outgoing):
    """What would go out once somebody approves it."""

    name: str
    """For `tocsin approve --draft`."""
    since: Instant | None = None
    if_still: str = ""
    """Of its words: said with the approval, it lets out no others."""


class UpdateResult(Wire):
    """The answer to an update: what it changed, in words."""

    incident: str
    private: bool = False
    """By now not everybody may see it."""
    mark: str = ""
    """Of what it is like now."""
    now: Instant | None = None
    """In the incident's own time, as are all moments of an answer ..."""
    drill_clock: DrillClock | None = None
    """... if it has one of its own."""
    zone: str = "UTC"
    """Whose clock people go by there."""
    changed: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    """Who hears of it at once."""
    next: tuple[Upcoming, ...] = ()
    """What comes next: the first few lines of the plan, without what is wanted now."""
    outgoing: tuple[Outgoing, ...] = ()
    """What people outside are told because of it."""


class RunningObligation(Wire):
    """A legal clock that runs, as commands list it."""

    name: str
    title: str
    to: str = ""
    role: str | None = None
    people: tuple[str, ...] = ()
    due_at: Instant
    overdue: bool


def running_obligations(book: Runbook, incident: Incident, now: datetime) -> tuple[RunningObligation, ...]:
    return tuple(
        RunningObligation(
            name=each.name,
            title=each.title,
            to=book.audience_name(each.terms.to),
            role=each.terms.owner if each.terms.owner in book.roles else None,
            people=responsible(book, incident, each.terms),
            due_at=each.due_at,
            overdue=each.due_at < now,
        )
        for each in clocks(book, incident)
    )


class Status(NamingPeople):
    """The answer to the query `state`."""

    incident: Incident
    mark: str = ""
    """Of what it is like, for `if_still`."""
    obligations: tuple[RunningObligation, ...] = ()
    speed: float = 1.0
    verification: timedelta
    """How long a resolved incident is watched before it closes."""
    drafts: tuple[WaitingDraft, ...] = ()
    """What waits for approval, as it would go out."""
    refusals: dict[str, str] = {}
    """Why what was left without waiting for an answer came too late, or does not fit, by its id: the last of them."""
    role_names: dict[str, str] = {}
    """How people read the runbook's roles."""

    def role_name(self, role: str) -> str:
        return self.role_names.get(role, role)
