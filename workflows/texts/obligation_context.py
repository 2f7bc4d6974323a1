"""What the texts about legal clocks say of them."""

from datetime import datetime
from typing import TypedDict

from workflows.policy.duties.obligation_demands import first_ring_at
from workflows.policy.duties.obligations import LegalClock, clocks, responsible
from workflows.policy.effects.demand import Demand
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_of
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.calendar import clock
from workflows.policy.time.durations import roughly


class RunningClock(TypedDict):
    """A legal clock, in words."""

    name: str
    """What commands call it."""
    title: str
    to: str
    owner: str
    by: str
    """Its deadline."""
    left: str
    """`in 3h`, `2h late`: how much time there is."""


def obligations(book: Runbook, incident: Incident, demand: Demand, now: datetime) -> list[RunningClock] | None:
    """Those that a message is about; None: it is about none."""
    meant = clocks_meant(book, incident, demand)
    return [_in_words(book, incident, each, now) for each in meant] if meant is not None else None


def clocks_meant(book: Runbook, incident: Incident, demand: Demand) -> list[LegalClock] | None:
    duty, running = duty_of(demand.duty).first_page, clocks(book, incident)
    if duty.kind is DutyKind.OBLIGATION:
        return [each for each in running if each.name == duty.name]
    if duty.kind is DutyKind.OBLIGED:
        theirs = [each for each in running if duty.name in responsible(book, incident, each.terms)]
        return [each for each in theirs if first_ring_at(each) <= demand.due_at] or theirs
    return None


def _in_words(book: Runbook, incident: Incident, each: LegalClock, now: datetime) -> RunningClock:
    people = responsible(book, incident, each.terms)
    return {
        "name": each.name,
        "title": each.title,
        "to": book.audience_name(each.terms.to),
        "owner": " / ".join(book.person_name(person) for person in people) or "nobody",
        "by": clock(book.calendar.zone, each.due_at, now),
        "left": f"in {roughly(each.due_at - now)}" if each.due_at > now else f"{roughly(now - each.due_at)} late",
    }
