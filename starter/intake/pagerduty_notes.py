"""What happens to a ring at PagerDuty, and changes nothing here: said in a line of the incident's timeline.

The types, and what their data holds: https://developer.pagerduty.com/docs/webhooks-overview#event-types
"""

import re

from starter.sources.pagerduty import WebhookIncident
from starter.sources.text import line

LONGEST_NOTE = 300
LONGEST_OF_OURS = 1000
"""More than how a note of ours ends."""
NOTED: dict[str, str] = {
    "incident.acknowledged": "acknowledged by no person that PagerDuty names, which is not an answer",
    "incident.resolved": "resolved by no person that PagerDuty names, which ends nothing here",
    "incident.annotated": "note",
    "incident.conference_bridge.updated": "the conference bridge changed",
    "incident.custom_field_values.updated": "custom fields changed",
    "incident.delegated": "delegated",
    "incident.escalated": "escalated",
    "incident.incident_type.changed": "the type of the incident changed",
    "incident.priority_updated": "priority",
    "incident.reassigned": "reassigned",
    "incident.reopened": "reopened",
    "incident.responder.added": "responder asked for",
    "incident.responder.replied": "responder replied",
    "incident.role.assigned": "role assigned",
    "incident.service_updated": "moved to another service",
    "incident.status_update_published": "status update",
}
_OUR_NOTE = re.compile(r"\[incident-[^/\]]+/[^/\]]+/[^\]]+\]\s*\Z")
"""How a note of ours ends: `activities.pagerduty`."""


def noted(event_type: str, data: WebhookIncident) -> str:
    people = ", ".join(person.summary for person in data.assignees if person.summary)
    parts = (
        people and f"to {people}",
        data.user.summary,
        data.state,
        data.content,
        data.message,
        _priority(event_type, data),
    )
    details = " ".join(filter(None, parts))
    return line(f"at PagerDuty: {NOTED[event_type]}" + (f": {details}" if details else ""), LONGEST_NOTE)


def our_own(data: WebhookIncident) -> bool:
    return bool(_OUR_NOTE.search(data.content[-LONGEST_OF_OURS:]))


def _priority(event_type: str, data: WebhookIncident) -> str:
    return (data.priority.summary or "none") if event_type == "incident.priority_updated" else ""
