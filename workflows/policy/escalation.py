"""Who is paged, and when.

The ladder is a list of rungs: the runbook's tiers by time, and, where an acknowledgement target is set, the first tier
once more when that is missed. A round is one climb. Within a round each rung is due at its own time from the start of
the round; a rung that reached nobody makes the next one due at once (rule 4). When all rungs of a round were begun and
nobody answered, the next round starts `repeat_after` later. An acknowledgement stops all rungs but those that say
`unless: resolved`; when it expires, a new round starts there and then.

A round begins when its first page does: `Incident.round` is a fact, written by the fold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.policy.demand import Demand
from workflows.policy.durations import write
from workflows.policy.effects import Page, Post
from workflows.policy.incident import (
    Call,
    Incident,
    acknowledgement_expires_at,
    is_acknowledged,
    rules,
)
from workflows.policy.runbook import Runbook, Severity, Until
from workflows.policy.settling import LATE
from workflows.policy.wanted import Wanted, holds, home

PAGE_BUDGET = timedelta(minutes=2)
"""A page that has not got through for so long goes on trying, while the next tier and the other ways take over."""


@dataclass(frozen=True)
class Rung:
    tier: int
    after: timedelta
    people: tuple[str, ...]
    unless: Until
    again: bool = False
    """The first tier once more, because the acknowledgement target was missed."""

    def duty(self, person: str) -> str:
        return f"{'overdue' if self.again else 'escalate'}/{self.tier}/{person}"


@dataclass(frozen=True)
class Round:
    number: int
    started_at: datetime


def escalation(book: Runbook, incident: Incident, now: datetime) -> Iterator[Wanted]:
    """Every page that is wanted now or will be, as things stand."""
    if incident.resolved:
        return
    yield from _called_by_hand(book, incident)
    rungs = ladder(rules(book, incident), incident)
    if not any(rung.people for rung in rungs):
        yield _nobody(book, incident)
    elif is_acknowledged(book, incident, now):
        yield from _while_acknowledged(book, incident, rungs)
    else:
        yield from _unanswered(book, incident, rungs, now)
    yield from _other_ways(book, incident)


def ladder(severity: Severity, incident: Incident) -> list[Rung]:
    tiers = [(n, t) for n, t in enumerate(severity.escalation, start=1) if holds(t.when, incident)]
    rungs = [Rung(n, tier.after, tier.page, tier.unless) for n, tier in tiers]
    within = severity.acknowledge.within
    if within is not None and tiers and within > tiers[0][1].after:
        number, first = tiers[0]
        rungs.append(Rung(number, within, first.page, "acknowledged", again=True))
    return sorted(rungs, key=lambda rung: (rung.after, rung.tier))


def _unanswered(book: Runbook, incident: Incident, rungs: list[Rung], now: datetime) -> Iterator[Wanted]:
    present = _present_round(book, incident, now)
    begun: list[datetime | None] = []
    for rung, due_at in _due_times(incident, rungs, present):
        yield from _pages(incident, rung, present, due_at)
        begun.append(_begun_at(incident, rung, present.number, due_at))
    if all(at is not None for at in begun):
        last = max(at for at in begun if at is not None)
        following = Round(present.number + 1, last + rules(book, incident).repeat_after)
        for rung in rungs:
            yield from _pages(incident, rung, following, following.started_at + rung.after)


def _present_round(book: Runbook, incident: Incident, now: datetime) -> Round:
    """The round that is under way, or the one that begins where an acknowledgement expired."""
    expires_at = acknowledgement_expires_at(book, incident)
    if expires_at is not None and expires_at <= now and incident.round_started_at < expires_at:
        return Round(incident.round + 1, expires_at)
    return Round(incident.round, incident.round_started_at)


def _while_acknowledged(book: Runbook, incident: Incident, rungs: list[Rung]) -> Iterator[Wanted]:
    """Only what is said to ring unless the incident is *resolved*; and what comes if the acknowledgement expires."""
    opening = Round(incident.round, incident.opened_at)
    lasting = [rung for rung in rungs if rung.unless == "resolved" and not _was_rung(incident, rung)]
    for rung, due_at in _due_times(incident, lasting, opening):
        yield from _pages(incident, rung, opening, due_at)
    expires_at = acknowledgement_expires_at(book, incident)
    if expires_at is not None:
        following = Round(incident.round + 1, expires_at)
        for rung in rungs:
            yield from _pages(incident, rung, following, expires_at + rung.after)


def _was_rung(incident: Incident, rung: Rung) -> bool:
    """Since this opening began, in whichever round."""
    return any(incident.has_settled(rung.duty(person), incident.first_round) for person in rung.people)


def _due_times(incident: Incident, rungs: list[Rung], present: Round) -> Iterator[tuple[Rung, datetime]]:
    gave_up_at: datetime | None = None
    for rung in rungs:
        due_at = _base(incident, rung, present) + rung.after
        if rung.again:
            yield rung, due_at  # the same people once more are not the next tier
            continue
        if gave_up_at is not None:
            due_at = min(due_at, gave_up_at)
        yield rung, due_at
        gave_up_at = _gave_up_at(incident, rung, present.number, due_at)


def _base(incident: Incident, rung: Rung, present: Round) -> datetime:
    """From when a rung's time counts: the round; but after a raise of severity from the opening (rule 6)."""
    raised = incident.raised_at is not None and incident.raised_at >= present.started_at
    return incident.opened_at if raised and not _was_rung(incident, rung) else present.started_at


