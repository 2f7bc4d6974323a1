"""PagerDuty's webhooks about our own rings: what becomes of them there.

Only a person acknowledges, resolves and reopens. Our own acknowledging and resolving through the Events API comes back
as a webhook too, with an integration as its agent. Taken for a person's, it would resolve the incident when only an
older ring was resolved there. A missing agent is no person either: PagerDuty's workflows and time-outs have none; such
an event is noted. An acknowledgement may end by itself there, so its end counts whoever did it: PagerDuty rings again,
and so do we.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from starter.intake.pagerduty_notes import (
    CHANGING,
    HANDING_ON,
    NOTED,
    asked_by,
    assignees,
    in_words,
    our_own,
    priority,
    responder,
)
from starter.sources.credentials import Mask
from starter.sources.pagerduty import WebhookEvent, WebhookIncident, read
from starter.sources.reading import Webhook
from starter.sources.text import LONGEST_WORD, line
from workflows.policy.incident.events import (
    Acknowledged,
    Noted,
    Reopened,
    Resolved,
    Unacknowledged,
)
from workflows.policy.incident.pager_events import ChangedAtPager

AnswerKind = type[Acknowledged | Reopened | Resolved | Unacknowledged]
RingEvent = Acknowledged | Reopened | Resolved | Unacknowledged | Noted | ChangedAtPager
_ANSWER_EVENTS: dict[str, AnswerKind] = {
    "incident.acknowledged": Acknowledged,
    "incident.reopened": Reopened,
    "incident.resolved": Resolved,
    "incident.unacknowledged": Unacknowledged,
}
SUBSCRIBED_EVENTS = tuple(sorted((*_ANSWER_EVENTS, *NOTED.keys() - _ANSWER_EVENTS.keys(), *CHANGING)))
"""All that is read of what happens to our own rings: what a webhook subscription is to have."""
REPLIED = "incident.responder.replied"
_ANYBODY = "incident.unacknowledged"
_ECHOED = ("incident.acknowledged", "incident.resolved")
"""What we do there ourselves, by a key of an integration."""


@dataclass(frozen=True)
class IgnoredRing:
    """Nothing that an incident of ours could hear."""

    reason: str


@dataclass(frozen=True)
class Report:
    """What became of an incident at PagerDuty."""

    kind: AnswerKind | type[Noted | ChangedAtPager]
    id: str
    occurred_at: datetime
    by: str
    incident_key: str | None
    pagerduty_id: str | None
    text: str = ""
    automatic: bool = False
    change: Mapping[str, object] = field(default_factory=dict)
    """What has changed there: fields of `ChangedAtPager`."""

    def event(self, ring: str) -> RingEvent:
        known = {"at": self.occurred_at, "id": self.id, "by": self.by, "via": "pagerduty"}
        said = {"text": self.text, "automatic": self.automatic}
        if self.kind is Noted:
            return Noted.model_validate(known | said)
        if self.kind is ChangedAtPager:
            return ChangedAtPager.model_validate(known | said | {"ring": ring, **self.change})
        event: Callable[..., RingEvent] = self.kind
        return event(**known, ring=ring)


def report(webhook: Webhook, redact: Mask | None = None) -> Report | IgnoredRing:
    """Raises Unreadable for anything but a V3 webhook. Its identity is what is signed: X-Webhook-Id is not."""
    event, data = read(webhook, (*_ANSWER_EVENTS, *NOTED, *CHANGING))
    if data is None:
        return IgnoredRing(f"events of type {line(event.event_type, LONGEST_WORD)!r} change nothing here")
    agent = event.agent.type
    by_a_person = agent.startswith("user")
    counts = event.event_type in _ANSWER_EVENTS and (by_a_person or event.event_type == _ANYBODY)
    if agent and not by_a_person and event.event_type in _ECHOED:
        return IgnoredRing(f"not done by a person, but by a {line(agent, LONGEST_WORD)}")
    if ring := asked_by(data) if event.event_type == REPLIED else "":
        return _reply(event, data, ring, webhook, redact)
    if our_own(data):
        return IgnoredRing("our own, come back")
    return Report(
        kind=_ANSWER_EVENTS[event.event_type] if counts else _kind_of_change(event.event_type),
        id=f"pagerduty-{event.id or webhook.digest}",
        occurred_at=event.occurred_at or webhook.received_at,
        by=_who(event),
        incident_key=data.incident_key,
        pagerduty_id=data.pagerduty_id,
        text="" if counts else in_words(event.event_type, data, redact),
        automatic=not by_a_person,
        change=_change(event.event_type, data),
    )


def _reply(event: WebhookEvent, data: WebhookIncident, ring: str, webhook: Webhook, redact: Mask | None) -> Report:
    """Whoever joins because we asked them to is on it, as if they had acknowledged a page of their own."""
    joins = data.state == "joined"
    said = data.model_copy(update={"message": ""})  # what we asked them with
    return Report(
        kind=Acknowledged if joins else ChangedAtPager,
        id=f"pagerduty-{event.id or webhook.digest}",
        occurred_at=event.occurred_at or webhook.received_at,
        by=responder(data) or _who(event),
        incident_key=ring,
        pagerduty_id=data.pagerduty_id,
        text="" if joins else in_words(event.event_type, said, redact),
        change={} if joins else {"declined": data.state == "declined"},
    )


def _kind_of_change(event_type: str) -> type[Noted | ChangedAtPager]:
    return ChangedAtPager if event_type in CHANGING else Noted


def _change(event_type: str, data: WebhookIncident) -> Mapping[str, object]:
    """What is handed on there rings there again, unless PagerDuty says that it does not."""
    if event_type in HANDING_ON:
        return {"handed_to": assignees(data), "unanswered": data.status not in ("acknowledged", "resolved")}
    if event_type == "incident.priority_updated":
        return {"priority": priority(data)}
    if event_type in CHANGING:
        return {"responder": responder(data), "reply": line(data.state, LONGEST_WORD)}
    return {}


def _who(event: WebhookEvent) -> str:
    return line(event.agent.summary, LONGEST_WORD) if event.agent.summary else "someone at PagerDuty"


def for_review(event: RingEvent, *, is_legal: bool) -> Acknowledged | Noted | None:
    """What the review of a closed incident takes of it: whoever resolves a page about a legal clock has seen it, and
    what is reopened rings at PagerDuty alone. None: it came too late to change or to say anything."""
    said = {"at": event.at, "id": event.id, "by": event.by, "via": event.via}
    match event:
        case Reopened():
            late = "" if is_legal else ", too late: the incident is closed, and only PagerDuty rings"
            return Noted.model_validate(said | {"text": f"at PagerDuty: reopened{late}"})
        case Acknowledged() | Resolved() if is_legal:
            return Acknowledged.model_validate(said | {"ring": event.ring})
        case Noted() if is_legal:
            return event
    return None
