"""One incident, as a page has it: put in order here, so that the template only writes it down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from starter.desk.answers import ShownIncident
from workflows.durable.clock import Clock
from workflows.policy.duties.duties import own_duties
from workflows.policy.escalation.pages import tier_reached
from workflows.policy.incident.alert_state import AlertState
from workflows.policy.incident.private import is_private
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import COMMANDER_ROLE
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.planning.conditions import matches
from workflows.policy.planning.destinations import channel_link, known_channel
from workflows.policy.planning.wording import duty_name
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import Duty
from workflows.policy.views.paged import people_paged
from workflows.policy.views.results import PlanView, Upcoming

MOST_ALERTS_SHOWN = 50
MOST_LINES_AHEAD = 40
LEAVES_WITHIN = timedelta(seconds=5)


@dataclass(frozen=True)
class Paged:
    """The last page of somebody."""

    who: str
    asked_by: str
    sent_at: datetime
    late_s: float
    outcome: str
    at_the_pager: str


@dataclass(frozen=True)
class HeldRole:
    role: str
    name: str
    duties: str
    holder: str
    """Empty: nobody."""


class TaskLine(NamedTuple):
    number: int
    """As ticks name it, from one."""
    text: str
    is_done: bool


@dataclass(frozen=True)
class ShownChecklist:
    duty: str
    title: str
    owner: str
    """The role, and who holds it."""
    lines: tuple[TaskLine, ...]

    @property
    def done(self) -> int:
        return sum(line.is_done for line in self.lines)


@dataclass(frozen=True)
class IncidentPage:
    incident: Incident
    view: PlanView
    shown: ShownIncident
    book: Runbook | None
    """As it is published now; None: it is not."""
    real_now: datetime

    def real(self, at: datetime) -> datetime:
        """By the clock on the wall: in a drill an incident's own time is compressed."""
        return Clock(self.incident.declared_at, self.view.speed).wall(at)

    @property
    def next(self) -> Upcoming | None:
        """What is due first of what has not been done; a message that is just leaving is as good as there."""
        coming = [line for line in self.view.lines if not self._is_leaving(line)]
        return min(coming, key=lambda line: line.at, default=None)

    def _is_leaving(self, line: Upcoming) -> bool:
        return line.kind != "page" and line.state != "next" and self.view.now - line.at < LEAVES_WITHIN

    @property
    def is_private(self) -> bool:
        return is_private(self.incident)

    @property
    def mark(self) -> str:
        """Of how it is shown: a form carries it, and is refused when it has changed since."""
        return self.shown.state.mark

    @property
    def tier(self) -> int:
        return tier_reached(self.incident)

    @property
    def stands(self) -> str:
        incident = self.incident
        if incident.cancelled:
            return f"cancelled, duplicate of {incident.duplicate_of}" if incident.duplicate_of else "cancelled"
        return "closed" if incident.closed_at else incident.phase

    @property
    def is_answered(self) -> bool:
        """Somebody is on it, and has not fallen silent."""
        return self.incident.acknowledged_at is not None and not self.view.has_lapsed

    @property
    def is_over(self) -> bool:
        return self.incident.closed_at is not None or self.incident.cancelled

    def person(self, name: str) -> str:
        return self.shown.state.name(name)

    @property
    def answered_by(self) -> str:
        """Who is on it."""
        return self.incident.answered(self.person(self.incident.acknowledged_by))

    @property
    def links(self) -> Iterator[tuple[str, str]]:
        """Where it is talked of, once that is there, and what its alerts lead to."""
        if self.book and (link := channel_link(self.book, self.incident)):
            yield known_channel(self.book, self.incident) or "Channel", link
        yield from self.incident.links

    @property
    def commander(self) -> str:
        return self.person(self.incident.roles.get(COMMANDER_ROLE, ""))

    def roles(self) -> Iterator[HeldRole]:
        held = self.incident.roles
        known = self.book.roles if self.book else {}
        needed = self.book.severity(self.incident.severity).roles if self.book else ()
        for role in dict.fromkeys((*needed, *held)):
            terms = known.get(role)
            yield HeldRole(
                role, terms.name if terms else role, terms.duties if terms else "", self.person(held.get(role, ""))
            )

    def tasks(self) -> Iterator[ShownChecklist]:
        """Checklists that matter now, or of which something is done."""
        for duty in own_duties(self.book, self.incident) if self.book else ():
            done = self.incident.ticks.get(duty.id, ())
            if duty.kind == "checklist" and (done or matches(duty.when, self.incident)):
                lines = tuple(TaskLine(n, text, n in done) for n, text in enumerate(duty.items, start=1))
                yield ShownChecklist(duty.id, duty_name(duty_key(DutyKind.DUTY, duty.id)), self._owner(duty), lines)

    def _owner(self, duty: Duty) -> str:
        if not self.book or not duty.owner:
            return ""
        holder = self.person(self.incident.roles.get(duty.owner, ""))
        return f"{self.book.role_name(duty.owner)}{f', {holder}' if holder else ''}"

    def paged(self) -> Sequence[Paged]:
        return [
            Paged(
                self.person(page.person),
                page.asked_by,
                page.settled.sent_at,
                page.settled.late.total_seconds(),
                page.outcome,
                page.at_the_pager,
            )
            for page in people_paged(self.incident)
        ]

    def alerts(self) -> Sequence[AlertState]:
        """Those that fire first, the newest first."""
        found = sorted(self.incident.alerts.values(), key=lambda alert: alert.starts_at, reverse=True)
        return sorted(found, key=lambda alert: alert.status != "firing")[:MOST_ALERTS_SHOWN]

    @property
    def says_less_of_some_alerts(self) -> bool:
        """Of some that are shown their own labels and links are kept, of others not."""
        kept = [alert.fingerprint in self.incident.alert_details for alert in self.alerts()]
        return any(kept) and not all(kept)

    def ahead(self) -> Sequence[Upcoming]:
        return sorted(self.view.lines, key=lambda line: line.at)[:MOST_LINES_AHEAD]


def incident_page(shown: ShownIncident, books: Mapping[str, Runbook], real_now: datetime) -> IncidentPage:
    incident = shown.state.incident
    return IncidentPage(incident, shown.plan, shown, books.get(incident.runbook), real_now)
