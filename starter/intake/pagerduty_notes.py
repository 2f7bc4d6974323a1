"""What happens to a ring at PagerDuty besides answering it, in a line of the incident's timeline.

The types, and what their data holds: https://developer.pagerduty.com/docs/webhooks-overview#event-types
"""

import re

from starter.sources.credentials import Mask, masked
from starter.sources.pagerduty import WebhookIncident
from starter.sources.text import LONGEST_WORD, line

LONGEST_NOTE = 300
LONGEST_OF_OURS = 1000
"""More than how a note of ours ends."""
NOTED: dict[str, str] = {
    "incident.acknowledged": "acknowledged by no person that PagerDuty names, which is not an answer",
    "incident.resolved": "resolved by no person that PagerDuty names, which ends nothing here",
    "incident.annotated": "note",
    "incident.conference_bridge.updated": "the conference bridge changed",
    "incident.custom_field_values.updated": "custom fields changed",
    "incident.incident_type.changed": "the type of the incident changed",
    "incident.reopened": "reopened by no person that PagerDuty names, which reopens nothing here",
    "incident.role.assigned": "role assigned",
    "incident.service_updated": "moved to another service",
    "incident.status_update_published": "status update",
    "incident.task.completed": "task done",
    "incident.task.created": "task",
    "incident.task.updated": "task changed",
}
CHANGING: dict[str, str] = {
    "incident.delegated": "delegated",
    "incident.escalated": "escalated",
    "incident.priority_updated": "priority",
    "incident.reassigned": "reassigned",
    "incident.responder.added": "responder asked for",
    "incident.responder.replied": "responder replied",
}
"""These change who has it there, who helps, or how grave it is called."""
HANDING_ON = ("incident.delegated", "incident.escalated", "incident.reassigned")
ABOUT_SOMEBODY = ("incident.responder.", "incident.role.")
MOST_ASSIGNEES = 10
_OUR_MARK = r"\[(incident-[^/\]]+/[^/\]]+/[^\]]+|\d{8}-\d{4}-[a-z0-9]{1,12} \d+)\]"
_OUR_NOTE, _OUR_LONG_NOTE = re.compile(rf"{_OUR_MARK}\s*\Z"), re.compile(rf"\A\s*{_OUR_MARK}")
"""How a note of ours ends, or begins if it is long, and what we tell those who follow an incident there:
`activities.pagerduty_incidents`."""


def in_words(event_type: str, data: WebhookIncident, redact: Mask | None) -> str:
    """One bounded line, without what the settings redact: what is cut in the middle would be recognized no more."""
    people = ", ".join(assignees(data)) if event_type in HANDING_ON else ""  # each whole incident has some
    said = {**NOTED, **CHANGING}[event_type]
    parts = (
        people and f"to {people}",
        responder(data) if event_type.startswith(ABOUT_SOMEBODY) else "",
        data.state,
        _shown(data.content, redact),
        _shown(data.title if event_type.startswith("incident.task.") else "", redact),
        _shown(data.message, redact),
        (priority(data) or "none") if event_type == "incident.priority_updated" else "",
    )
    details = " ".join(filter(None, parts))
    return line(f"at PagerDuty: {said}" + (f": {details}" if details else ""), LONGEST_NOTE)


def assignees(data: WebhookIncident) -> tuple[str, ...]:
    named = (line(person.summary, LONGEST_WORD) for person in data.assignees if person.summary)
    return tuple(named)[:MOST_ASSIGNEES]


def responder(data: WebhookIncident) -> str:
    """Who is asked to help: a person, or whoever is on call by an escalation policy."""
    return line(data.user.summary or data.escalation_policy.summary, LONGEST_WORD)


def priority(data: WebhookIncident) -> str:
    return line(data.priority.summary, LONGEST_WORD)


def asked_by(data: WebhookIncident) -> str:
    """The key of our page that asked somebody to help, of which this is the answer; empty if it was not ours."""
    found = _OUR_NOTE.search(data.message[-LONGEST_OF_OURS:])
    return found[1] if found else ""


def our_own(data: WebhookIncident) -> bool:
    """A note, a status update or a request of ours, come back."""
    return any(
        _OUR_NOTE.search(said[-LONGEST_OF_OURS:]) or _OUR_LONG_NOTE.match(said[:LONGEST_OF_OURS])
        for said in (data.content, data.message)
    )


def _shown(text: str, redact: Mask | None) -> str:
    return redact(masked(text)) if redact and text else masked(text)
