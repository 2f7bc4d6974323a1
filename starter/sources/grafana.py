"""Grafana alerting's webhook: Alertmanager's shape and more.

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
"""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, JsonValue

from starter.sources import alertmanager, foreign, verify
from starter.sources.alertmanager import annotation, usable
from starter.sources.foreign import SentLabels
from starter.sources.reading import LabelledLinks, Reading, SentAlert, Webhook
from starter.sources.source import Source


def _without_internal(labels: dict[str, str]) -> dict[str, str]:
    """Those with `__` around them are Grafana's own, as in `__alert_rule_uid__`."""
    return {name: value for name, value in labels.items() if not name.startswith("__")}


# What is nice to have and of the wrong type is as good as missing.
_Url = Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) else "")]


class _GrafanaNotice(alertmanager.Notice):
    labels: Annotated[SentLabels, AfterValidator(_without_internal)]
    dashboardURL: _Url = ""  # noqa: N815 (Grafana's own spelling)
    panelURL: _Url = ""  # noqa: N815
    silenceURL: _Url = ""  # noqa: N815
    valueString: _Url = ""  # noqa: N815


def _number(value: object) -> str:
    return str(value) if type(value) is int and abs(value) < 10**18 else value if isinstance(value, str) else ""


class _GrafanaBody(alertmanager.Body):
    orgId: Annotated[str, BeforeValidator(_number)] = ""  # noqa: N815


def translate(webhook: Webhook) -> Reading:
    """One delivery is one group of alerts. Raises Unreadable when no alert in it can be used."""
    sent, _ = foreign.read(_GrafanaBody, webhook.body, "a Grafana webhook")
    found = usable(_GrafanaNotice, sent.alerts)
    if all(_is_test(each) for each in found.good):
        shown = "a test of the contact point: it arrived, and opens nothing"
        return Reading(ignored=shown, problems=found.problems, unusable=found.unusable)
    sent, ungrouped = alertmanager.grouped(sent, found.good, webhook)
    return Reading(
        alerts=tuple(_alert(each, sent) for each in found.good),
        tenant=alertmanager.tenant(webhook, sent, f"{sent.orgId}/{sent.receiver}"),
        truncated=sent.truncatedAlerts + found.left_out,
        ended_at=alertmanager.ended_at(sent, found.good) if webhook.whole else None,
        problems=found.problems,
        ungrouped=ungrouped,
        unusable=found.unusable,
    )


def _is_test(sent: _GrafanaNotice) -> bool:
    """Its labels and texts may be changed in the dialogue of the button, all but the name."""
    is_grafanas = sent.labels.get("instance") == "Grafana" or sent.annotations.get("summary") == "Notification test"
    return sent.labels.get("alertname") == "TestAlert" and is_grafanas


def _alert(sent: _GrafanaNotice, body: _GrafanaBody) -> SentAlert:
    found = alertmanager.alert(sent, body, _links(sent))
    return SentAlert(**{**vars(found), "name": _name(sent) or found.name, "summary": found.summary or sent.valueString})


def _name(sent: _GrafanaNotice) -> str:
    """DatasourceError and DatasourceNoData stand in for the rule that could not be evaluated."""
    labels = sent.labels
    name, rule = labels.get("alertname", ""), labels.get("rulename", "")
    return f"{rule} ({name})" if rule and name and rule != name else rule or name


def _links(sent: _GrafanaNotice) -> LabelledLinks:
    return (
        ("runbook", annotation(sent.annotations, "runbook_url")),
        ("dashboard", sent.dashboardURL or annotation(sent.annotations, "dashboard_url", "dashboard")),
        ("panel", sent.panelURL),
        ("rule", sent.generatorURL),
        ("silence", sent.silenceURL),
    )


EXAMPLE: JsonValue = {
    "receiver": "tocsin",
    "status": "firing",
    "orgId": 1,
    "groupKey": '{}:{alertname="Checkout latency"}',
    "groupLabels": {"alertname": "Checkout latency"},
    "truncatedAlerts": 0,
    "version": "1",
    "title": "[FIRING:1] Checkout latency (checkout)",
    "state": "alerting",
    "alerts": [
        {
            "status": "firing",
            "labels": {
                "alertname": "Checkout latency",
                "grafana_folder": "Shop",
                "service": "checkout",
                "severity": "critical",
            },
            "annotations": {
                "summary": "Half of all requests take longer than 2 s",
                "runbook_url": "https://wiki.example.com/checkout-latency",
            },
            "startsAt": "2026-11-21T00:03:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://grafana.example.com/alerting/grafana/ee3x/view",
            "fingerprint": "c6eadffa33fcdf37",
            "silenceURL": "https://grafana.example.com/alerting/silence/new?alertmanager=grafana",
            "dashboardURL": "https://grafana.example.com/d/checkout",
            "panelURL": "https://grafana.example.com/d/checkout?viewPanel=4",
            "values": {"A": 2.31, "C": 1},
        }
    ],
}

SOURCE = Source(
    name="grafana",
    about="Grafana alerting's webhook contact point, which signs what it sends, or has an Authorization header. "
    "`?installation=name` keeps several installations apart, which otherwise their external URLs do.",
    translate=translate,
    is_genuine=verify.any_of(
        verify.signature("X-Grafana-Alerting-Signature", timestamp="X-Grafana-Alerting-Timestamp"), verify.token
    ),
    secrets="grafana_secrets",
    group_is="Grafana, its organization, contact point and group key: the same for every delivery of this group",
    examples={"firing": EXAMPLE},
)
