"""A running incident takes up the runbook as it is now. Until somebody says so it keeps the one it was opened with.

Times still count from the incident's own moments, so what the new version wanted earlier is due at once, and what it
does not want is withdrawn; what was sent stays sent.
"""

from workflows.policy.incident.events import Event, RunbookAdopted
from workflows.policy.incident.mark import changed_meanwhile
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook


def why_not(incident: Incident, runbook: Runbook) -> str | None:
    """A sentence, or None: the incident can go on by this runbook."""
    if runbook.runbook != incident.runbook:
        return f"{incident.id} follows the runbook {incident.runbook}, and cannot go on by {runbook.runbook}"
    if incident.severity not in runbook.severities:
        return f"{incident.id} is a {incident.severity}, which this version of {runbook.runbook} does not have"
    return None


def in_force(book: Runbook, incident: Incident, event: Event) -> Runbook:
    """The runbook that is followed after the event, which the incident has not heard yet."""
    if not isinstance(event, RunbookAdopted) or event.id in incident.heard:
        return book
    if changed_meanwhile(book, incident, event):
        return book
    return event.runbook if why_not(incident, event.runbook) is None else book
