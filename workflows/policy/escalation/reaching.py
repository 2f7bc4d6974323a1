"""After a page has rung a person by their first way: the next ways, until they answer or are rung anew.

Each person has one page that counts, the last that was begun. Of that the next steps are demanded at their times; at
once, if it was refused, or has not got through for a minute. Whatever ends the page ends its steps: an answer by
whichever way, a no, the end of the incident, or the next page to the same person, which begins with the first way
again.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from workflows.policy.duties.obligation_demands import people_pressed, rings_for_obligations
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page
from workflows.policy.escalation.climb import rang_at
from workflows.policy.escalation.ladder import outlives_acknowledgement
from workflows.policy.escalation.paging import hopeless_routes, older_rings
from workflows.policy.incident.rules import end_held_until, is_acknowledged, rules
from workflows.policy.incident.settlements import Settlement, got_lost, is_declined
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import (
    OF_THE_LADDER,
    DutyKind,
    WrittenDuty,
    duty_of,
    effect_key,
    reach_duty,
)
from workflows.policy.planning.conditions import is_emergency
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand, unsettled
from workflows.policy.planning.ways import WAY_IS_AWAY_AFTER, ways_to
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.reach import WAY_TITLES, ReachStep
from workflows.policy.time.calendar import after_quiet_hours, in_business_hours
from workflows.policy.time.durations import write

_FOLLOWED = OF_THE_LADDER | {DutyKind.CALL, DutyKind.JOINED}
"""The pages of the incident after which other ways are tried."""
_ABOUT_OBLIGATIONS = frozenset({DutyKind.OBLIGED})
"""These go on beside them, whatever becomes of the incident."""


class FirstRing(NamedTuple):
    """The last page to a person, by their first way."""

    duty: WrittenDuty
    occurrence: int
    due_at: datetime
    begun_at: datetime
    settled: Settlement | None
    """None: it is on its way."""

    @property
    def key(self) -> str:
        return effect_key(self.duty, self.occurrence)

    @property
    def is_lost(self) -> bool:
        return self.settled is not None and got_lost(self.settled)


def reach_demands(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    if incident.resolved or not any(person.reach for person in book.people.values()):
        return
    for ring in _first_rings(incident, _FOLLOWED):
        if ring.begun_at >= incident.opened_at and _goes_on(book, incident, ring, now):
            yield from _steps(book, incident, ring, now)


def obliged_reach_demands(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    """Of pages about legal clocks: until the person has seen the page, or nothing of theirs is urgent any more."""
    if not any(person.reach for person in book.people.values()):
        return
    pressed = people_pressed(book, incident, now)
    for ring in _first_rings(incident, _ABOUT_OBLIGATIONS):
        is_unseen = all(state == "ringing" for state in _states(incident, ring))
        if is_unseen and duty_of(ring.duty).person in pressed:
            yield from _steps(book, incident, ring, now)


def _first_rings(incident: Incident, kinds: frozenset[DutyKind]) -> Iterator[FirstRing]:
    ended = [FirstRing(duty, s.occurrence, s.due_at, s.sent_at, s) for duty, s in incident.settled.items()]
    begun = [FirstRing(s.duty, s.occurrence, s.due_at, s.started_at, None) for s in incident.started.values()]
    last: dict[str, FirstRing] = {}
    for ring in (*ended, *begun):
        duty = duty_of(ring.duty)
        if duty.kind not in kinds:
            continue
        if duty.person not in last or last[duty.person].begun_at <= ring.begun_at:
            last[duty.person] = ring
    yield from (ring for ring in last.values() if not is_declined(ring.settled))


def _goes_on(book: Runbook, incident: Incident, ring: FirstRing, now: datetime) -> bool:
    duty = duty_of(ring.duty)
    if end_held_until(book, incident) is not None and duty.kind is not DutyKind.CALL:
        return False
    if any(state != "ringing" for state in _states(incident, ring)):
        return False
    if is_acknowledged(book, incident, now):
        return outlives_acknowledgement(book, incident, ring.duty)
    return incident.acknowledged_at is None or incident.acknowledged_at < ring.begun_at


def _states(incident: Incident, ring: FirstRing) -> Iterator[str]:
    """Of all of its rings, by whichever way."""
    for key, rung in incident.rings.items():
        effect = incident.effect_key(key)
        if effect == ring.key or effect.endswith(f"/{ring.key}"):
            yield rung.state


def _steps(
    book: Runbook, incident: Incident, ring: FirstRing, now: datetime
) -> Iterator[BlockedDemand | DeferredDemand]:
    post = duty_of(ring.duty).person
    rung = incident.rings.get(incident.vendor_key(ring.key))
    person, steps = ways_to(book, incident, post, rung.rang if rung else "")
    if person != post and ring.settled is not None and not ring.is_lost and not (rung and rung.rang):
        return  # the post itself was rung: no pager's business who holds it
    for number, step in enumerate(steps[1:], start=2):
        duty = reach_duty(number, ring.duty)
        due_at = _due_at(book, incident, ring, step, duty)
        build = partial(_step, incident, ring, person, step, duty, due_at)
        yield from unsettled(incident, duty, ring.occurrence, due_at, now, build)


def _due_at(book: Runbook, incident: Incident, ring: FirstRing, step: ReachStep, duty: WrittenDuty) -> datetime:
    """What was begun keeps its time."""
    begun = incident.started.get(effect_key(duty, ring.occurrence))
    if begun is not None:
        return begun.due_at
    if ring.settled is None:
        return min(max(ring.due_at, ring.begun_at) + step.after, ring.begun_at + WAY_IS_AWAY_AFTER)
    planned = rang_at(ring.settled) + step.after
    if ring.is_lost:
        return min(planned, ring.settled.settled_at)
    return planned if duty_of(ring.duty).kind is DutyKind.OBLIGED else _released(book, incident, planned)


def _released(book: Runbook, incident: Incident, at: datetime) -> datetime:
    """Pages of this severity may wait for the morning, further ways no less than the first."""
    hold = rules(book, incident).hold
    if hold == "never" or is_emergency(book, incident):
        return at
    return after_quiet_hours(book.calendar, at) if hold == "quiet-hours" else in_business_hours(book.calendar, at)


def _step(
    incident: Incident, ring: FirstRing, person: str, step: ReachStep, duty: WrittenDuty, due_at: datetime
) -> BlockedDemand:
    is_obliged = duty_of(ring.duty).kind is DutyKind.OBLIGED
    older = older_rings(incident, person, effect_key(duty, ring.occurrence), step)
    effect = Page(
        to=person,
        tier=duty_of(ring.duty).tier or 0,
        round=incident.round,
        round_started_at=incident.round_started_at,
        supersedes=tuple(key for key in older if rings_for_obligations(incident, key) == is_obliged),
        template="obligation_page" if is_obliged else "page",
        not_through=hopeless_routes(incident, person),
        way=step.way,
        address=step.address or "",
    )
    reason = f"by {WAY_TITLES[step.way]}, {_why(ring, step, due_at)}"
    return BlockedDemand(Demand(duty=duty, occurrence=ring.occurrence, due_at=due_at, reason=reason, effect=effect))


def _why(ring: FirstRing, step: ReachStep, due_at: datetime) -> str:
    if ring.is_lost:
        return "because the first way refused the page"
    if ring.settled is None and step.after > due_at - ring.due_at:
        return f"because the first way has not taken the page for {write(WAY_IS_AWAY_AFTER)}"
    return f"because there was no answer for {write(step.after)}" if step.after else "at the same time"
