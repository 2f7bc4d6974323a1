"""Which legal clocks run for an incident: from when, until when, and whose they are (ADR 35).

An obligation that has come to apply is remembered, and applies until a human has ended each of its stages. The record
goes with the incident's state, so the review has it too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.policy.duties.moments import counted_from
from workflows.policy.incident.follow_up import Ending
from workflows.policy.incident.obligation import ObligationRecord
from workflows.policy.incident.rules import rules, who_owes
from workflows.policy.incident.state import Incident
from workflows.policy.planning.conditions import flagged_at, matches
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.obligations import Obligation, Stage, months_of
from workflows.policy.time.calendar import months_later


@dataclass(frozen=True)
class LegalClock:
    """One deadline that runs: of an obligation, or of one of its stages."""

    terms: Obligation
    stage: str
    """Empty: it has none."""
    since: datetime
    """When it came to apply."""
    begins_at: datetime
    due_at: datetime

    @property
    def name(self) -> str:
        """What commands call it."""
        return f"{self.terms.id}/{self.stage}" if self.stage else self.terms.id

    @property
    def title(self) -> str:
        title = self.terms.title or self.terms.id.replace("-", " ")
        return f"{title}: {self.stage.replace('-', ' ')}" if self.stage else title

    def after(self, part: float) -> datetime:
        """When so much of its time has passed."""
        return self.begins_at + (self.due_at - self.begins_at) * part


def known_obligations(book: Runbook, incident: Incident) -> dict[str, ObligationRecord]:
    """Those that have come to apply, and those that do as things stand."""
    return dict(incident.obligations) | dict(_newly_applying(book, incident, incident.declared_at))


def remember_obligations(book: Runbook, incident: Incident, at: datetime) -> Incident:
    """Whatever changes later: what has come to apply is not forgotten."""
    new = dict(_newly_applying(book, incident, at))
    return incident.model_copy(update={"obligations": {**incident.obligations, **new}}) if new else incident


def _newly_applying(book: Runbook, incident: Incident, at: datetime) -> Iterator[tuple[str, ObligationRecord]]:
    for each in book.obligations if not incident.cancelled else ():
        of_severity = not each.severities or incident.severity in each.severities
        if each.id not in incident.obligations and of_severity and matches(each.when, incident):
            yield each.id, ObligationRecord(terms=each, since=at, flagged_at=flagged_at(each.when, incident))


def clocks(book: Runbook, incident: Incident) -> tuple[LegalClock, ...]:
    """Those that run, the first to run out first."""
    found = (each for record in known_obligations(book, incident).values() for each in _of(book, incident, record))
    return tuple(sorted(found, key=lambda each: each.due_at))


def _of(book: Runbook, incident: Incident, record: ObligationRecord) -> Iterator[LegalClock]:
    terms = next((each for each in book.obligations if each.id == record.terms.id), record.terms)
    begins = counted_from(incident, terms.counts_from, record.flagged_at or record.since)
    if begins is None:
        return
    stages = terms.stages or ((Stage(id=terms.id, within=terms.within),) if terms.within is not None else ())
    reported: dict[str, datetime] = {}
    for stage in stages:
        name = stage.id if terms.stages else ""
        counts_from = reported[stage.follows] if stage.follows else begins
        due_at = _later(book, counts_from, stage.within)
        ending = record.ended.get(name)
        reported[stage.id] = due_at if ending is None or ending.waived else ending.at
        if ending is None:
            yield LegalClock(terms, name, record.since, counts_from, due_at)


def _later(book: Runbook, at: datetime, within: timedelta | str) -> datetime:
    return at + within if isinstance(within, timedelta) else months_later(book.calendar.zone, at, months_of(within))


def meant_clocks(book: Runbook, incident: Incident, name: str) -> tuple[LegalClock, ...]:
    """By its name, or by that of its obligation; without a name the only one that runs."""
    running = clocks(book, incident)
    if not name:
        return running if len({each.terms.id for each in running}) == 1 else ()
    return tuple(each for each in running if name in (each.name, each.terms.id))


def responsible(book: Runbook, incident: Incident, terms: Obligation) -> tuple[str, ...]:
    """Owner and deputy; if neither is anybody, whom the ladder calls first: it is never nobody's."""
    found = [person for name in (terms.owner, terms.deputy) for person in _people(book, incident, name)]
    if not found:
        found = [person for tier in rules(book, incident).escalation for person in tier.page][:1]
    return tuple(dict.fromkeys(found))


def owners(book: Runbook, incident: Incident, terms: Obligation) -> tuple[str, ...]:
    return _people(book, incident, terms.owner) or responsible(book, incident, terms)


def _people(book: Runbook, incident: Incident, name: str | None) -> tuple[str, ...]:
    if name is not None and name in book.people and name not in book.roles:
        return (name,)
    return who_owes(book, incident, name)


def ended_with(incident: Incident, clock: LegalClock, record: ObligationRecord, ending: Ending) -> Incident:
    ended = record.model_copy(update={"ended": {**record.ended, clock.stage: ending}})
    return incident.model_copy(update={"obligations": {**incident.obligations, clock.terms.id: ended}})
