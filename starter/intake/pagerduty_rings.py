"""PagerDuty's webhooks about our own rings: what becomes of them there.

Only a person acknowledges and resolves. Our own acknowledging and resolving through the Events API comes back as a
webhook too, with an integration as its agent. Taken for a person's, it would resolve the incident when only an older
ring was resolved there. A missing agent is no person either: PagerDuty's workflows and time-outs have none; such an
event is noted. An acknowledgement may end by itself there, so its end counts whoever did it: PagerDuty rings again, and
so do we.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starter.intake.pagerduty_notes import NOTED, noted, our_own
from starter.sources.pagerduty import WebhookEvent, read
from starter.sources.reading import Webhook
from starter.sources.text import LONGEST_WORD, line
from workflows.policy.incident.events import Acknowledged, Noted, Resolved, Unacknowledged

AnswerKind = type[Acknowledged | Resolved | Unacknowledged]
RingEvent = Acknowledged | Resolved | Unacknowledged | Noted
_ANSWER_EVENTS: dict[str, AnswerKind] = {
    "incident.acknowledged": Acknowledged,
    "incident.resolved": Resolved,
    "incident.unacknowledged": Unacknowledged,
}
_ANYBODY = "incident.unacknowledged"


@dataclass(frozen=True)
class IgnoredRing:
    """Nothing that an incident of ours could hear."""

    reason: str


@dataclass(frozen=True)
class Report:
    """What became of an incident at PagerDuty."""

    kind: AnswerKind | type[Noted]
    id: str
    occurred_at: datetime
    by: str
    incident_key: str | None
    pagerduty_id: str | None
    text: str = ""
    automatic: bool = False

    def event(self, ring: str) -> RingEvent:
        if self.kind is Noted:
            return Noted(
                at=self.occurred_at, id=self.id, by=self.by, via="pagerduty", text=self.text, automatic=self.automatic
            )
        event: Callable[..., RingEvent] = self.kind
        return event(at=self.occurred_at, id=self.id, by=self.by, via="pagerduty", ring=ring)


def report(webhook: Webhook) -> Report | IgnoredRing:
    """Raises Unreadable for anything but a V3 webhook. Its identity is what is signed: X-Webhook-Id is not."""
    event, data = read(webhook, (*_ANSWER_EVENTS, *NOTED))
    if data is None:
        return IgnoredRing(f"events of type {line(event.event_type, LONGEST_WORD)!r} change nothing here")
    agent = event.agent.type
    by_a_person = agent.startswith("user")
    counts = event.event_type in _ANSWER_EVENTS and (by_a_person or event.event_type == _ANYBODY)
    if agent and not by_a_person and not counts and event.event_type in _ANSWER_EVENTS:
        return IgnoredRing(f"not done by a person, but by a {line(agent, LONGEST_WORD)}")
    if our_own(data):
        return IgnoredRing("a note of our own")
    return Report(
        kind=_ANSWER_EVENTS[event.event_type] if counts else Noted,
        id=f"pagerduty-{event.id or webhook.digest}",
        occurred_at=event.occurred_at or webhook.received_at,
        by=_who(event),
        incident_key=data.incident_key,
        pagerduty_id=data.pagerduty_id,
        text="" if counts else noted(event.event_type, data),
        automatic=not by_a_person,
    )


def _who(event: WebhookEvent) -> str:
    return line(event.agent.summary, LONGEST_WORD) if event.agent.summary else "someone at PagerDuty"
