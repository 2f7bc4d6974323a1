"""What an incident affects, as far as the public may know: names that the runbook lists, and no others."""

from workflows.policy.incident.private import is_private
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.impact import Impact, impact_of
from workflows.policy.runbook.model import Runbook


def affected(book: Runbook, incident: Incident) -> tuple[str, ...]:
    """Nothing of a private incident: somebody let its words out, and nothing else. People say a service as alerts do,
    or as the public knows it."""
    if is_private(incident):
        return ()
    concerned = {incident.service, *incident.services}
    known = (name for label, name in book.intake.services.items() if concerned & {label, name})
    return tuple(dict.fromkeys(known))


def public_impact(incident: Incident) -> Impact:
    return "none" if is_private(incident) else impact_of(incident.severity)