def _gave_up_at(incident: Incident, rung: Rung, number: int, due_at: datetime) -> datetime | None:
    """When it is clear that a rung reaches nobody; None while somebody was, or may yet be, reached."""
    times = [due_at]
    for person in rung.people:
        duty = rung.duty(person)
        settled, started = incident.settled.get(duty), incident.started.get(f"{duty}/{number}")
        if settled is not None and settled.occurrence == number:
            if settled.outcome not in ("rejected", "undelivered"):
                return None
            times.append(settled.settled_at)
        elif started is not None:
            times.append(started.started_at + PAGE_BUDGET)
        else:
            return None
    return max(times)


def _begun_at(incident: Incident, rung: Rung, number: int, due_at: datetime) -> datetime | None:
    """From when the next round counts, as far as this rung goes; None if it has not been begun."""
    times = [due_at]
    for person in rung.people:
        duty = rung.duty(person)
        settled, started = incident.settled.get(duty), incident.started.get(f"{duty}/{number}")
        if settled is not None and settled.occurrence >= number:
            at, due_at = settled.sent_at, settled.due_at
        elif started is not None:
            at, due_at = started.started_at, started.due_at
        else:
            return None
        times.append(at if at - due_at >= LATE else due_at)
    return max(times)


def _pages(incident: Incident, rung: Rung, present: Round, due_at: datetime) -> Iterator[Wanted]:
    for person in rung.people:
        duty = rung.duty(person)
        if _is_trying(incident, person, f"{duty}/{present.number}"):
            continue
        page = Page(
            to=person,
            tier=rung.tier,
            round=present.number,
            round_started_at=present.started_at,
            supersedes=_older_rings(incident, person, f"{duty}/{present.number}"),
            not_through=_hopeless(incident, person),
        )
        reason = _reason(incident, rung, present)
        demand = Demand(duty=duty, occurrence=present.number, due_at=due_at, reason=reason, effect=page)
        yield Wanted(demand)


def _is_trying(incident: Incident, person: str, key: str) -> bool:
    """Is another page of the ladder on its way to this person? It goes on trying; a second would only compete."""
    duties = {s.duty for k, s in incident.started.items() if k != key}
    return any(d.startswith(("escalate/", "overdue/")) and d.endswith(f"/{person}") for d in duties)


def _reason(incident: Incident, rung: Rung, present: Round) -> str:
    after = write(rung.after)
    if present.number > incident.first_round:
        why = f"nobody answered in round {present.number - 1}" if not rung.after else f"still nobody, {after} later"
        return f"{why}: round {present.number} of the ladder, tier {rung.tier}"
    if rung.again:
        return f"not acknowledged within {after}"
    if not rung.after:
        return f"{incident.severity.upper()} declared: first to be called"
    return f"not {rung.unless} within {after}"


def _older_rings(incident: Incident, person: str, key: str) -> tuple[str, ...]:
    own = incident.vendor_key(key)
    return tuple(k for k, ring in incident.rings.items() if ring.person == person and k != own)


def _hopeless(incident: Incident, person: str) -> tuple[str, ...]:
    routes = incident.refused_routes.get(person, ())
    return tuple(sorted({route for route in routes if route and routes.count(route) > 1}))


def _called_by_hand(book: Runbook, incident: Incident) -> Iterator[Wanted]:
    latest: dict[str, Call] = {}
    for call in incident.calls:
        if call.at >= incident.opened_at:
            latest |= dict.fromkeys(call.people, call)
    for person, call in latest.items():
        duty = f"call/{person}"
        page = Page(
            to=person,
            tier=0,
            round=incident.round,
            round_started_at=incident.round_started_at,
            supersedes=_older_rings(incident, person, f"{duty}/{call.number}"),
        )
        reason = f"{call.by} asked for {book.person_name(person)}" + (f": {call.reason}" if call.reason else "")
        yield Wanted(Demand(duty=duty, occurrence=call.number, due_at=call.at, reason=reason, effect=page))


def _other_ways(book: Runbook, incident: Incident) -> Iterator[Wanted]:
    """A page that does not get through is also said where its person may read it."""
    for start in incident.started.values():
        duty, _, person = start.duty.rpartition("/")
        if duty.partition("/")[0] not in ("escalate", "overdue", "call"):
            continue
        post = Post(to=home(book).place, template="fallback", mention=(person,))
        reason = f"the page has not got through for {write(PAGE_BUDGET)}"
        demand = Demand(
            duty=f"fallback/{start.duty}",
            occurrence=start.occurrence,
            due_at=start.started_at + PAGE_BUDGET,
            reason=reason,
            effect=post,
        )
        yield Wanted(demand)


def _nobody(book: Runbook, incident: Incident) -> Wanted:
    post = Post(to=home(book).place, template="nobody")
    reason = "the runbook names nobody to page for this severity"
    return Wanted(
        Demand(duty="nobody", occurrence=incident.opening, due_at=incident.opened_at, reason=reason, effect=post)
    )


def tier_reached(incident: Incident) -> int:
    """The highest tier that has been rung in this opening; 0 before the first page."""
    rung = [
        int(duty.split("/")[1])
        for duty, settled in incident.settled.items()
        if duty.startswith("escalate/") and settled.occurrence >= incident.first_round
    ]
    return max(rung, default=0)
