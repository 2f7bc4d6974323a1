"""Google Cloud Monitoring's webhooks, version 1.2: https://cloud.google.com/monitoring/support/notification-options

One incident of theirs, of one time series that meets one condition, is one here.
"""

from datetime import datetime

from pydantic import JsonValue

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source


class _GoogleNamed(Foreign):
    name: str = ""
    type: str = ""
    labels: foreign.AnyMap = {}


class _GoogleCondition(_GoogleNamed):
    """One that matches log entries is told when it opens and never when it closes (`notificationPrompts`):
    https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies
    """

    conditionMatchedLog: JsonValue = None  # noqa: N815 (Google's own spelling)


class _Documentation(Foreign):
    content: str = ""
    subject: str = ""


class _GoogleIncident(Foreign):
    incident_id: str
    scoping_project_id: str = ""
    url: str = ""
    started_at: datetime | None = None
    state: str = ""
    severity: str = ""
    summary: str = ""
    policy_name: str = ""
    condition_name: str = ""
    condition: _GoogleCondition = _GoogleCondition()
    resource: _GoogleNamed = _GoogleNamed()
    metric: _GoogleNamed = _GoogleNamed()
    resource_name: str = ""
    policy_user_labels: foreign.AnyMap = {}
    documentation: _Documentation = _Documentation()


class _GoogleBody(Foreign):
    incident: _GoogleIncident
    version: foreign.AnyText = ""


def translate(webhook: Webhook) -> Reading:
    """One delivery is one alert. Raises Unreadable without its id."""
    sent, problems = foreign.read(_GoogleBody, webhook.body, "a Google Cloud Monitoring webhook")
    incident = sent.incident
    if not incident.incident_id.strip():
        raise Unreadable("no alert could be used", (FieldProblem("incident.incident_id", "is empty"), *problems))
    if sent.version.strip().lower() == "test":
        return Reading(ignored="a test of the notification channel: it arrived, and opens nothing", problems=problems)
    return Reading((_alert(incident),), tenant=incident.scoping_project_id, problems=problems)


def _alert(sent: _GoogleIncident) -> SentAlert:
    labels = _labels(sent)
    return SentAlert(
        group=sent.incident_id,
        fingerprint=text.fingerprint({"incident_id": sent.incident_id}),
        name=sent.documentation.subject or sent.policy_name or sent.condition_name or _what(sent),
        status="resolved" if sent.state.strip().lower() == "closed" else "firing",
        summary=sent.summary or sent.condition_name,
        severity="" if sent.severity.lower().startswith("no severity") else sent.severity,
        severity_field="incident.severity",
        service=labels.get("service", ""),
        labels=labels,
        starts_at=sent.started_at,
        ends="never" if sent.condition.conditionMatchedLog is not None else "by-sender",
        link=sent.url,
        links=(("incident", sent.url),),
    )


def _what(sent: _GoogleIncident) -> str:
    return f"Google Cloud: something is wrong with {sent.resource_name or sent.scoping_project_id or 'a resource'}"


def _labels(sent: _GoogleIncident) -> dict[str, str]:
    """The policy's own labels are what people chose: they go before those of the resource."""
    own = {
        "policy": sent.policy_name,
        "condition": sent.condition_name,
        "resource": sent.resource_name,
        "metric": sent.metric.type,
    }
    given = {**sent.resource.labels, **sent.metric.labels, **sent.policy_user_labels}
    return text.owned(own, {name: value for name, value in given.items() if isinstance(value, str) and value})


EXAMPLE: JsonValue = {
    "version": "1.2",
    "incident": {
        "incident_id": "0.opqiw61fsv7p",
        "scoping_project_id": "acme-prod",
        "scoping_project_number": 12345,
        "url": "https://console.cloud.google.com/monitoring/alerting/incidents/0.opqiw61fsv7p?project=acme-prod",
        "started_at": 1795219392,
        "ended_at": None,
        "state": "open",
        "severity": "Critical",
        "summary": "The error ratio of checkout is above the threshold of 0.05 with a value of 0.2.",
        "policy_name": "Checkout fails",
        "policy_user_labels": {"service": "checkout", "team": "shop"},
        "condition_name": "error ratio",
        "condition": {
            "name": "projects/acme-prod/alertPolicies/4416258801778683037/conditions/4416258801778682826",
            "displayName": "error ratio",
        },
        "resource": {"type": "k8s_container", "labels": {"cluster_name": "eu-1", "namespace_name": "shop"}},
        "resource_name": "acme-prod checkout",
        "metric": {"type": "custom.googleapis.com/checkout/errors", "labels": {"code": "500"}},
        "observed_value": "0.2",
        "threshold_value": "0.05",
        "documentation": {"content": "See the wiki.", "mime_type": "text/markdown", "subject": "Checkout fails"},
    },
}

SOURCE = Source(
    name="google-cloud",
    about="Google Cloud Monitoring's webhook channels. Basic authentication with the token as its password, or an "
    "address that ends in `?auth_token=`.",
    translate=translate,
    is_genuine=verify.any_of(verify.token, verify.in_query("auth_token")),
    secrets="google_cloud_tokens",
    group_is="Google Cloud's project and its incident there",
    examples={"open": EXAMPLE},
)
