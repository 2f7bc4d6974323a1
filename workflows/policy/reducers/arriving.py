"""What is done for every event that arrives, whatever it says."""

from datetime import datetime

from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import E
from workflows.policy.incident.state import Incident


def remember(incident: Incident, event_id: str) -> Incident:
    return incident.model_copy(update={"heard": (*incident.heard, event_id)[-IncidentBounds.seen_ids :]})


def not_before(event: E, opened_at: datetime) -> E:
    """What concerns this opening cannot have happened before it: that sender's clock is behind ours."""
    return event if event.at >= opened_at else event.model_copy(update={"at": opened_at})
