"""What is demanded while a legal clock runs: it is told at once, its owner is reminded when half, four fifths and
nearly all of the time has passed, then owner and deputy are paged, until a human has said how it ended.

A person is paged about all that is theirs at once. The first page comes while there is still time, the second at the
deadline, at whatever hour; after it one an hour, which quiet hours hold.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Literal

from workflows.policy.duties.obligations import LegalClock, clocks, owners, responsible
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page, Post, SyncPager
from workflows.policy.incident.pager_alerts import PagerAlert
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, EffectKey, duty_key, effect_key
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand, unsettled
from workflows.policy.planning.destinations import incident_destination
from workflows.policy.planning.offering import obligation
from workflows.policy.planning.ways import first_way, is_replaced, through
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.calendar import after_quiet_hours
from workflows.policy.time.durations import HOUR, MINUTE, roughly

REMINDED_AFTER = (0.5, 0.8, 0.95)
"""Of the time that there is."""
PAGED_AFTER = 0.975
"""Half of what is left at the last reminder."""
PAGED_EVERY = HOUR
LOST_PAGE_AGAIN = 5 * MINUTE


def obligation_demands(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    for clock in clocks(book, incident):
        yield from _reminders(book, incident, clock, now)
    for person, theirs in _by_person(book, incident).items():
        yield from _pages(book, incident, person, theirs, now)
    yield from _synced(incident, people_pressed(book, incident, now), now)


def people_pressed(book: Runbook, incident: Incident, now: datetime) -> set[str]:
    """Who is rung about what is theirs, by now."""
    return {person for person, theirs in _by_person(book, incident).items() if _rings(theirs, now)}


def _by_person(book: Runbook, incident: Incident) -> dict[str, list[LegalClock]]:
    found: dict[str, list[LegalClock]] = {}
    for clock in clocks(book, incident):
        for person in responsible(book, incident, clock.terms):
            found.setdefault(person, []).append(clock)
    return found


def rings_for_obligations(incident: Incident, ring_key: str) -> bool:
    """Is it a ring of a page about an obligation, by whichever way? It says nothing of the incident."""
    key = EffectKey.parse(incident.effect_key(ring_key))
    return key is not None and key.duty.first_page.kind is DutyKind.OBLIGED


def _moments(clock: LegalClock) -> list[datetime]:
    """When it is told and reminded of, and when it is said that its time is up."""
    due = [clock.after(part) for part in REMINDED_AFTER]
    return [max(clock.since, clock.begins_at), *due, clock.due_at]


def _reminders(
    book: Runbook, incident: Incident, clock: LegalClock, now: datetime
) -> Iterator[BlockedDemand | DeferredDemand]:
    """What was missed, or had passed when it came to apply, collapses into one."""
    first, *later = _moments(clock)
    numbered = [(1, first), *((number, at) for number, at in enumerate(later, start=2) if at > first)]
    passed = [each for each in numbered if each[1] <= now]
    for number, at in (*passed[-1:], *(each for each in numbered if each[1] > now)):
        duty = duty_key(DutyKind.OBLIGATION, clock.name)
        yield from unsettled(incident, duty, number, at, now, partial(_reminder, book, incident, clock, number, at))


def _reminder(book: Runbook, incident: Incident, clock: LegalClock, number: int, at: datetime) -> BlockedDemand:
    where = incident_destination(book, incident)
    everybody = number >= len(REMINDED_AFTER) + 1
    people = responsible(book, incident, clock.terms) if everybody else owners(book, incident, clock.terms)
    role = clock.terms.owner if clock.terms.owner in book.roles else None
    demand = Demand(
        duty=duty_key(DutyKind.OBLIGATION, clock.name),
        occurrence=number,
        due_at=at,
        reason=f"{clock.title}: {_left(clock, at)}",
        effect=Post(
            kind="nag",
            to=where.to,
            template="obligation",
            mention=people,
            role=role,
            offers=obligation(incident, clock.name),
        ),
    )
    return BlockedDemand(demand, where.waits_for)


def _left(clock: LegalClock, at: datetime) -> str:
    if at < clock.due_at:
        return f"it is owed {roughly(clock.due_at - at)} later"
    return f"its deadline passed {roughly(at - clock.due_at)} before" if at > clock.due_at else "this is its deadline"


def first_ring_at(clock: LegalClock) -> datetime:
    return max(clock.since, clock.begins_at, clock.after(PAGED_AFTER))


def _rings(theirs: Sequence[LegalClock], now: datetime) -> bool:
    return any(first_ring_at(clock) <= now for clock in theirs)


def _pages(
    book: Runbook, incident: Incident, person: str, theirs: Sequence[LegalClock], now: datetime
) -> Iterator[BlockedDemand | DeferredDemand]:
    moments = sorted({max(first_ring_at(clock), at) for clock in theirs for at in (first_ring_at(clock), clock.due_at)})
    again = _again_at(book, incident, person, theirs)
    if again is not None:
        moments = sorted({*moments, again})
    passed = [at for at in moments if at <= now]
    following = [at for at in moments if at > now][:1]
    duty = duty_key(DutyKind.OBLIGED, person)
    for at in (*passed[-1:], *following):
        begun = incident.started.get(effect_key(duty, _occurrence(incident, at)))
        if begun is not None and is_replaced(book, incident, begun, now):
            continue
        build = partial(_page, book, incident, person, theirs, at)
        yield from unsettled(incident, duty, _occurrence(incident, at), at, now, build)


def _again_at(book: Runbook, incident: Incident, person: str, theirs: Sequence[LegalClock]) -> datetime | None:
    """After the page before, once a deadline has passed; soon, if that did not get through. To ring sooner whom no
    pager knows would change nothing."""
    last = through(book, incident, duty_key(DutyKind.OBLIGED, person))
    if last is None or not _rings(theirs, last.sent_at):
        return None
    if last.outcome == "undelivered":
        return last.settled_at + LOST_PAGE_AGAIN
    if last.outcome == "rejected":
        return after_quiet_hours(book.calendar, last.settled_at + PAGED_EVERY)
    late = [clock for clock in theirs if clock.due_at <= last.sent_at]
    return after_quiet_hours(book.calendar, last.sent_at + PAGED_EVERY) if late else None


def _occurrence(incident: Incident, at: datetime) -> int:
    return incident.seconds_since_declared(at) + 1


def _page(book: Runbook, incident: Incident, person: str, theirs: Sequence[LegalClock], at: datetime) -> BlockedDemand:
    urgent = [clock for clock in theirs if first_ring_at(clock) <= at] or list(theirs)
    rings = incident.rings.items()
    older = (key for key, ring in rings if ring.person == person and _is_first_ring(incident, key))
    duty, occurrence = duty_key(DutyKind.OBLIGED, person), _occurrence(incident, at)
    own, way = incident.vendor_key(effect_key(duty, occurrence)), first_way(book, person)
    effect = Page(
        to=person,
        tier=0,
        round=incident.round,
        round_started_at=incident.round_started_at,
        template="obligation_page",
        supersedes=tuple(key for key in older if key != own),
        way=way.way if way else "",
        address=(way.address or "") if way else "",
    )
    reason = "; ".join(f"{clock.title}: {_left(clock, at)}" for clock in urgent)[:300]
    return BlockedDemand(Demand(duty=duty, occurrence=occurrence, due_at=at, reason=reason, effect=effect))


def _is_first_ring(incident: Incident, ring_key: str) -> bool:
    key = EffectKey.parse(incident.effect_key(ring_key))
    return key is not None and key.duty.kind is DutyKind.OBLIGED


def _synced(incident: Incident, still_rung: set[str], now: datetime) -> Iterator[BlockedDemand]:
    """At the pager it is over when nothing of theirs is urgent any more; and silent when they have seen the page by
    another way."""
    for key, ring in incident.rings.items():
        effect = EffectKey.parse(incident.effect_key(key))
        if effect is None or not rings_for_obligations(incident, key):
            continue
        if effect.duty.person not in still_rung:
            ended = [end.at for each in incident.obligations.values() for end in each.ended.values() if end.at <= now]
            since = max(ended, default=ring.rung_at)
            yield _sync(incident, key, ring, "resolved", since, "what was owed has ended")
        elif ring.state == "answered":
            yield _sync(incident, key, ring, "acknowledged", ring.rung_at, "it was seen by another way")


def _sync(
    incident: Incident,
    key: str,
    ring: PagerAlert,
    become: Literal["acknowledged", "resolved"],
    since: datetime,
    reason: str,
) -> BlockedDemand:
    kind = DutyKind.SYNC_RESOLVED if become == "resolved" else DutyKind.SYNC_ACKNOWLEDGED
    effect = SyncPager(
        to=ring.person, ring=key, become=become, way=ring.way, address=ring.address, reference=ring.reference
    )
    duty = duty_key(kind, incident.effect_key(key))
    in_flight = incident.effect_key(key) in incident.started
    waits_for = "the page to be withdrawn" if in_flight else ""
    return BlockedDemand(Demand(duty=duty, due_at=since, reason=reason, effect=effect), waits_for)
