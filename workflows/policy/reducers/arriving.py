"""What is done for every event that arrives, whatever it says."""

from datetime import datetime

from workflows.policy.incident.announce import announce
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import E, Event
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import in_book
from workflows.policy.runbook.model import Runbook


def remember(incident: Incident, event_id: str) -> Incident:
    return incident.model_copy(update={"heard": (*incident.heard, event_id)[-IncidentBounds.seen_ids :]})


def not_before(event: E, opened_at: datetime) -> E:
    """What concerns this opening cannot have happened before it: that sender's clock is behind ours."""
    return event if event.at >= opened_at else event.model_copy(update={"at": opened_at})


def too_late(book: Runbook, incident: Incident, event: Event, why: str) -> Incident:
    """Its author decided by what is not so any more: it is not done, and they must hear of that."""
    wanted = str(type(event).model_fields["kind"].default).replace("_", " ")
    text = f"what {event.actor} wanted ({wanted}) was not done: {why}"
    after = announce(incident, event.at, text, by=event.actor, mention=in_book(book, event.by), loud=True)
    return remember(after, event.id) if event.id else after
