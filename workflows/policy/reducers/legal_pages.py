"""A page about a legal clock: whoever answers it by one way has seen it, and the others may fall silent. That says
nothing of the incident, which may be over."""

from workflows.policy.incident.events import Acknowledged, Resolved
from workflows.policy.incident.state import Incident
from workflows.policy.planning.ways import first_ring
from workflows.policy.reducers.transitions import BESIDE_THE_PAGER, mark_acknowledged


def seen(incident: Incident, event: Acknowledged | Resolved) -> Incident:
    """What was pressed beside its pager is yet to be acknowledged there, as its other ways are."""
    if event.ring not in incident.rings:
        return incident
    page = first_ring(incident, event.ring)
    silent = {
        key: ring.model_copy(update={"state": "answered"})
        for key, ring in incident.rings.items()
        if ring.state == "ringing" and first_ring(incident, key) == page
    }
    after = incident.model_copy(update={"rings": {**incident.rings, **silent}})
    return after if event.via in BESIDE_THE_PAGER else mark_acknowledged(after, event.ring)
