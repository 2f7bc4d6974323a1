"""Azure Monitor's common alert schema: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema

An action group's webhook can be given an address and no header: the token is a part of the address.
"""

import re
from datetime import datetime

from pydantic import JsonValue

from starter import verify
from starter.sources import foreign, text
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source
from workflows.policy.runbook import SeverityName

PORTAL = "https://portal.azure.com/#view/Microsoft_Azure_Monitoring_Alerts/AlertDetails.ReactView/alertId/"
SEVERITIES: dict[str, SeverityName] = {"sev0": "sev1"}
"""Sev1 to Sev4 are words of our own, too, and taken at their word."""
_TESTED = "/subscriptions/11111111-1111-1111-1111-111111111111/"
"""What the button `Test action group` sends is of this subscription, which is nobody's."""
_SUBSCRIPTION = re.compile(r"/subscriptions/(?P<id>[^/]+)/", re.IGNORECASE)


class _Essentials(Foreign):
    alertId: str  # noqa: N815 (Azure's own spelling)
    alertRule: str = ""  # noqa: N815
    alertRuleID: str = ""  # noqa: N815
    severity: str = ""
    signalType: str = ""  # noqa: N815
    monitorCondition: str = ""  # noqa: N815
    monitoringService: str = ""  # noqa: N815
    alertTargetIDs: list[str] = []  # noqa: N815
    configurationItems: list[str] = []  # noqa: N815
    firedDateTime: datetime | None = None  # noqa: N815
    description: str = ""
    investigationLink: str = ""  # noqa: N815


class _Data(Foreign):
    essentials: _Essentials
    customProperties: foreign.AnyMap = {}  # noqa: N815


class _Body(Foreign):
    data: _Data


def translate(webhook: Webhook) -> Reading:
    """One delivery is one alert. Raises Unreadable without its id."""
    sent, problems = foreign.read(_Body, webhook.body, "of Azure Monitor's common alert schema")
    essentials = sent.data.essentials
    if not essentials.alertId.strip():
        raise Unreadable("no alert could be used", (FieldProblem("data.essentials.alertId", "is empty"), *problems))
    if essentials.alertId.startswith(_TESTED):
        return Reading(ignored="a test of the action group: it arrived, and opens nothing", problems=problems)
    subscription = _SUBSCRIPTION.search(essentials.alertId)
    return Reading(
        (_alert(essentials, _texts(sent.data.customProperties)),),
        tenant=subscription["id"].lower() if subscription else "",
        problems=problems,
    )


def _alert(sent: _Essentials, properties: dict[str, str]) -> SentAlert:
    name = sent.alertRule.rpartition("/")[2]  # some services give the rule's whole address
    link = sent.investigationLink or PORTAL + sent.alertId.replace("/", "%2F")
    return SentAlert(
        # A rule watches many things, and makes a new alert of each breach: together they are one problem.
        group=(sent.alertRuleID or sent.alertRule or sent.alertId).lower(),
        fingerprint=text.fingerprint({"alertId": sent.alertId.lower()}),
        name=name or "Azure alert",
        status="resolved" if sent.monitorCondition.strip().lower() == "resolved" else "firing",
        summary=sent.description or ", ".join(sent.configurationItems),
        severity=sent.severity,
        severity_field="data.essentials.severity",
        severity_otherwise=SEVERITIES.get(sent.severity.strip().lower()),
        service=properties.get("service", ""),
        labels=_labels(sent) | properties,
        starts_at=sent.firedDateTime,
        link=link,
        links=(("alert", link), ("runbook", properties.get("runbook_url", ""))),
    )


def _labels(sent: _Essentials) -> dict[str, str]:
    known = {
        "rule": sent.alertRule,
        "signal": sent.signalType,
        "monitoring": sent.monitoringService,
        "resource": ", ".join(sent.configurationItems),
        "target": ", ".join(sent.alertTargetIDs),
    }
    return {name: value for name, value in known.items() if value}


def _texts(properties: dict[str, JsonValue]) -> dict[str, str]:
    return {name: value for name, value in properties.items() if isinstance(value, str)}


EXAMPLE: JsonValue = {
    "schemaId": "azureMonitorCommonAlertSchema",
    "data": {
        "essentials": {
            "alertId": "/subscriptions/5a1f0c7e-acme/providers/Microsoft.AlertsManagement/alerts/b9569717-bc32",
            "alertRule": "checkout-5xx",
            "severity": "Sev1",
            "signalType": "Metric",
            "monitorCondition": "Fired",
            "monitoringService": "Platform",
            "alertTargetIDs": [
                "/subscriptions/5a1f0c7e-acme/resourcegroups/shop/providers/microsoft.web/sites/checkout"
            ],
            "configurationItems": ["checkout"],
            "originAlertId": "5a1f0c7e_shop_microsoft.insights_metricalerts_checkout-5xx_-1172812",
            "firedDateTime": "2026-11-21T00:03:12.4943468Z",
            "description": "Customers see HTTP 500 when they pay",
            "essentialsVersion": "1.0",
            "alertContextVersion": "1.0",
        },
        "alertContext": {"conditionType": "SingleResourceMultipleMetricCriteria"},
        "customProperties": {"service": "checkout", "runbook_url": "https://wiki.example.com/checkout"},
    },
}

SOURCE = Source(
    name="azure",
    about="Azure Monitor's action groups, with the common alert schema. The address ends in `?token=`: they cannot "
    "send a header.",
    translate=translate,
    is_genuine=verify.in_query("token"),
    secrets="azure_tokens",
    group_is="Azure's subscription and alert rule; each breach of the rule is an alert of its own",
    examples={"fired": EXAMPLE},
)
