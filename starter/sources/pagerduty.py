"""PagerDuty's V3 webhooks: https://developer.pagerduty.com/docs/webhooks-overview

Only what a person did there counts here. Our own acknowledging and resolving through the Events API comes back as a
webhook too, with an integration as its agent: taken for a person's, hushing an older ring would resolve the incident.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from starter.sources.batch import NAME, Unreadable, line, problems
from workflows.policy.events import Acknowledged, Resolved

SOURCE = "pagerduty"

_EVENTS: dict[str, type[Acknowledged | Resolved]] = {
    "incident.acknowledged": Acknowledged,
    "incident.resolved": Resolved,
}
_OURS = re.compile(r"(?P<workflow>incident-[^/]+)/[^/]+/.+")


class _Foreign(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class _Agent(_Foreign):
    summary: str | None = None
    type: str | None = None


class _Incident(_Foreign):
    id: str | None = None
    incident_key: str | None = None  # not in payloads of the first years


class _Event(_Foreign):
    id: str = ""
    event_type: str
    occurred_at: datetime | None = None
    agent: _Agent | None = None
    data: _Incident | None = None


class _Body(_Foreign):
    event: _Event


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
        return self.kind(at=self.occurred_at, id=self.id, by=self.by, via=SOURCE, ring=ring)


def translate(body: bytes, webhook_id: str | None, received_at: datetime) -> Report | Ignored:
    """Raises Unreadable for anything but a V3 webhook. `webhook_id` (X-Webhook-Id) stays the same on re-delivery."""
    event = _read(body)
    kind = _EVENTS.get(event.event_type)
    if kind is None or event.data is None:
        return Ignored(f"events of type {line(event.event_type, NAME)!r} change nothing here")
    if event.agent and event.agent.type and not event.agent.type.startswith("user"):
        return Ignored(f"not done by a person, but by a {line(event.agent.type, NAME)}")
    return Report(
        kind=kind,
        id=f"pagerduty-{webhook_id or event.id}",
        occurred_at=event.occurred_at or received_at,
        by=line(event.agent.summary, NAME) if event.agent and event.agent.summary else "someone at PagerDuty",
        incident_key=event.data.incident_key,
        pagerduty_id=event.data.id,
    )


def workflow_of(ring: str | None) -> str | None:
    """The workflow that rang with this vendor key (`Incident.vendor_key`); None if it is not one of ours."""
    found = _OURS.fullmatch(ring or "")
    return found["workflow"] if found else None


def _read(body: bytes) -> _Event:
    try:
        return _Body.model_validate_json(body).event
    except ValidationError as error:
        is_json = error.errors()[0]["type"] != "json_invalid"
        message = "the body is not a PagerDuty V3 webhook" if is_json else "the body is not JSON"
        raise Unreadable(message, tuple(problems(error)), is_json=is_json) from None
