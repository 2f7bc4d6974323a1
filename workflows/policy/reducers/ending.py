"""An incident is over, or was none."""

from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.incident.announce import announce, because, log, through
from workflows.policy.incident.episodes import names
from workflows.policy.incident.events import Cancelled, Closed, ClosingBegan, Resolved
from workflows.policy.incident.state import Incident
from workflows.policy.reducers import alerts
from workflows.policy.reducers.arriving import not_before
from workflows.policy.reducers.legal_pages import seen
from workflows.policy.reducers.reopening import overtaken, turned
from workflows.policy.reducers.transitions import resolve
from workflows.policy.runbook.model import Runbook


def resolved(book: Runbook, incident: Incident, event: Resolved) -> Incident:
    if event.ring and not incident.is_ours(event.ring):
        return log(incident, event.at, f"{event.actor} resolved a page of an incident before this one")
    if event.ring and rings_for_obligations(incident, event.ring):
        text = f"the page about what is owed was resolved{through(event)}, which ends neither that nor the incident"
        return log(seen(incident, event), event.at, text)
    if event.ring and overtaken(incident, event):
        return log(incident, event.at, f"{event.actor} resolved{through(event)}, before that was reopened there")
    incident = turned(incident, event)
    if incident.resolved:
        return log(incident, event.at, f"{event.actor} resolved again, which changes nothing")
    if event.ring and (event.ring not in incident.rings or incident.rings[event.ring].rung_at < incident.opened_at):
        # We resolve a person's older ring before we ring again: its echo must not end the incident.
        return log(incident, event.at, f"an older ring was resolved{through(event)}: the incident stays open")
    return resolve(book, incident, not_before(event, incident.opened_at))


def cancelled(book: Runbook, incident: Incident, event: Cancelled) -> Incident:
    moved = bool(event.duplicate_workflow) and event.duplicate_of != incident.id
    changes = {
        "cancelled": True, "phase": "resolved", "phase_at": event.at, "resolved_at": event.at, "resolved_by": event.by,
        "resolution": event.reason, "end_held_since": None,
        "cancelled_episodes": alerts.cancelled_with(incident),
        "duplicate_of": event.duplicate_of if moved else "",
        "duplicate_workflow": event.duplicate_workflow if moved else "",
    }  # fmt: skip
    why = f"it is a duplicate of {event.duplicate_of}" if moved else "opened in error"
    text = f"{event.actor} cancelled the incident: {why}{because(event.reason)}"
    after = announce(incident.model_copy(update=changes), event.at, text, queue="home", by=event.actor)
    if incident.firing or moved:
        after = log(after, event.at, _what_becomes_of_its_alerts(after), kind="alert")
    if "channel" not in incident.references:
        return after
    onwards = f"it goes on in {event.duplicate_of}" if moved else "nothing more follows here"
    return announce(after, event.at, f"this incident is cancelled: {onwards}")


def _what_becomes_of_its_alerts(incident: Incident) -> str:
    if incident.duplicate_of:
        return f"its alerts are moved to {incident.duplicate_of}"
    return f"{names(incident.firing)} still fires: that opens nothing before it ends, begins anew or asks for more"


def closing_began(book: Runbook, incident: Incident, event: ClosingBegan) -> Incident:
    return incident.model_copy(update={"closing_at": event.at})


def closed(book: Runbook, incident: Incident, event: Closed) -> Incident:
    after = incident.model_copy(update={"closed_at": event.at})
    text = "closed"
    if incident.public.status not in (None, "resolved"):
        text += f", although the status page still says {incident.public.status}"
    if event.unfinished:
        text += f"; what did not get out: {', '.join(dict.fromkeys(event.unfinished))}"
    return log(after, event.at, text, loud=text != "closed")
