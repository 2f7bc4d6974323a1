"""Who holds a post is found out when it matters: at the declaration, at each ring, at each hand-over.

No page waits for it: the page goes to the post, and the name is known a moment later, or not. Until then it is named
who holds it by turns that the runbook itself has.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import AskOnCall
from workflows.policy.incident.post_holder import held_posts
from workflows.policy.incident.rules import rules
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand, unsettled
from workflows.policy.rota.shifts import holder
from workflows.policy.runbook.callees import callees
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.calendar import hour_of


def on_call_demands(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    if incident.resolved:
        return
    for post in posts(book, incident):
        for at in _moments(incident, post, now):
            duty, occurrence = duty_key(DutyKind.ON_CALL, post), incident.seconds_since_declared(at) + 1
            build = partial(_ask, book, incident, post, at, max(at, now))
            yield from unsettled(incident, duty, occurrence, at, now, build)


def posts(book: Runbook, incident: Incident) -> tuple[str, ...]:
    """Those whom the ladder calls or called, and those whom the roles fall to."""
    held = [post for post, person in book.people.items() if person.on_call]
    if not held:
        return ()
    severity = rules(book, incident)
    meant = {person for tier in severity.escalation for person in callees(book, tier)}
    meant |= {book.roles[role].falls_to or "" for role in severity.roles}
    meant |= {ring.person for ring in incident.rings.values()}
    return tuple(post for post in held if post in meant)


def named_posts(book: Runbook, incident: Incident, now: datetime) -> Iterator[str]:
    """As was found out; until somebody was asked, by the rota."""
    yield from held_posts(book, incident.on_call, now)
    yield from _by_rota(book, incident, now)


def _by_rota(book: Runbook, incident: Incident, now: datetime) -> Iterator[str]:
    """`On-call Engineer: Ann (on call until Mon 09:00 by the rota)`, of each post that nobody was asked about yet.
    Swaps are not known here."""
    for post in posts(book, incident):
        rota = book.people[post].on_call
        if rota is None or not rota.is_written_here or post in incident.on_call:
            continue
        shift = holder(rota, now)
        until = f" until {hour_of(book.calendar.zone, shift.ends_at, now)}" if shift.ends_at else ""
        held = f"{book.person_name(shift.who)} (on call{until} by the rota)" if shift.who else "nobody by the rota"
        yield f"{book.person_name(post)}: {held}"


def _moments(incident: Incident, post: str, now: datetime) -> Iterator[datetime]:
    """The last that has come, and the next hand-over that is known of."""
    known = incident.on_call.get(post)
    handed_over_at = known.until if known else None
    rung_at = [ring.rung_at for ring in incident.rings.values() if ring.person == post]
    yield max(at for at in (incident.opened_at, *rung_at, handed_over_at) if at is not None and at <= now)
    if handed_over_at is not None and handed_over_at > now:
        yield handed_over_at


def _ask(book: Runbook, incident: Incident, post: str, due_at: datetime, at: datetime) -> BlockedDemand:
    demand = Demand(
        duty=duty_key(DutyKind.ON_CALL, post),
        occurrence=incident.seconds_since_declared(due_at) + 1,
        due_at=due_at,
        reason=f"the page goes to {book.person_name(post)}, whoever that is",
        effect=question(book, post, at),
    )
    return BlockedDemand(demand)


def question(book: Runbook, post: str, at: datetime) -> AskOnCall:
    terms = book.people[post].on_call
    assert terms is not None
    return AskOnCall(to=post, terms=terms, at=at, people=people_of(book))


def people_of(book: Runbook) -> dict[str, str]:
    """Names by their keys; no posts."""
    return {key: person.name for key, person in book.people.items() if person.on_call is None}
