"""What an incident affects, as far as the public may know: names that the runbook lists, and no others."""

from workflows.policy.incident.private import is_private
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.impact import Impact, impact_of
from workflows.policy.runbook.model import Runbook


def affected(book: Runbook, incident: Incident) -> tuple[str, ...]:
    """Nothing of a private incident: somebody let its words out, and nothing else."""
    if is_private(incident):
        return ()
    concerned = {incident.service, *incident.services}
    return tuple(name for name in dict.fromkeys(book.intake.services.values()) if name in concerned)


def public_impact(incident: Incident) -> Impact:
    return "none" if is_private(incident) else impact_of(incident.severity)
