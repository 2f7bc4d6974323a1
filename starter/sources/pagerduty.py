"""PagerDuty's V3 webhooks: https://developer.pagerduty.com/docs/webhooks-overview

Here are the incidents that others opened there: each is an alert. Those that our own pages opened are none (a page
would open an incident, that would page...): what people do to them is `starter.intake.pagerduty_rings`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from pydantic import JsonValue

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign, Word
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source
from workflows.policy.keys.vendor_keys import is_page

FIRING_EVENTS = ("incident.triggered", "incident.reopened", "incident.priority_updated")
RESOLVING_EVENTS = ("incident.resolved",)
"""What `tocsin page-test` rings with."""


class Named(Foreign):
    summary: str = ""
    type: str = ""


class Referred(Foreign):
    id: str | None = None


class WebhookIncident(Foreign):
    """Or what is about one: a note, a status update, a responder, which name theirs in `incident`."""

    id: str | None = None
    incident_key: str | None = None  # not in payloads of the first years
    title: str = ""
    html_url: str = ""
    urgency: str = ""
    created_at: datetime | None = None
    reopened_at: datetime | None = None
    service: Named = Named()
    priority: Named = Named()
    status: str = ""
    incident: Referred = Referred()
    assignees: tuple[Named, ...] = ()
    user: Named = Named()
    escalation_policy: Named = Named()
    content: str = ""
    message: str = ""
    state: str = ""

    @property
    def pagerduty_id(self) -> str | None:
        return self.incident.id or self.id


class WebhookEvent(Foreign):
    id: str = ""
    event_type: Word
    occurred_at: datetime | None = None
    agent: Named = Named()
    data: WebhookIncident | None = None


class _PagerDutyBody(Foreign):
    event: WebhookEvent


def read(webhook: Webhook, about: Collection[str]) -> tuple[WebhookEvent, WebhookIncident | None]:
    """The event, and its incident if it is of one of these types.

    Raises Unreadable for anything but a V3 webhook, and when such an event is about no incident.
    """
    sent, problems = foreign.read(_PagerDutyBody, webhook.body, "a PagerDuty V3 webhook")
    event = sent.event
    if event.event_type not in about:
        return event, None
    if event.data is None:
        raise _about_nothing("event.data", problems)
    return event, event.data


def _about_nothing(field: str, problems: Sequence[FieldProblem] = ()) -> Unreadable:
    return Unreadable("the event is about no incident", (*problems, FieldProblem(field, "is missing")))


def translate(webhook: Webhook) -> Reading:
    """An incident without a key may be one of ours: whoever can ask PagerDuty does so first."""
    event, incident = read(webhook, FIRING_EVENTS + RESOLVING_EVENTS)
    if incident is None:
        return Reading(ignored=f"events of type {text.line(event.event_type, text.LONGEST_WORD)!r} change nothing here")
    if is_page(incident.incident_key):
        return Reading(ignored="one of our own pages")
    if not incident.id:
        raise _about_nothing("event.data.id")
    return Reading((_alert(event, incident),), delivery_id=event.id)


def _alert(event: WebhookEvent, incident: WebhookIncident) -> SentAlert:
    ended, name = event.event_type in RESOLVING_EVENTS, incident.id or ""
    word = "" if ended else incident.priority.summary or incident.urgency
    return SentAlert(
        group=name,
        fingerprint=name,
        name=incident.title or f"PagerDuty incident {name}",
        status="resolved" if ended else "firing",
        severity=word,
        severity_field="event.data.priority.summary" if incident.priority.summary else "event.data.urgency",
        service=incident.service.summary,
        starts_at=_starts_at(event, incident),
        link=incident.html_url,
        links=(("PagerDuty", incident.html_url),),
    )


def _starts_at(event: WebhookEvent, incident: WebhookIncident) -> datetime | None:
    """An end, and a new beginning, name the moment themselves: the incident says only when it was created."""
    if event.event_type in RESOLVING_EVENTS:
        return event.occurred_at
    if event.event_type == "incident.reopened":
        return incident.reopened_at or event.occurred_at or incident.created_at
    return incident.reopened_at or incident.created_at or event.occurred_at


EXAMPLE: JsonValue = {
    "event": {
        "id": "01EXAMPLE0TRIGGERED",
        "event_type": "incident.triggered",
        "resource_type": "incident",
        "occurred_at": "2026-11-21T00:03:12.494Z",
        "agent": {"type": "inbound_integration_reference", "id": "PINTEGRATION", "summary": "Nagios"},
        "data": {
            "id": "QEXAMPLE1",
            "type": "incident",
            "status": "triggered",
            "incident_key": "nagios/checkout/http",
            "title": "checkout: HTTP CRITICAL, connection refused",
            "html_url": "https://acme.pagerduty.com/incidents/QEXAMPLE1",
            "created_at": "2026-11-21T00:03:12Z",
            "urgency": "high",
            "priority": {"type": "priority_reference", "id": "PPRIO", "summary": "P1"},
            "service": {"type": "service_reference", "id": "PSERVICE", "summary": "checkout"},
        },
    }
}
ACKNOWLEDGED: JsonValue = {
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
    about="PagerDuty's V3 webhooks. What people acknowledge and resolve there is acknowledged and resolved here; an "
    "incident that others opened there is an alert. Anything that does not concern us is answered 202: three refusals "
    "in a row would end the subscription.",
    translate=translate,
    is_genuine=verify.signature("X-PagerDuty-Signature", "v1="),
    secrets="pagerduty_webhook_secrets",
    group_is="PagerDuty's incident",
    when_refused="After three refusals in a row PagerDuty sends nothing for 24 hours, and drops what waits: look "
    "there, too, whether the subscription is still on",
    examples={"an incident of others": EXAMPLE, "one of our pages, acknowledged": ACKNOWLEDGED},
)
