"""Somebody answers one page by the link that it carried: how the incident stands, and the acknowledgement itself.

The ring's key leads to its workflow, so that no list is asked: a link works in the second in which its page rings.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from starter.temporal.connection import QUERY_WITHIN
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.results import NobodyWorks, NothingOpen, RefusedByIncident, Unpublished
from starter.temporal.rings import is_legal_page, workflow_of_ring
from workflows.policy.incident.events import Acknowledged, Escalated
from workflows.policy.incident.state import Incident
from workflows.policy.keys import vendor_keys, workflow_ids
from workflows.policy.keys.answer_tickets import AnswerTicket
from workflows.policy.keys.duty_keys import EffectKey
from workflows.policy.reducers.answering import is_of_this_opening
from workflows.policy.reducers.raising import answers_what_was_before
from workflows.policy.review.results import ReviewStatus
from workflows.policy.views.named import NamingPeople
from workflows.policy.views.results import UpdateResult

VIA_LINK = "link"
NEWER = "answer with a newer one's link, or with `tocsin ack`"
WhyNot = Literal["", "expired", "over", "used"]


@dataclass(frozen=True)
class AnswerStanding:
    """Of one link, at this moment."""

    ticket: AnswerTicket
    by: str
    """Who answers with it: the person who was rung, or whoever holds the post that was. As the runbook's text names
    them if nobody says how people are called."""
    incident: Incident | None = None
    """None: no worker says how it stands."""
    workflow: str = ""
    """Which hears the answer."""
    why_not: WhyNot = ""
    """Why it acknowledges nothing; empty: it does."""
    said: str = ""
    """That, in words."""

    @property
    def is_legal(self) -> bool:
        """It is about a legal clock, and says nothing of the incident."""
        return is_legal_page(self.ticket.ring)


async def standing(known: Incidents, ticket: AnswerTicket, now: datetime) -> AnswerStanding:
    """Raises Unreachable."""
    if now >= ticket.until:
        return AnswerStanding(ticket, ticket.person, why_not="expired", said=f"This page is too old: {NEWER}.")
    workflow = await workflow_of_ring(known, ticket.ring)
    try:
        state, incident, is_over = await _record(known, workflow)
    except (NothingOpen, RefusedByIncident):
        return AnswerStanding(ticket, ticket.person, why_not="over", said=f"{ticket.incident} is closed already.")
    except NobodyWorks:
        return AnswerStanding(ticket, ticket.person, workflow=workflow)
    by = await _name(known, incident, ticket.person)
    if is_over or incident.id != ticket.incident:
        return AnswerStanding(ticket, by, why_not="over", said=f"{ticket.incident} is closed already.")
    return _of(AnswerStanding(ticket, by, incident, workflow), state, incident, now)


async def _record(known: Incidents, workflow: str) -> tuple[NamingPeople, Incident, bool]:
    """Of an incident, or of its review; and whether that is over."""
    if not workflow_ids.is_review(workflow):
        state = await known.status(workflow)
        return state, state.incident, state.incident.closed_at is not None
    review = await known.query(workflow, None, "state", ReviewStatus, QUERY_WITHIN)
    return review, review.review.incident, review.review.closed_at is not None


def _of(found: AnswerStanding, state: NamingPeople, incident: Incident, now: datetime) -> AnswerStanding:
    is_used = found.ticket.event_id in incident.heard
    if found.is_legal:
        return _no(found, "used", "It has been used: this page rings no more.") if is_used else found
    if incident.resolved:
        return _no(found, "over", f"{incident.id} is already resolved, by {state.name(incident.resolved_by)}.")
    if is_used:
        return _no(found, "used", f"It has been used: {_who_is_on_it(incident, state.name(incident.acknowledged_by))}.")
    pressed = _event(found).model_copy(update={"at": now})
    if answers_what_was_before(incident, pressed):
        return _no(found, "over", f"{incident.id} is graver now than when this page came: {NEWER}.")
    if not is_of_this_opening(incident, pressed):
        return _no(found, "over", f"{incident.id} was reopened after this page: {NEWER}.")
    return found


def _no(found: AnswerStanding, why: WhyNot, said: str) -> AnswerStanding:
    return replace(found, why_not=why, said=said)


def _who_is_on_it(incident: Incident, by: str) -> str:
    return f"{by} acknowledged {incident.id}" if by else f"nobody is on {incident.id} any more, and people are paged"


async def acknowledge(known: Incidents, found: AnswerStanding, via: str = VIA_LINK) -> UpdateResult:
    """`via`: how they answered. Raises RefusedByIncident, Recorded, NothingOpen, Unreachable."""
    return await known.ask(found.workflow, _event(found, via))


async def call_next_tier(known: Incidents, found: AnswerStanding, via: str) -> UpdateResult:
    """The tier after the one of this ring; of a page that was asked for by hand, after all that were called.
    Raises RefusedByIncident, Recorded, NothingOpen, Unreachable."""
    ticket = found.ticket
    key = EffectKey.parse(vendor_keys.effect_of(ticket.workflow, ticket.incident, ticket.ring))
    tier = key.duty.first_page.tier if key else None
    called = found.incident.tally.tier if found.incident else 0
    event = Escalated(
        id=f"{ticket.event_id}/next",
        by=found.by,
        via=via,
        to=str((tier or called) + 1),
        reason="asked for when answering a page",
    )
    return await known.ask(ticket.workflow, event)


def _event(found: AnswerStanding, via: str = VIA_LINK) -> Acknowledged:
    return Acknowledged(id=found.ticket.event_id, by=found.by, via=via, ring=found.ticket.ring)


async def _name(known: Incidents, incident: Incident, person: str) -> str:
    held = incident.on_call.get(person)
    try:
        book = (await Installations(known.connection).current()).runbooks.get(incident.runbook)
    except (NobodyWorks, Unpublished):
        return person
    if book is None:
        return person
    who = held.who if held and held.who in book.people else person
    return book.person_name(who)
