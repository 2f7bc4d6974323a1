"""Azure Monitor's common alert schema: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema

An action group's webhook can be given an address and no header: the token is a part of the address.
"""

import json
import re
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, JsonValue, ValidationError

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source
from workflows.policy.runbook.names import Meaning

PORTAL = "https://portal.azure.com/#view/Microsoft_Azure_Monitoring_Alerts/AlertDetails.ReactView/alertId/"
SEVERITIES: dict[str, Meaning] = {"sev0": "sev1", "sev1": "sev2", "sev2": "sev3", "sev3": "sev4", "sev4": "sev4"}
"""Critical, error, warning, informational, verbose: one lower than our words of the same name. The last two do not say
that nothing is wrong: Sev3 is what a rule has whose author chose none, and all activity and health alerts are Sev4.
https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview
"""
ENDED_CONDITIONS = ("resolved", "deactivated", "complete", "completed", "canceled", "rca")
"""Of `monitorCondition`, and of the status and stage that Azure's health alerts have besides, which stay `Fired`."""
_TESTED = re.compile(r"/subscriptions/11111111-1111-1111-1111-111111111111/|.*/Test_Alert$", re.IGNORECASE)
"""What the button `Test action group` sends is of this subscription, which is nobody's, or of this name."""
_RESOURCE_GROUP = re.compile(r"/resourcegroups/(?P<name>[^/]+)", re.IGNORECASE)
_SAY_NO_END = ("activity log", "servicehealth", "service health", "resource health", "log a", "application insights",
    "cost", "budget")  # fmt: skip
"""Beginnings of `monitoringService` of alerts that are fired and not resolved: they have no state. Whether a log alert
has one (`Log Analytics`, `Log Alerts V2`) is a setting of its rule that is not in the body.
https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview#alerts-and-state
"""
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
    targetResourceGroup: str = ""  # noqa: N815
    configurationItems: list[str] = []  # noqa: N815
    firedDateTime: datetime | None = None  # noqa: N815
    description: str = ""
    investigationLink: str = ""  # noqa: N815


class _AzureDimension(Foreign):
    name: foreign.AnyText = ""
    value: foreign.AnyText = ""


class _Criterion(Foreign):
    metricName: str = ""  # noqa: N815
    operator: str = ""
    threshold: str = ""
    metricValue: str = ""  # noqa: N815
    dimensions: list[_AzureDimension] = []


class _AzureCondition(Foreign):
    allOf: list[_Criterion] = []  # noqa: N815


class _Context(Foreign):
    condition: _AzureCondition = _AzureCondition()
    properties: foreign.AnyMap = {}
    status: foreign.AnyText = ""


def _readable(context: object) -> object:
    """Each kind of alert has another: of one that cannot be read the essentials are left."""
    try:
        return _Context.model_validate(context)
    except ValidationError:
        return _Context()


class _AzureData(Foreign):
    essentials: _Essentials
    alertContext: Annotated[_Context, BeforeValidator(_readable)] = _Context()  # noqa: N815
    customProperties: foreign.AnyMap = {}  # noqa: N815


class _AzureBody(Foreign):
    data: _AzureData


def translate(webhook: Webhook) -> Reading:
    """One delivery is one alert. Raises Unreadable without its id."""
    sent, problems = foreign.read(_AzureBody, webhook.body, "of Azure Monitor's common alert schema")
    essentials = sent.data.essentials
    if not essentials.alertId.strip():
        raise Unreadable("no alert could be used", (FieldProblem("data.essentials.alertId", "is empty"), *problems))
    if _TESTED.match(essentials.alertId):
        return Reading(ignored="a test of the action group: it arrived, and opens nothing", problems=problems)
    subscription = _SUBSCRIPTION.search(essentials.alertId)
    return Reading(
        (_alert(essentials, sent.data.alertContext, _texts(sent.data.customProperties)),),
        tenant=subscription["id"].lower() if subscription else "",
        problems=problems,
    )


