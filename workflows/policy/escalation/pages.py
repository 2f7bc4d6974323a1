"""Who is paged.

The ladder (`ladder.py`) says whom, the climb (`climb.py`) when. Until the next of them is due whoever was reached last
is called again and again (`repeats.py`). When all rungs of a round were begun and nobody answered, the next round
starts `repeat_after` later. An acknowledgement stops all rungs but those that say `unless: resolved`; when it expires,
a new round starts there and then. If it was given by raising the severity, those that the raise calls are called all
the same. What rings in spite of an acknowledgement has no next round to be made up for in, so a page of it that did not
get through is tried again `repeat_after` later. Beside the ladder, people are called by hand; and whoever a page does
not get through to is also asked for where they may read it.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page, Post
from workflows.policy.escalation.climb import Round, Step, over_at, present_round, steps, was_lost, was_reached
from workflows.policy.escalation.ladder import PAGE_BUDGET, Callee, Rung, ladder
from workflows.policy.escalation.paging import called_by_hand, called_by_new_alerts, page, reason_of
from workflows.policy.escalation.pauses import Pauses
from workflows.policy.escalation.repeats import between_rounds, every, repeats
from workflows.policy.incident.rules import acknowledgement_expires_at, end_held_until, is_acknowledged, rules
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import is_same
from workflows.policy.keys.duty_keys import DutyKind, duty_key, duty_of
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand, latest_and_next
from workflows.policy.planning.destinations import shouted
from workflows.policy.planning.offering import answering
from workflows.policy.planning.ways import is_replaced
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.durations import write


def escalation_demands(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    """Every page that is wanted now or will be, as things stand."""
    if incident.resolved:
        return
    rungs = ladder(book, incident)
    pages: list[BlockedDemand | DeferredDemand] = list(called_by_hand(book, incident))
    if end_held_until(book, incident) is not None:
        pass  # it may be over: nobody is rung for that but whom a person calls
    elif not any(rung.callees for rung in rungs):
        yield from _nobody(book, incident, now)
    elif is_acknowledged(book, incident, now):
        pages += called_by_new_alerts(book, incident)
        pages += _while_acknowledged(book, incident, rungs, now)
    else:
        pages += _unanswered(book, incident, rungs, now)
        yield from _gap(book, incident, rungs)
    pages = [wanted for wanted in pages if not _is_replaced(book, incident, wanted, now)]
    yield from pages
    yield from _fallbacks(book, incident, pages)


def _is_replaced(book: Runbook, incident: Incident, wanted: BlockedDemand | DeferredDemand, now: datetime) -> bool:
    start = incident.started.get(wanted.key)
    return start is not None and is_replaced(book, incident, start, now)


def _unanswered(
    book: Runbook, incident: Incident, rungs: list[Rung], now: datetime
) -> Iterator[BlockedDemand | DeferredDemand]:
    present = present_round(book, incident, now)
    climb = list(steps(incident, rungs, present))
    pauses = Pauses(incident, rungs, min(rules(book, incident).repeat_after, every(book, incident)), now)
    yield from _still_trying(book, incident, rungs, present)
    ladder = list(_climbed(book, incident, rungs, climb, pauses))
    yield from ladder
    yield from repeats(book, incident, climb, ladder, now)


def _climbed(
    book: Runbook, incident: Incident, rungs: list[Rung], climb: list[Step], pauses: Pauses
) -> Iterator[BlockedDemand | DeferredDemand]:
    """This round, and the next one as soon as it is known when that begins."""
    for step in sorted(climb, key=lambda step: step.due_at):  # what is called once has a time of its own
        yield from _pages(book, incident, step, pauses)
    ended_at = over_at(climb)
    if ended_at is not None:
        following = Round(climb[0].round.number + 1, ended_at + between_rounds(book, incident, climb))
        for step in steps(incident, _repeated(rungs), following):
            yield from _pages(book, incident, step, pauses)


def _while_acknowledged(
    book: Runbook, incident: Incident, rungs: list[Rung], now: datetime
) -> Iterator[BlockedDemand | DeferredDemand]:
    """Only what is said to ring unless the incident is *resolved*; and what comes if the acknowledgement expires."""
    pauses = Pauses(incident, rungs, min(rules(book, incident).repeat_after, every(book, incident)), now)
    lasting = list(_lasting(book, incident, rungs, pauses))
    yield from lasting
    expires_at = acknowledgement_expires_at(book, incident)
    if expires_at is None:
        return
    keys = {wanted.key for wanted in lasting}
    for step in steps(incident, _repeated(rungs), Round(incident.round + 1, expires_at)):
        yield from (wanted for wanted in _pages(book, incident, step, pauses) if wanted.key not in keys)


def _lasting(
    book: Runbook, incident: Incident, rungs: list[Rung], pauses: Pauses
) -> Iterator[BlockedDemand | DeferredDemand]:
    opening = Round(incident.round, incident.opened_at)
    called = (_called_by_the_raise(book, incident, rung) for rung in rungs)
    lasting = [rung._replace(once=True) for rung in called if rung is not None]
    yield from _still_trying(book, incident, lasting, opening)
    for step in steps(incident, lasting, opening):
        lost = [callee for callee in step.rung.callees if was_lost(incident, callee)]
        others = tuple(callee for callee in step.rung.callees if callee not in lost)
        yield from _pages(book, incident, step._replace(rung=step.rung._replace(callees=others)), pauses)
        for callee in lost:
            yield from _again(book, incident, step.rung, callee)


def _called_by_the_raise(book: Runbook, incident: Incident, rung: Rung) -> Rung | None:
    """What an acknowledgement does not stop: if it was given by raising the severity, nor the calls that this makes;
    but whoever raised it knows."""
    if rung.unless == "resolved":
        return rung
    if incident.renewed is None or rung.again or incident.opened_at + rung.after > incident.renewed.at:
        return None
    others = tuple(each for each in rung.callees if not is_same(book, each.person, incident.acknowledged_by))
    return rung._replace(callees=others) if others else None


def rung_by_the_raise(book: Runbook, incident: Incident) -> frozenset[str]:
    """Whom it calls although whoever raised the severity is on it."""
    if incident.renewed is None:
        return frozenset()
    called = (_called_by_the_raise(book, incident, rung) for rung in ladder(book, incident))
    return frozenset(callee.person for rung in called if rung is not None for callee in rung.callees)


def _again(book: Runbook, incident: Incident, rung: Rung, callee: Callee) -> Iterator[BlockedDemand]:
    """A page that did not get through, under the next key."""
    assert callee.settled is not None
    due_at = callee.settled.settled_at + rules(book, incident).repeat_after
    step = Step(rung, Round(max(incident.round, callee.settled.occurrence + 1), due_at), due_at)
    if _may_ring(step, callee):
        yield page(incident, step, callee, due_at, "the page before this one did not get through")


def _repeated(rungs: list[Rung]) -> list[Rung]:
    return [rung for rung in rungs if not rung.once]


def _still_trying(book: Runbook, incident: Incident, rungs: list[Rung], present: Round) -> Iterator[BlockedDemand]:
    """Pages of earlier rounds that have not got through go on; the later rounds do without."""
    for rung in rungs:
        for callee in rung.callees:
            trying = callee.trying
            if trying and trying.duty == callee.duty and incident.first_round <= trying.occurrence < present.number:
                earlier = Step(rung, Round(trying.occurrence, present.started_at), trying.due_at)
                yield page(incident, earlier, callee, trying.due_at, reason_of(book, incident, earlier))


def _pages(book: Runbook, incident: Incident, step: Step, pauses: Pauses) -> Iterator[BlockedDemand | DeferredDemand]:
    number = step.round.number
    for callee in step.rung.callees:
        if callee.has_settled(number) or not _may_ring(step, callee):
            continue
        if step.rung.once and was_reached(incident, callee):
            continue
        due_at = max(pauses.due_at(step, callee), callee.since)
        build = partial(_of_the_ladder, book, incident, step, callee, due_at)
        yield build() if due_at <= pauses.now else DeferredDemand(callee.duty, number, due_at, build)


def _of_the_ladder(book: Runbook, incident: Incident, step: Step, callee: Callee, due_at: datetime) -> BlockedDemand:
    return page(incident, step, callee, due_at, reason_of(book, incident, step))


def _may_ring(step: Step, callee: Callee) -> bool:
    """Not while another page is on its way to them. One of before the ladder was begun anew is withdrawn first."""
    return callee.trying is None or callee.is_trying(step.round.number)


def _fallbacks(
    book: Runbook, incident: Incident, pages: list[BlockedDemand | DeferredDemand]
) -> Iterator[BlockedDemand]:
    """A page that does not get through is also said where its person may read it."""
    for wanted in pages:
        if isinstance(wanted, DeferredDemand):
            continue
        start, effect = incident.started.get(wanted.demand.key), wanted.demand.effect
        if start is None or not isinstance(effect, Page):
            continue
        where = shouted(book, incident)
        demand = Demand(
            duty=duty_key(DutyKind.FALLBACK, start.duty),
            occurrence=start.occurrence,
            due_at=start.started_at + PAGE_BUDGET,
            reason=f"the page has not got through for {write(PAGE_BUDGET)}",
            effect=Post(to=where.to, template="fallback", mention=(effect.to,), offers=answering(book, incident)),
        )
        yield BlockedDemand(demand, where.waits_for)


def _gap(book: Runbook, incident: Incident, rungs: list[Rung]) -> Iterator[BlockedDemand]:
    """A hole in the runbook is said aloud, once: nobody would have been called at first."""
    for rung in rungs:
        if rung.gap and not rung.again:
            where = shouted(book, incident)
            demand = Demand(
                duty=duty_key(DutyKind.GAP),
                occurrence=incident.first_round,
                due_at=max(incident.opened_at, incident.severity_at or incident.opened_at),
                reason=f"no tier of {severity_title(incident.severity)} that comes first calls anybody for this "
                f"incident, so tier {rung.tier} is called at once",
                effect=Post(to=where.to, template="gap", offers=answering(book, incident)),
            )
            yield BlockedDemand(demand, where.waits_for)


def _nobody(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand]:
    """Said again and again, unless somebody has acknowledged: it is a page that nobody gets."""
    every, expires_at = rules(book, incident).repeat_after, acknowledgement_expires_at(book, incident)
    if incident.acknowledged_at is not None and expires_at is None:
        return
    latest, following = latest_and_next((expires_at or incident.opened_at) - every, every, now)
    for due_at in (latest, following):
        if due_at is not None:
            yield _nobody_at(book, incident, due_at)


def _nobody_at(book: Runbook, incident: Incident, due_at: datetime) -> BlockedDemand:
    where = shouted(book, incident)
    demand = Demand(
        duty=duty_key(DutyKind.NOBODY),
        occurrence=incident.seconds_since_declared(due_at) + 1,
        due_at=due_at,
        reason="the runbook names nobody to page for this severity",
        effect=Post(to=where.to, template="nobody", offers=answering(book, incident)),
    )
    return BlockedDemand(demand, where.waits_for)


def tier_reached(incident: Incident) -> int:
    """The highest tier that has been rung in this opening; 0 before the first page."""
    present = (duty_of(duty) for duty, last in incident.settled.items() if last.occurrence >= incident.first_round)
    return max((duty.tier or 0 for duty in present if duty.kind is DutyKind.ESCALATE), default=0)
