"""The ladder: which rungs there are, and who stands on them. When each is due is said by `climb`.

The rungs are the runbook's tiers by time, and, where an acknowledgement target is set, the first tier once more when
that is missed. The first rung with anybody on it is called at once where no tier before it applies to the incident,
and when the ladder is begun anew (`Incident.renewed`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from workflows.policy.incident.rules import rules, who_owes
from workflows.policy.incident.settlements import Settlement, Start
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key, duty_of
from workflows.policy.planning.conditions import EVER, is_emergency, matches_at, matches_since, owed_since
from workflows.policy.planning.ways import first_way, through
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import Until
from workflows.policy.runbook.reach import ReachStep
from workflows.policy.runbook.terms import Tier
from workflows.policy.time.calendar import Calendar, after_quiet_hours, in_business_hours, next_business_day

PAGE_BUDGET = timedelta(minutes=2)
"""A page that has not got through for so long goes on trying, while the next tier and the other ways take over."""


@dataclass(frozen=True)
class QuietPolicy:
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
    duty: WrittenDuty
    settled: Settlement | None
    """Their last page of this rung."""
    repeated: Settlement | None
    """Their last page because nobody had answered the one of this rung."""
    trying: Start | None
    """The page of the ladder, of whichever rung, that is on its way to them. It goes on trying; a second would only
    compete."""
    way: ReachStep | None = None
    """By which they are rung first; None: by whichever pager knows them."""
    since: datetime = EVER
    """They cannot be called late before that: the severity changed to one with this tier, or they were given the role
    that it calls."""

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
    hold: QuietPolicy = QuietPolicy(Calendar())
    once: bool = False
    """It belongs to no round: the next one neither waits for it nor repeats it."""
    flags: tuple[str, ...] = ()
    """What the incident is, that these people are called."""
    rings_again: bool = True
    """While nobody has answered, until the next tier's time."""
    gap: bool = False
    """No tier that comes before it calls anybody for this incident: it is called at once."""
    anew: bool = False
    """The first of a ladder that is begun anew."""


def ladder(book: Runbook, incident: Incident) -> list[Rung]:
    rungs = sorted(_from_its_first(incident, _rungs(book, incident)), key=_order)
    within = None if is_emergency(book, incident) else target(book, incident)
    if within is not None and rungs and within > rungs[0].after:
        rungs.append(_again(book, incident, rungs[0], within))
    return sorted(rungs, key=_order)


def _order(rung: Rung) -> tuple[timedelta, int]:
    return rung.after, rung.tier


def _rungs(book: Runbook, incident: Incident) -> list[Rung]:
    """Those that apply. If nobody is on them, the first that has anybody: somebody is called."""
    trying = _under_way(incident)
    every, missing = list[Rung](), set[int]()
    for number, tier in enumerate(rules(book, incident).escalation, start=1):
        every.append(_rung(book, incident, number, tier, trying))
        if not matches_at(book, tier.when, incident, incident.opened_at + tier.after):
            missing.add(number)
    applying = [rung for rung in every if rung.tier not in missing]
    able = [rung for rung in applying if rung.callees] or [rung for rung in every if rung.callees]
    first, earliest = min(able, key=_order, default=None), min(rung.after for rung in every)
    if first is None or (first in applying and any(rung.after == earliest for rung in applying)):
        return applying
    gap = first._replace(gap=True, since=EVER)
    return [gap if rung is first else rung for rung in applying] if first in applying else [gap]


def _rung(book: Runbook, incident: Incident, number: int, tier: Tier, trying: Mapping[str, Start]) -> Rung:
    callees = _callees(book, incident, number, tier, trying)
    rings_again = tier.again != "never"
    if is_emergency(book, incident):  # everybody, at once
        flags = book.emergency.flags if book.emergency else ()
        return Rung(number, timedelta(), callees, tier.unless, flags=flags, rings_again=rings_again)
    return Rung(
        number,
        tier.after,
        callees,
        tier.unless,
        since=matches_since(tier.when, incident),
        hold=QuietPolicy(book.calendar, rules(book, incident).hold),
        once=tier.once,
        flags=tier.when.flags,
        rings_again=rings_again,
    )


def _from_its_first(incident: Incident, rungs: list[Rung]) -> list[Rung]:
    """Somebody is called at once, where no tier that comes first applies and where the ladder is begun anew; and again
    and again, also where all are to be called once."""
    first = min((rung for rung in rungs if rung.callees), key=_order, default=None)
    if first is None:
        return rungs
    after = timedelta() if first.gap or incident.renewed else first.after
    once = first.once and not first.gap and not all(rung.once for rung in rungs if rung.callees)
    begins = first._replace(after=after, once=once, anew=incident.renewed is not None)
    return [begins if rung is first else rung for rung in rungs]


def _again(book: Runbook, incident: Incident, first: Rung, within: timedelta) -> Rung:
    duties = [(callee, duty_key(DutyKind.OVERDUE, callee.person, first.tier)) for callee in first.callees]
    callees = tuple(callee._replace(duty=duty, settled=through(book, incident, duty)) for callee, duty in duties)
    return first._replace(after=within, callees=callees, unless="acknowledged", again=True)


def _callees(
    book: Runbook, incident: Incident, number: int, tier: Tier, trying: Mapping[str, Start]
) -> tuple[Callee, ...]:
    return tuple(
        Callee(
            who,
            duty := duty_key(DutyKind.ESCALATE, who, number),
            through(book, incident, duty),
            through(book, incident, duty_key(DutyKind.REPEAT, who, number)),
            trying.get(who),
            first_way(book, who),
            _called_since(book, incident, tier, who),
        )
        for who in called_people(book, incident, tier)
    )


def _under_way(incident: Incident) -> dict[str, Start]:
    """The pages of the ladder that are on their way, by person; of two to one person, the one begun first."""
    begun = [(duty_of(start.duty), start) for start in incident.started.values()]
    return {duty.person: start for duty, start in reversed(begun) if duty.of_the_ladder}


def called_people(book: Runbook, incident: Incident, tier: Tier) -> tuple[str, ...]:
    """The people of a tier: named, holding a role, or managers of those who do."""
    if not tier.roles and not tier.managers_of:
        return tier.page if len(tier.page) == 1 else tuple(dict.fromkeys(tier.page))
    holders = [person for role in tier.roles for person in who_owes(book, incident, role)]
    managed = [person for role in tier.managers_of for person in who_owes(book, incident, role)]
    managers = [book.people[person].manager for person in managed if person in book.people]
    return tuple(dict.fromkeys((*tier.page, *holders, *(manager for manager in managers if manager))))


def _called_since(book: Runbook, incident: Incident, tier: Tier, who: str) -> datetime:
    since = owed_since(book, incident, lambda before: tier in before.escalation)
    roles = () if who in tier.page else (*tier.roles, *tier.managers_of)
    return max(since, *(incident.roles_at.get(role, EVER) for role in roles), EVER)


def target(book: Runbook, incident: Incident) -> timedelta | None:
    """How soon somebody must answer."""
    within = rules(book, incident).acknowledge.within
    if within != "next-business-day":
        return within
    return next_business_day(book.calendar, incident.opened_at)[1] - incident.opened_at


def outlives_acknowledgement(book: Runbook, incident: Incident, duty: WrittenDuty) -> bool:
    """A page that was asked for by hand or by a new alert, or of a rung that only the resolution stops."""
    lasting = [rung for rung in ladder(book, incident) if rung.unless == "resolved"]
    return duty_of(duty).beside_the_ladder or any(duty == callee.duty for rung in lasting for callee in rung.callees)