def _alert(sent: _Essentials, context: _Context, properties: dict[str, str]) -> SentAlert:
    group = _group(sent, context)
    link = sent.investigationLink or PORTAL + sent.alertId.replace("/", "%2F")
    return SentAlert(
        group=group,
        fingerprint=text.fingerprint({"alert": group}),
        name=_name(sent, context),
        status="resolved" if _has_ended(sent, context) else "firing",
        summary=sent.description or _seen(sent, context),
        severity=sent.severity,
        severity_field="data.essentials.severity",
        severity_otherwise=SEVERITIES.get(sent.severity.strip().lower()),
        service=properties.get("service", ""),
        labels=text.owned(_labels(sent), properties),
        starts_at=sent.firedDateTime,
        ends="never" if _says_no_end(sent) else "by-sender",
        link=link,
        links=(("alert", link), ("runbook", properties.get("runbook_url", ""))),
    )


def _group(sent: _Essentials, context: _Context) -> str:
    """A metric alert bears its own id until it is resolved. The others get a new one each time that they are told of:
    those are the same by the rule with its resource group, what it watches, and what the alert is about there."""
    if sent.signalType.strip().lower() == "metric":
        return sent.alertId.lower()
    rule = sent.alertRuleID or sent.alertRule
    if not rule:
        return sent.alertId.lower()
    targets = sorted(sent.alertTargetIDs) or sorted(sent.configurationItems)
    dimensions = [(each.name, each.value) for criterion in context.condition.allOf for each in criterion.dimensions]
    about = _texts(context.properties).get("trackingId", "")
    resources = sent.targetResourceGroup or _resource_group(sent)
    return json.dumps([rule, resources, targets, sorted(dimensions), about]).lower()


def _resource_group(sent: _Essentials) -> str:
    found = next(
        (found for each in (sent.alertRuleID, *sent.alertTargetIDs) if (found := _RESOURCE_GROUP.search(each))), None
    )
    return found["name"] if found else ""


def _has_ended(sent: _Essentials, context: _Context) -> bool:
    properties = _texts(context.properties)
    said = (sent.monitorCondition, context.status, properties.get("stage", ""))
    is_health = "health" in sent.monitoringService.lower()
    if is_health and properties.get("currentHealthStatus", "").strip().lower() == "available":
        return True
    return any(word.strip().lower() in ENDED_CONDITIONS for word in (said if is_health else said[:1]))


def _name(sent: _Essentials, context: _Context) -> str:
    """Health alerts say themselves what is wrong; the rest, the rule is called after."""
    rule = sent.alertRule.rpartition("/")[2]  # some services give the rule's whole address
    return (
        _texts(context.properties).get("title", "") or rule or sent.description or f"Azure: trouble with {_where(sent)}"
    )


def _seen(sent: _Essentials, context: _Context) -> str:
    """Such as `Percentage CPU is 31.1, GreaterThan 25, on vm-1`."""
    where = _where(sent)
    for each in context.condition.allOf[:1]:
        if each.metricName:
            value = f" is {each.metricValue}," if each.metricValue else ""
            return f"{each.metricName}{value} {each.operator} {each.threshold}".strip() + f", on {where}"
    return f"fired on {where}"


def _where(sent: _Essentials) -> str:
    return (
        ", ".join(sent.configurationItems or [each.rpartition("/")[2] for each in sent.alertTargetIDs]) or "a resource"
    )


def _says_no_end(sent: _Essentials) -> bool:
    """Some say how it ends all the same, in words of their own; whoever says nothing more does not mean that it goes
    on."""
    service = sent.monitoringService.strip().lower()
    return sent.signalType.strip().lower() == "activity log" or service.startswith(_SAY_NO_END)


def _labels(sent: _Essentials) -> dict[str, str]:
    return {
        "rule": sent.alertRule,
        "signal": sent.signalType,
        "monitoring": sent.monitoringService,
        "resource": ", ".join(sent.configurationItems),
        "target": ", ".join(sent.alertTargetIDs),
    }


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
    group_is="Azure's subscription and alert; of what is no metric alert, the rule with its resource group and target",
    examples={"fired": EXAMPLE},
)
