"""The turns of an incident's life that alerts and people share: acknowledged, resolved, reopened; `raising` has the
fourth."""

from datetime import datetime

from workflows.policy.duties.duties import sums_up_at_home
from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.escalation.ladder import outlives_acknowledgement
from workflows.policy.incident.alert_state import AlertState, Coming
from workflows.policy.incident.announce import announce, announce_widely, log, through
from workflows.policy.incident.events import Acknowledged, Event, Resolved, Unacknowledged
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read, is_same
from workflows.policy.reducers.confirming import answered
from workflows.policy.reducers.joining import without_pending
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.durations import write

BESIDE_THE_PAGER = ("link", "slack")
"""Through these a page is answered by its ring, and its pager does not know it yet."""


def acknowledge(book: Runbook, incident: Incident, event: Acknowledged) -> Incident:
    after = _reached(book, mark_pressed(answer(book, incident, event), event), event)
    waited = write(event.at - incident.declared_at)
    return log(
        after.model_copy(update={"renewed": None, "new_alert_ring": without_pending(incident, event.at)}),
        event.at,
        f"{event.actor} acknowledged{through(event)}, {waited} after declaration",
        kind="acknowledge",
    )


def _reached(book: Runbook, incident: Incident, event: Acknowledged) -> Incident:
    """How long it took whoever was rung to answer. Whom nobody rang is not reached by a page."""
    own = (ring for ring in reversed(incident.rings.values()) if is_same(book, ring.rang or ring.person, event.by))
    ring = incident.rings.get(event.ring) or next(own, None)
    return incident if ring is None else answered(incident, ring, event.actor, event.via, event.at)


def answer(book: Runbook, incident: Incident, event: Event) -> Incident:
    """Whoever did this is on it from then on."""
    rings = {
        key: ring.model_copy(update={"state": "answered"})
        if ring.state == "ringing" and not _goes_on(book, incident, key) and not rings_for_obligations(incident, key)
        else ring
        for key, ring in incident.rings.items()
    }
    return incident.model_copy(
        update={
            "rings": rings,
            "acknowledged_at": event.at,
            "acknowledged_by": event.by,
            "acknowledged_ring": event.ring if isinstance(event, Acknowledged) else "",
            "passed_on": None,
            "first_acknowledged_at": incident.first_acknowledged_at or event.at,
            "alive_at": event.at,
        }
    )


def unacknowledge(book: Runbook, incident: Incident, event: Unacknowledged) -> Incident:
    """The ladder begins a round there and then, as where an acknowledgement expires."""
    after = incident.model_copy(
        update={
            "acknowledged_at": None,
            "acknowledged_by": "",
            "acknowledged_ring": "",
            "passed_on": None,
            "alive_at": None,
            "unacknowledged_at": event.at,
            "round": incident.round + 1,
            "round_started_at": event.at,
            "tally": incident.tally.began_again(True),
        }
    )
    whose = f"{as_people_read(book, incident.acknowledged_by)}'s acknowledgement"
    text = f"{whose} was taken back{through(event)} by {event.actor}: people are paged again"
    return announce(after, event.at, text, by=event.actor, loud=True)


def _goes_on(book: Runbook, incident: Incident, ring_key: str) -> bool:
    """Its page is still on its way, and is meant for its person whoever else acknowledges."""
    begun = incident.started.get(incident.effect_key(ring_key))
    return begun is not None and outlives_acknowledgement(book, incident, begun.duty)


def mark_pressed(incident: Incident, event: Acknowledged) -> Incident:
    """The ring that was answered: at the pager itself, or beside it, and then the pager is to be told."""
    ring = incident.rings.get(event.ring)
    if event.via not in BESIDE_THE_PAGER:
        return mark_acknowledged(incident, event.ring)
    if ring is None or ring.state != "ringing":
        return incident
    pressed = ring.model_copy(update={"state": "answered"})
    return incident.model_copy(update={"rings": {**incident.rings, event.ring: pressed}})


def mark_acknowledged(incident: Incident, key: str) -> Incident:
    """It was acknowledged at the pager itself."""
    if key not in incident.rings:
        return incident
    ring = incident.rings[key].model_copy(update={"state": "acknowledged"})
    return incident.model_copy(update={"rings": {**incident.rings, key: ring}})


def resolve(book: Runbook, incident: Incident, event: Resolved) -> Incident:
    """What never ends by itself is over with that: nobody else would say so."""
    over = tuple(alert for alert in incident.firing if alert.ends == "never")
    rings = {key: ring for key, ring in incident.rings.items() if key != event.ring}
    after = incident.model_copy(
        update={
            "phase": "resolved",
            "phase_at": event.at,
            "resolved_at": event.at,
            "resolved_by": event.by,
            "resolution": event.text,
            "public": incident.public.model_copy(update={"cause": event.public}),
            "end_held_since": None,
            "rings": rings,
            "alerts": {**incident.alerts, **{alert.fingerprint: alert.over("by-hand", event.at) for alert in over}},
        }
    )
    lasted = write(event.at - incident.declared_at)
    text = f"resolved by {event.actor} after {lasted}" + (f": {event.text}" if event.text else "")
    if sums_up_at_home(book, after):
        return announce(after, event.at, text, template="resolved")
    return announce_widely(after, event.at, text, template="resolved")


def reopen(incident: Incident, at: datetime, text: str) -> Incident:
    """Everything starts again from here: ladder, acknowledgement, cadence. What was sent stays sent; what was said of
    an end that is none is said no more. An alert that fired too late for the incident belongs to it again: no new one
    opens for that."""
    at = max(at, incident.resolved_at or at)
    first_round = incident.round + 1
    here = {a.fingerprint: AlertState.of(a, at, incident.alerts.get(a.fingerprint)) for a in incident.successor}
    after = incident.model_copy(
        update={
            "phase": "investigating",
            "phase_at": at,
            "opening": incident.opening + 1,
            "opened_at": at,
            "acknowledged_at": None,
            "acknowledged_by": "",
            "acknowledged_ring": "",
            "passed_on": None,
            "alive_at": None,
            "resolved_at": None,
            "resolved_by": "",
            "resolution": "",
            "public": incident.public.model_copy(update={"cause": False}),
            "closing_at": None,
            "alerts": {**incident.alerts, **here},
            "alerts_total": incident.alerts_total + sum(alert.count for alert in incident.successor),
            "successor": (),
            "coming": Coming(),
            "round": first_round,
            "first_round": first_round,
            "renewed": None,
            "new_alert_ring": without_pending(incident, at),
            "round_started_at": at,
        }
    )
    return announce_widely(after, at, text, loud=True)


def not_over_after_all(incident: Incident) -> Incident:
    """A person takes back that it was over: so what was over by that alone fires again."""
    back = {
        name: alert.model_copy(update={"status": "firing", "ended": "said"})
        for name, alert in incident.alerts.items()
        if (alert.status, alert.ended) == ("resolved", "by-hand")
    }
    return incident.model_copy(update={"alerts": {**incident.alerts, **back}})
