"""The state of one review: facts only, as of an incident."""

from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.incident.alert_state import Coming
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.cancelled import CancelledEpisodes
from workflows.policy.incident.follow_up import Ending
from workflows.policy.incident.state import Incident
from workflows.policy.wire.model import Instant, Wire


class ConsiderAnswer(Wire):
    """To the question whether an incident needs a review."""

    at: Instant
    by: str
    wanted: bool


class Review(Wire):
    incident: Incident
    """The record of the incident; it goes on remembering what is begun, settled, told and heard."""
    opened_at: Instant
    answer: ConsiderAnswer | None = None
    ended: dict[str, Ending] = {}
    """Per duty, or draft that waited for approval."""
    snoozed: dict[str, Instant] = {}
    """Per duty or follow-up (empty: all), when its nags go on."""
    completed_at: Instant | None = None
    """Nothing was owed any more."""
    closed_at: Instant | None = None


def open_review(incident: Incident) -> Review:
    """The review of an incident that has just closed."""
    return Review(incident=_without_live_state(incident), opened_at=incident.closed_at or incident.phase_at)


def _without_live_state(incident: Incident) -> Incident:
    """Without what only an open incident needs. Its place is the first of those that were there at the end: what was
    not opened by then will never be."""
    missing = {"channel": "channel", "declaration": "thread"}
    closed = [place for place, reference in missing.items() if reference not in incident.references]
    alerts = dict(list(incident.alerts.items())[: IncidentBounds.alerts_in_review])
    return incident.model_copy(
        update={
            "closed_places": tuple(dict.fromkeys((*incident.closed_places, *closed))),
            "alerts": alerts,
            "alert_details": {name: said for name, said in incident.alert_details.items() if name in alerts},
            "calls": (),
            "rings": {key: ring for key, ring in incident.rings.items() if rings_for_obligations(incident, key)},
            "refused_routes": {},
            "heard": (),
            "successor": (),
            "coming": Coming(),
            "cancelled_episodes": CancelledEpisodes(),
            "started": {},
            "snoozed_until": None,
        }
    )
