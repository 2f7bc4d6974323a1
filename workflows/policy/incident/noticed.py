"""What an incident does to customers, as far as anybody has said."""

from typing import Final

from workflows.policy.incident.state import Incident
from workflows.policy.wire.bounded import cut

CUSTOMER_IMPACT: Final = "customer-impact"
"""The label in which a person who declares says what customers notice."""
LONGEST_IMPACT: Final = 500


def noticed(incident: Incident) -> str | None:
    """In a person's words; without them what fires, and when it is over, what has fired."""
    if said := incident.labels.get(CUSTOMER_IMPACT):
        return cut(said, LONGEST_IMPACT)
    alerts = incident.alerts.values() if incident.resolved else incident.firing
    seen = {alert.summary or alert.name for alert in alerts}
    return cut("; ".join(sorted(seen)), LONGEST_IMPACT) if seen else None
