"""PagerDuty's webhooks about our own rings: what people acknowledge and resolve there.

Only what a person did counts. Our own acknowledging and resolving through the Events API comes back as a
webhook too, with an integration as its agent: taken for a person's, hushing an older ring would resolve the incident.
"""

from dataclasses import dataclass
from datetime import datetime

from starter.sources.pagerduty import Event, read
from starter.sources.reading import Webhook
from starter.sources.text import NAME, line
from workflows.policy.events import Acknowledged, Resolved

_EVENTS: dict[str, type[Acknowledged | Resolved]] = {
    "incident.acknowledged": Acknowledged,
    "incident.resolved": Resolved,
}


@dataclass(frozen=True)
class Ignored:
    """Nothing that an incident of ours could hear."""

    reason: str


@dataclass(frozen=True)
class Report:
    """What a person did to an incident at PagerDuty."""

    kind: type[Acknowledged | Resolved]
    id: str
    occurred_at: datetime
    by: str
    incident_key: str | None
    pagerduty_id: str | None

    def event(self, ring: str) -> Acknowledged | Resolved:
        return self.kind(at=self.occurred_at, id=self.id, by=self.by, via="pagerduty", ring=ring)


def report(webhook: Webhook) -> Report | Ignored:
    """Raises Unreadable for anything but a V3 webhook. X-Webhook-Id stays the same on re-delivery."""
    event, incident = read(webhook, _EVENTS)
    if incident is None:
        return Ignored(f"events of type {line(event.event_type, NAME)!r} change nothing here")
    if event.agent.type and not event.agent.type.startswith("user"):
        return Ignored(f"not done by a person, but by a {line(event.agent.type, NAME)}")
    return Report(
        kind=_EVENTS[event.event_type],
        id=f"pagerduty-{webhook.headers.get('x-webhook-id') or event.id}",
        occurred_at=event.occurred_at or webhook.received_at,
        by=_who(event),
        incident_key=incident.incident_key,
        pagerduty_id=incident.id,
    )


def _who(event: Event) -> str:
    return line(event.agent.summary, NAME) if event.agent.summary else "someone at PagerDuty"
