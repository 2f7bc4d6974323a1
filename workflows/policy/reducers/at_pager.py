"""What people do to a page at the pager besides answering it: who has it there, who helps, what they call it."""

from workflows.policy.incident.announce import announce, log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.pager_alerts import PagerAlert, PassedOn, remembered
from workflows.policy.incident.pager_events import ChangedAtPager
from workflows.policy.incident.rules import is_acknowledged, rules
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.reducers.lost_rings import lost, whose
from workflows.policy.reducers.pager_writing import is_our_rating
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.durations import write
from workflows.policy.wire.bounded import LONGEST_FOREIGN_NAME, fit

JOINED, ASKED = "joined", ("", "pending")
"""Replies of responders: https://developer.pagerduty.com/docs/webhooks-overview"""


def changed_at_pager(book: Runbook, incident: Incident, event: ChangedAtPager) -> Incident:
    """Always a line of the timeline. Who acknowledged there and hands it on is on it no more: those who get it have as
    long to answer as everybody, and then the ladder goes on."""
    if is_our_rating(incident, event):
        return incident
    ring = incident.rings.get(event.ring)
    if event.declined and ring is not None and ring.state == "ringing" and not ring.nobody:
        return _declined(book, incident, ring, event)
    after = incident if ring is None else _with_ring(incident, event.ring, _changed(incident, ring, event))
    if not (event.unanswered and _was_answered_there(book, incident, event)):
        return log(after, event.at, f"{event.actor}: {event.text}", kind="note")
    passed_on = PassedOn(at=event.at, by=event.by, to=event.handed_to[: IncidentBounds.assigned])
    to = ", ".join(event.handed_to) or "others"
    whose = f"{as_people_read(book, incident.acknowledged_by)}'s"
    text = f"{whose} acknowledgement goes on to {to} at the pager: {_or_else(book, incident)}"
    after = log(
        after.model_copy(update={"passed_on": passed_on}), event.at, f"{event.actor}: {event.text}", kind="note"
    )
    return announce(after, event.at, text, by=event.actor, loud=True)


def _declined(book: Runbook, incident: Incident, ring: PagerAlert, event: ChangedAtPager) -> Incident:
    """Their page reached nobody who comes, so others are called. No look has to find that out any more."""
    why = f"{event.by} declined"
    known = ring.model_copy(update={"followed": False, "is_there": True, "nobody": fit(why, LONGEST_FOREIGN_NAME)})
    after = log(_with_ring(incident, event.ring, known), event.at, f"{event.actor}: {event.text}", kind="note")
    text = f"{whose(book, ring)} page reached nobody: {why} at the pager"
    return lost(after, event.at, event.ring, "declined", text)


def _with_ring(incident: Incident, key: str, ring: PagerAlert) -> Incident:
    return incident.model_copy(update={"rings": remembered({**incident.rings, key: ring})})


def _changed(incident: Incident, ring: PagerAlert, event: ChangedAtPager) -> PagerAlert:
    """What was handed on rings there again, until somebody has answered. Webhooks come in any order."""
    changes: dict[str, object] = {}
    is_newest = ring.left_at is None or event.at >= ring.left_at
    if event.handed_to and is_newest:
        changes["assigned"] = event.handed_to[: IncidentBounds.assigned]
    if event.unanswered and is_newest:
        changes["left_at"] = event.at
        if ring.state == "acknowledged" and not _answered_since(incident, event):
            changes["state"] = "ringing"
    if event.responder and not (ring.responders.get(event.responder) == JOINED and event.reply in ASKED):
        known = {**ring.responders, event.responder: event.reply}
        changes["responders"] = dict(list(known.items())[-IncidentBounds.responders :])
    return ring.model_copy(update=changes)


def _was_answered_there(book: Runbook, incident: Incident, event: ChangedAtPager) -> bool:
    """The acknowledgement that counts was given on this very page, and before: one that was given elsewhere is nobody's
    to hand on there."""
    answered = bool(event.ring) and incident.acknowledged_ring == event.ring and not _answered_since(incident, event)
    return answered and not incident.resolved and is_acknowledged(book, incident, event.at)


def _answered_since(incident: Incident, event: ChangedAtPager) -> bool:
    return incident.acknowledged_at is not None and incident.acknowledged_at > event.at


def _or_else(book: Runbook, incident: Incident) -> str:
    within, pause = rules(book, incident).acknowledge.within, rules(book, incident).repeat_after
    span = pause if within is None or isinstance(within, str) else within
    return f"unless somebody answers within {write(span)}, people are paged again"
