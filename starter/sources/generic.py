"""Tocsin's own webhook, for everything that can send JSON. `GenericAlert` is its documentation, shown under /docs."""

from datetime import datetime

from pydantic import Field, JsonValue

from starter.runbooks.problems import written
from starter.sources import foreign, text, verify
from starter.sources.foreign import FiringOrResolved, Foreign, SentLabels
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.several import FieldPath, several
from starter.sources.source import Source
from workflows.policy.incident.alert import Ends


class GenericAlert(Foreign):
    """One alert. `{"alerts": [...]}` sends several at once."""

    key: str = Field(
        min_length=1, description="what is wrong, always in the same words: a repeated key is a repeated alert"
    )
    title: str = Field(min_length=1, description="one line for people")
    group: str = Field("", description="alerts of one group are one incident; `key` if left out")
    status: FiringOrResolved = "firing"
    severity: str | None = Field(None, description="`sev1` to `sev4`, or a word that the runbook's `intake` knows")
    service: str = ""
    summary: str = Field("", description="what is seen")
    link: str = Field("", description="where to look: http(s) address")
    runbook_url: str = Field("", description="what to do: http(s) address")
    starts_at: datetime | None = Field(
        None, description="since when, the same in each repeat; if left out, one `key` is one alert until it ends"
    )
    labels: SentLabels = {}
    ends: Ends = Field("by-sender", description="`never`: nothing will send its end; a person resolves the incident")


def translate(webhook: Webhook) -> Reading:
    """Raises Unreadable when no alert can be used."""
    delivery = webhook.headers.get("webhook-id", "")
    sent = foreign.json(webhook.body)
    if not isinstance(sent, dict):
        raise Unreadable("the body is not a JSON object", (FieldProblem("", 'send one alert, or {"alerts": [...]}'),))
    if "alerts" not in sent:
        alert, problems = _read(sent, ())
        return Reading((alert,), problems=problems, delivery_id=delivery)
    if not isinstance(alerts := sent["alerts"], list):
        raise Unreadable("`alerts` is not a list", (FieldProblem("alerts", "must be a list of alerts"),))
    found = several(alerts, ("alerts",), _read)
    return Reading(
        found.good, truncated=found.left_out, problems=found.problems, unusable=found.unusable, delivery_id=delivery
    )


def _read(raw: JsonValue, path: FieldPath) -> tuple[SentAlert, tuple[FieldProblem, ...]]:
    """Raises Unreadable."""
    sent, wrong = foreign.understand(GenericAlert, raw, "an alert", path)
    return _alert(sent, path), wrong


def _alert(sent: GenericAlert, path: FieldPath) -> SentAlert:
    return SentAlert(
        group=sent.group or sent.key,
        fingerprint=text.fingerprint({"key": sent.key}),
        status=sent.status,
        name=sent.title,
        summary=sent.summary,
        severity=sent.severity or "",
        severity_field=written((*path, "severity")),
        service=sent.service,
        labels=sent.labels,
        starts_at=sent.starts_at,
        ends=sent.ends,
        link=sent.link,
        links=(("runbook", sent.runbook_url), ("link", sent.link)),
    )


EXAMPLE: dict[str, JsonValue] = {
    "key": "checkout-errors",
    "title": "Checkout fails for one in five customers",
    "severity": "sev1",
    "service": "checkout",
    "status": "firing",
    "summary": "HTTP 500 from the payment service since the last deployment",
    "link": "https://dashboards.example.com/checkout",
    "starts_at": "2026-11-21T00:03:12Z",
    "labels": {"region": "eu-1"},
}

SOURCE = Source(
    name="generic",
    about='Alerts from anything that can send JSON: one, or `{"alerts": [...]}`. Only `key` and `title` are required. '
    "Signed after Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`) when a secret is set.",
    translate=translate,
    is_genuine=verify.standard_webhook,
    secrets="generic_secrets",
    group_is="the alert's `group`, or its `key` if it has none",
    examples={
        "one alert": EXAMPLE,
        "the same, resolved": {**EXAMPLE, "status": "resolved"},
        "several alerts": {"alerts": [EXAMPLE]},
    },
    schema=GenericAlert.model_json_schema(),
)
