"""Opsgenie's webhooks: https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/"""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, JsonValue

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source

FIRING_ACTIONS = ("create", "updatepriority")
ENDING_ACTIONS = ("close", "delete")
"""The rest is what people do to an alert: acknowledge, snooze, add a note, assign, ..."""


def _priority(value: object) -> object:
    """`"P3"`, and as a number in some payloads."""
    return f"P{value}" if type(value) is int else value


class _OpsgenieAlert(Foreign):
    alertId: str  # noqa: N815 (Opsgenie's own spelling)
    alias: str = ""
    message: str = ""
    description: str = ""
    entity: str = ""
    source: str = ""
    tinyId: str = ""  # noqa: N815
    priority: Annotated[str, BeforeValidator(_priority)] = ""
    oldPriority: Annotated[str, BeforeValidator(_priority)] = ""  # noqa: N815
    tags: list[str] = []
    details: foreign.AnyMap = {}
    createdAt: datetime | None = None  # noqa: N815 (milliseconds; updatedAt is in nanoseconds)


class _OpsgenieBody(Foreign):
    action: str = ""
    alert: _OpsgenieAlert
    integrationName: str = ""  # noqa: N815


def translate(webhook: Webhook) -> Reading:
    """One delivery is one alert. Raises Unreadable without its id."""
    sent, problems = foreign.read(_OpsgenieBody, webhook.body, "an Opsgenie webhook")
    action = sent.action.strip().lower()
    if not sent.alert.alertId.strip():
        raise Unreadable("no alert could be used", (FieldProblem("alert.alertId", "is empty"), *problems))
    if action and action not in FIRING_ACTIONS + ENDING_ACTIONS:
        reason = f"the action {text.line(sent.action, text.LONGEST_WORD)!r} neither opens an alert nor closes it"
        return Reading(ignored=reason, problems=problems)
    if action == "updatepriority" and sent.alert.oldPriority.upper() < sent.alert.priority.upper():
        was = text.line(sent.alert.oldPriority, text.LONGEST_WORD)
        if was:
            return Reading(ignored=f"its priority was lowered there: it was {was}", problems=problems)
    return Reading((_alert(sent.alert, ended=action in ENDING_ACTIONS),), problems=problems)


def _alert(sent: _OpsgenieAlert, *, ended: bool) -> SentAlert:
    details = {name: value for name, value in sent.details.items() if isinstance(value, str)}
    link = f"https://app.opsgenie.com/alert/detail/{sent.alertId}/details"
    known = {"entity": sent.entity, "source": sent.source, "tags": ", ".join(sent.tags)}
    return SentAlert(
        # What is wrong has the same alias when it happens again, and another id.
        group=sent.alias or sent.alertId,
        fingerprint=text.fingerprint({"alias": sent.alias or sent.alertId}),
        name=sent.message or f"Opsgenie: something is wrong with {sent.entity or sent.alias or 'an alert'}",
        status="resolved" if ended else "firing",
        summary=sent.description,
        severity=sent.priority,
        severity_field="alert.priority",
        service=details.get("service", ""),
        labels=text.owned(known, details),
        starts_at=sent.createdAt,
        link=link,
        links=(("runbook", details.get("runbook_url", "")), ("alert", link)),
    )


EXAMPLE: dict[str, JsonValue] = {
    "action": "Create",
    "alert": {
        "alertId": "052652ac-5d1c-464a-812a-7dd18bbfba8c",
        "alias": "checkout-errors",
        "message": "Checkout fails for one in five customers",
        "description": "HTTP 500 from the payment service",
        "entity": "checkout",
        "source": "synthetics",
        "tinyId": "23",
        "priority": "P1",
        "tags": ["eu-1", "shop"],
        "details": {"service": "checkout", "runbook_url": "https://wiki.example.com/checkout"},
        "createdAt": 1795219392104,
        "updatedAt": 1795219392166002000,
        "username": "synthetics@example.com",
    },
    "source": {"name": "", "type": "api"},
    "integrationId": "37c8f316-17c6-49d7-899b-9c7e540c048d",
    "integrationName": "Tocsin",
}

SOURCE = Source(
    name="opsgenie",
    about="Opsgenie's webhook integration: alerts that are created, change their priority, and are closed. A token in "
    "a custom header. What people do to an alert there changes nothing here.",
    translate=translate,
    is_genuine=verify.token,
    secrets="opsgenie_tokens",
    group_is="the alert's alias: the same whenever the same thing is wrong",
    examples={"created": EXAMPLE, "closed": {**EXAMPLE, "action": "Close"}},
)
