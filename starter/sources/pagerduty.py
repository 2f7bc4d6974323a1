"""PagerDuty's V3 webhooks: https://developer.pagerduty.com/docs/webhooks-overview"""

from datetime import datetime

from pydantic import JsonValue, ValidationError

from starter import verify
from starter.sources import foreign
from starter.sources.foreign import Foreign
from starter.sources.reading import Reading, Unreadable, Webhook
from starter.sources.source import Source


class Agent(Foreign):
    summary: str | None = None
    type: str | None = None


class Incident(Foreign):
    id: str | None = None
    incident_key: str | None = None  # not in payloads of the first years


class Event(Foreign):
    id: str = ""
    event_type: str
    occurred_at: datetime | None = None
    agent: Agent | None = None
    data: Incident | None = None


class _Body(Foreign):
    event: Event


def read(webhook: Webhook) -> Event:
    """Raises Unreadable for anything but a V3 webhook."""
    try:
        return _Body.model_validate(foreign.json(webhook.body)).event
    except ValidationError as error:
        raise Unreadable("the body is not a PagerDuty V3 webhook", tuple(foreign.problems(error))) from None


def translate(webhook: Webhook) -> Reading:
    """Nothing yet: what people do to our own rings is `starter.pagerduty_rings`."""
    return Reading(ignored=f"events of type {read(webhook).event_type!r} change nothing here")


EXAMPLE: JsonValue = {
    "event": {
        "id": "01EXAMPLE",
        "event_type": "incident.acknowledged",
        "resource_type": "incident",
        "occurred_at": "2026-11-21T00:05:00.000Z",
        "agent": {"type": "user_reference", "id": "PEXAMPLE", "summary": "Ada Example"},
        "data": {
            "id": "QEXAMPLE",
            "type": "incident",
            "status": "acknowledged",
            "incident_key": "incident-alertmanager-0a1b2c3d4e5f60718293/20261121-0003-k7/escalate/1/on-call/1",
        },
    }
}

SOURCE = Source(
    name="pagerduty",
    about="PagerDuty's V3 webhooks: what people acknowledge and resolve there is acknowledged and resolved here. "
    "Anything that does not concern us is answered 202: three refusals in a row would end the subscription.",
    translate=translate,
    is_genuine=verify.signature("X-PagerDuty-Signature", "v1="),
    secrets="pagerduty_webhook_secrets",
    group_is="PagerDuty's incident",
    examples={"acknowledged": EXAMPLE},
)
