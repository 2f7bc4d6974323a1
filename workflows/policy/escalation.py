"""Who is paged.

The ladder (`ladder.py`) says when. When all rungs of a round were begun and nobody answered, the next round starts
`repeat_after` later. An acknowledgement stops all rungs but those that say `unless: resolved`; when it expires, a new
round starts there and then. Beside the ladder, people are called by hand; and whoever a page does not get through to
is also asked for where they may read it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from workflows.policy.demand import Demand
from workflows.policy.durations import write
from workflows.policy.effects import Page, Post
from workflows.policy.incident import Call, Incident, acknowledgement_expires_at, is_acknowledged, rules
from workflows.policy.ladder import (
    PAGE_BUDGET,
    Round,
    Rung,
    Step,
    ladder,
    over_at,
    present_round,
    steps,
    under_way,
    was_rung,
)
from workflows.policy.runbook import Runbook, severity_title
from workflows.policy.wanted import Wanted, home


def escalation(book: Runbook, incident: Incident, now: datetime) -> Iterator[Wanted]:
    """Every page that is wanted now or will be, as things stand."""
    if incident.resolved:
        return
    rungs = ladder(book, incident)
    pages = list(_called_by_hand(book, incident))
    if not any(rung.people for rung in rungs):
        yield _nobody(book, incident)
    elif is_acknowledged(book, incident, now):
        pages += _while_acknowledged(book, incident, rungs)
    else:
        pages += _unanswered(book, incident, rungs, now)
    yield from pages
    yield from _other_ways(book, incident, pages)


def _unanswered(book: Runbook, incident: Incident, rungs: list[Rung], now: datetime) -> Iterator[Wanted]:
    present = present_round(book, incident, now)
    climb = list(steps(incident, rungs, present))
    yield from _still_trying(incident, rungs, present)
    for step in climb:
        yield from _pages(incident, step)
    ended_at = over_at(incident, climb)
    if ended_at is not None:
        following = Round(present.number + 1, ended_at + rules(book, incident).repeat_after)
        for step in steps(incident, _repeated(rungs), following):
            yield from _pages(incident, step)


def _while_acknowledged(book: Runbook, incident: Incident, rungs: list[Rung]) -> Iterator[Wanted]:
    """Only what is said to ring unless the incident is *resolved*; and what comes if the acknowledgement expires."""
    opening = Round(incident.round, incident.opened_at)
    lasting = [replace(rung, once=True) for rung in rungs if rung.unless == "resolved"]
    yield from _still_trying(incident, lasting, opening)
    for step in steps(incident, lasting, opening):
        yield from _pages(incident, step)
    expires_at = acknowledgement_expires_at(book, incident)
    if expires_at is not None:
        for step in steps(incident, _repeated(rungs), Round(incident.round + 1, expires_at)):
            yield from _pages(incident, step)


def _repeated(rungs: list[Rung]) -> list[Rung]:
    return [rung for rung in rungs if not rung.once]


def _still_trying(incident: Incident, rungs: list[Rung], present: Round) -> Iterator[Wanted]:
    """Pages of earlier rounds that have not got through go on; the later rounds do without."""
    for rung in rungs:
        for person in rung.people:
            trying = under_way(incident, person)
            if trying and trying.duty == rung.duty(person) and trying.occurrence < present.number:
                earlier = Step(rung, Round(trying.occurrence, present.started_at), trying.due_at)
                yield _page(incident, earlier, person)


def _pages(incident: Incident, step: Step) -> Iterator[Wanted]:
    for person in step.rung.people:
        if step.rung.once and was_rung(incident, step.rung, person):
            continue
        if incident.has_settled(step.rung.duty(person), step.round.number):
            continue
        trying = under_way(incident, person)
        if trying is None or (trying.duty, trying.occurrence) == (step.rung.duty(person), step.round.number):
            yield _page(incident, step, person)


def _page(incident: Incident, step: Step, person: str) -> Wanted:
    duty = step.rung.duty(person)
    page = Page(
        to=person,
        tier=step.rung.tier,
        round=step.round.number,
        round_started_at=step.round.started_at,
        supersedes=_older_rings(incident, person, f"{duty}/{step.round.number}"),
        not_through=_hopeless(incident, person),
    )
    reason = _reason(incident, step)
    return Wanted(Demand(duty=duty, occurrence=step.round.number, due_at=step.due_at, reason=reason, effect=page))


def _reason(incident: Incident, step: Step) -> str:
    rung, after = step.rung, write(step.rung.after)
    lost = f"tier {step.instead_of} reached nobody" if step.instead_of else ""
    if step.round.number > incident.first_round and not rung.once:
        why = (
            lost or f"still nobody, {after} later"
            if rung.after
            else f"nobody answered in round {step.round.number - 1}"
        )
        return f"{why}: round {step.round.number} of the ladder, tier {rung.tier}"
    if lost:
        return lost
    if rung.again:
        return f"not acknowledged within {after}"
    flagged = f"flagged {', '.join(rung.flags)}" if rung.flags else ""
    if not rung.after:
        return flagged or f"{severity_title(incident.severity)} declared: first to be called"
    return f"not {rung.unless} within {after}" + (f", {flagged}" if flagged else "")


def _older_rings(incident: Incident, person: str, key: str) -> tuple[str, ...]:
    """Not those whose page is still on its way: it may ring yet, so it must stay known until it is hushed."""
    trying = {incident.vendor_key(started) for started in (*incident.started, key)}
    return tuple(k for k, ring in incident.rings.items() if ring.person == person and k not in trying)


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


def _other_ways(book: Runbook, incident: Incident, pages: list[Wanted]) -> Iterator[Wanted]:
    """A page that does not get through is also said where its person may read it."""
    for page in pages:
        start = incident.started.get(page.demand.key)
        if start is None or not isinstance(page.demand.effect, Page):
            continue
        demand = Demand(
            duty=f"fallback/{start.duty}",
            occurrence=start.occurrence,
            due_at=start.started_at + PAGE_BUDGET,
            reason=f"the page has not got through for {write(PAGE_BUDGET)}",
            effect=Post(to=home(book).place, template="fallback", mention=(page.demand.effect.to,)),
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
