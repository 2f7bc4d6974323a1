"""Somebody acknowledges, or the pager takes that back: does it count, and for what?"""

from datetime import datetime

from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.escalation.pager_sync import is_syncing
from workflows.policy.incident.announce import announce, log, through
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import Acknowledged, Unacknowledged
from workflows.policy.incident.pager_alerts import PagerAlert
from workflows.policy.incident.rules import is_acknowledged
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import in_book
from workflows.policy.keys.duty_keys import DutyKind, EffectKey
from workflows.policy.reducers.arriving import not_before
from workflows.policy.reducers.legal_pages import seen
from workflows.policy.reducers.raising import answers_what_was_before
from workflows.policy.reducers.transitions import (
    BESIDE_THE_PAGER,
    acknowledge,
    mark_pressed,
    unacknowledge,
)
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title


def alive(book: Runbook, incident: Incident, at: datetime) -> Incident:
    """A human did something: the acknowledgement, if there is one that still counts, counts from here."""
    if not is_acknowledged(book, incident, at) or (incident.alive_at and incident.alive_at >= at):
        return incident
    return incident.model_copy(update={"alive_at": at})


def acknowledged(book: Runbook, incident: Incident, event: Acknowledged) -> Incident:
    if event.ring and not incident.is_ours(event.ring):
        return log(incident, event.at, f"{event.actor} acknowledged a page of an incident before this one")
    if event.ring and rings_for_obligations(incident, event.ring):
        text = f"{event.actor} has seen the page about what is owed{through(event)}, which goes on until it ends"
        return log(seen(incident, event), event.at, text, kind="acknowledge")
    ring = incident.rings.get(event.ring)
    if incident.resolved or not is_of_this_opening(incident, event):
        return log(incident, event.at, f"{event.actor} acknowledged, too late to change anything")
    if ring is not None and _is_over_there(ring, not_before(event, incident.declared_at)):
        text = f"{event.actor} acknowledged{through(event)}, before that was handed on or taken back there"
        return log(incident, event.at, text)
    if answers_what_was_before(incident, event):
        return _answered_what_was_before(book, incident, event)
    event = not_before(event, incident.opened_at)
    if incident.renewed or incident.passed_on or not is_acknowledged(book, incident, event.at):
        return acknowledge(book, incident, event)
    if ring is not None and (ring.state == "acknowledged" or is_syncing(incident, event.ring, "acknowledged")):
        return incident  # the echo of our own SyncPager, or a second press on the same ring
    also = tuple(dict.fromkeys((*incident.also_acknowledged, event.by)))[: IncidentBounds.names]
    after = mark_pressed(alive(book, incident, event.at), event).model_copy(update={"also_acknowledged": also})
    return log(after, event.at, f"{event.actor} acknowledged as well{through(event)}", kind="acknowledge")


def is_of_this_opening(incident: Incident, event: Acknowledged) -> bool:
    """By what was acknowledged, not by when: the pager's clock may be behind ours, and its webhook late."""
    ring = incident.rings.get(event.ring)
    if ring is not None:
        return ring.rung_at >= incident.opened_at
    if not event.ring:
        return event.at >= (incident.detected_at if incident.opening == 1 else incident.opened_at)
    key = EffectKey.parse(incident.effect_key(event.ring))
    if key is not None and key.duty.kind is DutyKind.ESCALATE:
        return key.occurrence >= incident.first_round
    return incident.opening == 1 or event.at >= incident.opened_at


def _is_over_there(ring: PagerAlert, event: Acknowledged) -> bool:
    """By the pager's own clock: its webhooks come in any order."""
    return ring.left_at is not None and event.at < ring.left_at and event.via not in BESIDE_THE_PAGER


def unacknowledged(book: Runbook, incident: Incident, event: Unacknowledged) -> Incident:
    if event.ring and (event.ring not in incident.rings or rings_for_obligations(incident, event.ring)):
        return log(incident, event.at, f"a page that does not count any more is open again{through(event)}")
    incident = _left(incident, event)
    answered_since = incident.acknowledged_at is not None and incident.acknowledged_at > event.at
    if incident.resolved or answered_since or not is_acknowledged(book, incident, event.at):
        return log(incident, event.at, f"the acknowledgement was taken back{through(event)}, which changes nothing")
    return unacknowledge(book, incident, event)


def _left(incident: Incident, event: Unacknowledged) -> Incident:
    ring = incident.rings.get(event.ring)
    if ring is None or (ring.left_at is not None and ring.left_at >= event.at):
        return incident
    rings = {**incident.rings, event.ring: ring.model_copy(update={"left_at": event.at})}
    return incident.model_copy(update={"rings": rings})


def _answered_what_was_before(book: Runbook, incident: Incident, event: Acknowledged) -> Incident:
    if incident.rings.get(event.ring) is None or is_syncing(incident, event.ring, "acknowledged"):
        return log(incident, event.at, f"{event.actor} acknowledged a page of before the severity was raised")
    text = (
        f"{event.actor} acknowledged a page of before the severity was raised, which does not count for "
        f"{severity_title(incident.severity)}"
    )
    marked = mark_pressed(incident, event)
    return announce(marked, event.at, text, template="unanswered", mention=in_book(book, event.by), loud=True)
