"""The ladder and its times: which rungs there are, when each is due, and when a round is over.

The rungs are the runbook's tiers by time, and, where an acknowledgement target is set, the first tier once more when
that is missed. A round is one climb. Within a round each rung is due at its own time from the start of the round; a
rung that reached nobody makes the next one due at once (rule 4).

A round begins when its first page does: `Incident.round` is a fact, written by the fold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from workflows.policy.calendar import Calendar, after_quiet_hours, in_business_hours, next_business_day
from workflows.policy.incident import Incident, Settlement, Start, acknowledgement_expires_at, rules, who_owes
from workflows.policy.runbook import Runbook, Tier, Until
from workflows.policy.tally import LATE
from workflows.policy.wanted import EVER, holds_at, holds_since, is_emergency

PAGE_BUDGET = timedelta(minutes=2)
"""A page that has not got through for so long goes on trying, while the next tier and the other ways take over."""


@dataclass(frozen=True)
class Hold:
    """What pages of this severity wait for."""

    calendar: Calendar
    until: Literal["never", "quiet-hours", "business-hours"] = "never"

    def released(self, at: datetime) -> datetime:
        if self.until == "quiet-hours":
            return after_quiet_hours(self.calendar, at)
        return in_business_hours(self.calendar, at) if self.until == "business-hours" else at


class Callee(NamedTuple):
    """Somebody on a rung, and how it stands with their pages."""

    person: str
    duty: str
    settled: Settlement | None
    """Their last page of this rung."""
    trying: Start | None
    """The page of the ladder, of whichever rung, that is on its way to them. It goes on trying; a second would only
    compete."""

    def has_settled(self, occurrence: int) -> bool:
        return self.settled is not None and self.settled.occurrence >= occurrence

    def is_trying(self, occurrence: int) -> bool:
        """Is it the page of this rung, in that round, that is on its way?"""
        return self.trying is not None and (self.trying.duty, self.trying.occurrence) == (self.duty, occurrence)


class Rung(NamedTuple):
    tier: int
    after: timedelta
    callees: tuple[Callee, ...]
    unless: Until
    again: bool = False
    """The first tier once more, because the acknowledgement target was missed."""
    since: datetime = EVER
    """It is wanted only since then: a flag that calls these people was set."""
    hold: Hold = Hold(Calendar())
    once: bool = False
    """It belongs to no round: the next one neither waits for it nor repeats it."""
    flags: tuple[str, ...] = ()
    """What the incident is, that these people are called."""


class Round(NamedTuple):
    number: int
    started_at: datetime


class Step(NamedTuple):
    """A rung in a round."""

    rung: Rung
    round: Round
    due_at: datetime
    instead_of: int | None = None
    """The tier that reached nobody, so that this rung is due before its own time."""


def ladder(book: Runbook, incident: Incident) -> list[Rung]:
    trying = _under_way(incident)
    tiers = [
        (number, tier)
        for number, tier in enumerate(rules(book, incident).escalation, start=1)
        if holds_at(book, tier.when, incident, incident.opened_at + tier.after)
    ]
    if is_emergency(book, incident):  # everybody, at once
        flags = book.emergency.flags if book.emergency else ()
        return [
            Rung(n, timedelta(), _callees(book, incident, n, tier, trying), tier.unless, flags=flags)
            for n, tier in tiers
        ]
    hold = Hold(book.calendar, rules(book, incident).hold)
    rungs = [
        Rung(
            number,
            tier.after,
            _callees(book, incident, number, tier, trying),
            tier.unless,
            since=holds_since(tier.when, incident),
            hold=hold,
            once=tier.once,
            flags=tier.when.flags,
        )
        for number, tier in tiers
    ]
    within = _target(book, incident)
    if within is not None and rungs and within > rungs[0].after:
        rungs.append(_again(incident, rungs[0], within))
    return sorted(rungs, key=lambda rung: (rung.after, rung.tier))


def _again(incident: Incident, first: Rung, within: timedelta) -> Rung:
    duties = [(callee, f"overdue/{first.tier}/{callee.person}") for callee in first.callees]
    callees = tuple(callee._replace(duty=duty, settled=incident.settled.get(duty)) for callee, duty in duties)
    return first._replace(after=within, callees=callees, unless="acknowledged", again=True)


def _callees(
    book: Runbook, incident: Incident, number: int, tier: Tier, trying: Mapping[str, Start]
) -> tuple[Callee, ...]:
    duties = [(person, f"escalate/{number}/{person}") for person in called_people(book, incident, tier)]
    return tuple(Callee(who, duty, incident.settled.get(duty), trying.get(who)) for who, duty in duties)


def _under_way(incident: Incident) -> dict[str, Start]:
    """The pages of the ladder that are on their way, by person; of two to one person, the one begun first."""
    pages = [start for start in incident.started.values() if start.duty.startswith(("escalate/", "overdue/"))]
    return {start.duty.split("/", 2)[2]: start for start in reversed(pages)}


def called_people(book: Runbook, incident: Incident, tier: Tier) -> tuple[str, ...]:
    """The people of a tier: named, holding a role, or managers of those who do."""
    if not tier.roles and not tier.managers_of:
        return tier.page if len(tier.page) == 1 else tuple(dict.fromkeys(tier.page))
    holders = [person for role in tier.roles for person in who_owes(book, incident, role)]
    managed = [person for role in tier.managers_of for person in who_owes(book, incident, role)]
    managers = [book.people[person].manager for person in managed if person in book.people]
    return tuple(dict.fromkeys((*tier.page, *holders, *(manager for manager in managers if manager))))


def _target(book: Runbook, incident: Incident) -> timedelta | None:
    within = rules(book, incident).acknowledge.within
    if within != "next-business-day":
        return within
    return next_business_day(book.calendar, incident.opened_at)[1] - incident.opened_at


def outlives_acknowledgement(book: Runbook, incident: Incident, duty: str) -> bool:
    """A page that was asked for by hand, or of a rung that only the resolution stops."""
    lasting = [rung for rung in ladder(book, incident) if rung.unless == "resolved"]
    return duty.startswith("call/") or any(duty == callee.duty for rung in lasting for callee in rung.callees)


def present_round(book: Runbook, incident: Incident, now: datetime) -> Round:
    """The round that is under way, or the one that begins where an acknowledgement expired."""
    expires_at = acknowledgement_expires_at(book, incident)
    if expires_at is not None and expires_at <= now and incident.round_started_at < expires_at:
        return Round(incident.round + 1, expires_at)
    return Round(incident.round, incident.round_started_at)


def steps(incident: Incident, rungs: list[Rung], climb: Round) -> Iterator[Step]:
    """When each rung of a round is due. A target that was missed is no next tier: it hastens nothing by falling away
    where the tier could not be reached in the first place."""
    gave_up_at: datetime | None = None
    lost: list[int] = []
    for rung in rungs:
        if rung.again and rung.tier in lost:
            continue
        due_at = rung.hold.released(max(_due_at(incident, rung, climb), rung.since))
        early = gave_up_at is not None and gave_up_at < due_at and not rung.again
        if gave_up_at is not None and early:
            due_at = rung.hold.released(max(gave_up_at, rung.since))
        yield Step(rung, climb, due_at, lost[-1] if early else None)
        its_own = _gave_up_at(rung, climb.number, due_at)
        if its_own is not None:
            lost.append(rung.tier)
        gave_up_at = its_own or (gave_up_at if rung.again else None)


def _due_at(incident: Incident, rung: Rung, climb: Round) -> datetime:
    """Counted from the start of the round. The first time, from the opening: if the severity was raised in this round
    (rule 6), or if it is the resolution that the rung waits for, which does not care about rounds."""
    raised_at = incident.raised_at or incident.opened_at
    may_count = rung.unless == "resolved" or raised_at >= climb.started_at
    if may_count and not any(callee.has_settled(incident.first_round) for callee in rung.callees):
        # It could not be late before it was wanted.
        return max(incident.opened_at + rung.after, raised_at, climb.started_at)
    return climb.started_at + rung.after


def got_lost(settled: Settlement) -> bool:
    return settled.outcome in ("rejected", "undelivered")


def was_lost(incident: Incident, callee: Callee) -> bool:
    """The last page of this rung, since this opening began, did not get through."""
    return callee.settled is not None and callee.has_settled(incident.first_round) and got_lost(callee.settled)


def was_reached(incident: Incident, callee: Callee) -> bool:
    return callee.settled is not None and callee.has_settled(incident.first_round) and not got_lost(callee.settled)


def _gave_up_at(rung: Rung, number: int, due_at: datetime) -> datetime | None:
    """When it is clear that a rung reaches nobody; None while somebody was, or may yet be, reached."""
    times = [due_at]
    for callee in rung.callees:
        if callee.settled is not None and callee.settled.occurrence == number:
            if not got_lost(callee.settled):
                return None
            times.append(callee.settled.settled_at)
        elif callee.trying is not None:
            times.append(callee.trying.started_at + PAGE_BUDGET)
        else:
            return None
    return max(times)


def over_at(climb: list[Step]) -> datetime | None:
    """From when the next round counts: all rungs of this one were begun. None: not yet, or nothing is repeated."""
    latest: datetime | None = None
    for step in reversed(climb):  # the last ones are begun last
        if step.rung.once:
            continue
        begun_at = _begun_at(step)
        if begun_at is None:
            return None
        latest = begun_at if latest is None else max(latest, begun_at)
    return latest


def _begun_at(step: Step) -> datetime | None:
    """A rung that went out late moves what follows; one person's page that is still trying does not."""
    times = []
    for callee in step.rung.callees:
        settled, trying, number = callee.settled, callee.trying, step.round.number
        if settled is not None and settled.occurrence >= number:
            due_at, sent_at = settled.due_at, settled.sent_at
        elif trying is not None and callee.is_trying(number):
            due_at, sent_at = trying.due_at, trying.started_at
        elif trying is not None:
            continue
        else:
            return None
        times.append(sent_at if sent_at - due_at >= LATE else due_at)
    return max(step.due_at, min(times, default=step.due_at))
