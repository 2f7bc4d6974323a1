"""What people say to an incident that has closed already, and whose review has its record: the review is to hear it."""

from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.incident.events import Acknowledged, Event, Resolved
from workflows.policy.incident.state import Incident
from workflows.policy.review.events import REVIEW_SIGNALS


def for_review(incident: Incident, event: Event) -> Event | None:
    """As the review takes it; None: it was heard before, or concerns the incident alone."""
    if event.id and event.id in incident.heard:
        return None
    if isinstance(event, Acknowledged | Resolved):
        return _answer_to_legal_page(incident, event)
    return event if type(event) in REVIEW_SIGNALS.values() else None


def _answer_to_legal_page(incident: Incident, event: Acknowledged | Resolved) -> Acknowledged | None:
    """Whoever resolves such a page at the pager has seen it."""
    if not event.ring or not incident.is_ours(event.ring) or not rings_for_obligations(incident, event.ring):
        return None
    return Acknowledged(at=event.at, id=event.id, by=event.by, via=event.via, ring=event.ring)
