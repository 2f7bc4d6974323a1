"""Which workflow follows an incident under the same workflow id: the next incident, or one that remembers the episodes
that were cancelled (ADR 26)."""

from temporalio import workflow

from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.alerts import headline
from workflows.policy.views.results import IncidentInput
from workflows.policy.views.summary import listed

INCIDENT_WORKFLOW = "incident"
CANCELLED_EPISODES = "cancelled-episodes"
"""Types of workflows: never change. What is no incident stands in no list of incidents."""


def leave_behind(start: IncidentInput, closed: Incident) -> None:
    """Continues as new if there is something to go on for: alerts that fired too late for this incident, or episodes
    that somebody cancelled and that have not ended. Each has a memo of its own: the record, and when it opened, are
    this incident's."""
    if closed.duplicate_workflow:
        remember(start, closed)
    if closed.successor:
        opening = _next(start.opening, closed)
        news = {"opening": opening, "alerts": closed.successor, "cancelled": closed.cancelled_episodes}
        after = start.model_copy(update={"incident": None} | news)
        workflow.continue_as_new(workflow=INCIDENT_WORKFLOW, args=[after], memo=listed(opening, workflow.now()))
    if not closed.cancelled_episodes.none:
        remember(start, closed)


def remember(start: IncidentInput, closed: Incident) -> None:
    after = start.model_copy(update={"incident": closed, "alerts": ()})
    memo = {"title": f"cancelled: {closed.title}", "opened_at": workflow.now().isoformat()}
    workflow.continue_as_new(workflow=CANCELLED_EPISODES, args=[after], memo=memo)


def _next(before: OpenRequest, closed: Incident) -> OpenRequest:
    """Of the alerts that fired too late for the one that has closed."""
    book, firing, coming = before.runbook, closed.successor, closed.coming
    return OpenRequest(
        runbook=book,
        severity=min(alert.severity or book.intake.default_severity for alert in firing),
        title=headline(firing),
        source=closed.source,
        detected_at=min(alert.starts_at for alert in firing),
        speed=before.speed,
        no_pager=before.no_pager,
        labels=coming.labels,
        service=coming.service,
        links=coming.links,
    )
