"""What Azure Monitor's words mean."""

from typing import Any

import pytest

from starter.sources import azure
from tests.starter.sources.fixtures.azure import body
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook


@pytest.mark.parametrize(
    ("word", "severity"), [("Sev0", "sev1"), ("Sev1", "sev2"), ("Sev2", "sev3"), ("Sev3", "sev4"), ("Sev4", "sev4")]
)
def test_its_scale_begins_with_sev0(word: str, severity: str, book: Runbook) -> None:
    found = delivery("azure", body(severity=word), book)
    assert found.problems == ()
    assert found.batches[0].opening.severity == severity


def test_what_the_runbook_says_goes_first(book: Runbook) -> None:
    intake = book.intake.model_copy(update={"severities": {"Sev0": "sev3"}})
    found = delivery("azure", body(severity="Sev0"), book.model_copy(update={"intake": intake}))
    assert found.batches[0].opening.severity == "sev3"


BREACH: Any = body()["data"]["essentials"]["alertId"].replace("b9569717", "d0000000")
OTHER_GROUP = ["/subscriptions/5a1f0c7e-acme/resourcegroups/lab/providers/microsoft.web/sites/checkout"]


def ids(book: Runbook, *sent: Any) -> set[str]:
    return {delivery("azure", each, book).batches[0].workflow_id for each in sent}


def test_each_metric_alert_is_an_incident_of_its_own(book: Runbook) -> None:
    assert len(ids(book, body(), body(alertId=BREACH))) == 2


def test_what_has_a_new_id_each_time_is_known_by_rule_resource_group_target_and_dimensions(book: Runbook) -> None:
    log: Any = {"signalType": "Log"}
    assert len(ids(book, body(**log), body(**log, alertId=BREACH))) == 1
    assert len(ids(book, body(**log), body(**log, alertTargetIDs=OTHER_GROUP))) == 2
    assert len(ids(book, body(**log), body(**log, targetResourceGroup="lab"))) == 2
    split = [
        with_context({"condition": {"allOf": [{"dimensions": [{"name": "host", "value": host}]}]}}, **log)
        for host in "ab"
    ]
    assert len(ids(book, *split)) == 2


def with_context(context: Any, **essentials: Any) -> Any:
    sent = body(**essentials)
    return {**sent, "data": {**sent["data"], "alertContext": context}}


HEALTH: Any = {"signalType": "Activity Log", "monitoringService": "ServiceHealth", "severity": "Sev4"}
RESOURCE: Any = {**HEALTH, "monitoringService": "Resource Health"}


@pytest.mark.parametrize(
    ("essentials", "context", "status"),
    [
        ({"monitorCondition": "Deactivated"}, {}, "resolved"),
        ({"monitorCondition": "resolved "}, {}, "resolved"),
        (HEALTH, {"properties": {"stage": "Active"}}, "firing"),
        (HEALTH, {"properties": {"stage": "Planned"}, "status": "Active"}, "firing"),
        (HEALTH, {"properties": {"stage": "Resolved"}}, "resolved"),
        (HEALTH, {"properties": {"stage": "RCA"}}, "resolved"),
        (HEALTH, {"status": "Resolved"}, "resolved"),
        (RESOURCE, {"properties": {"currentHealthStatus": "Unavailable"}, "status": "Active"}, "firing"),
        (RESOURCE, {"properties": {"currentHealthStatus": "Available"}}, "resolved"),
        ({}, {"properties": {"currentHealthStatus": "Available"}}, "firing"),
        ({}, {"status": "Resolved", "properties": None}, "firing"),
        ({}, ["odd"], "firing"),
    ],
)
def test_how_an_alert_ends(essentials: Any, context: Any, status: str, book: Runbook) -> None:
    (alert,) = delivery("azure", with_context(context, **essentials), book).batches[0].alerts
    assert alert.status == status


def test_the_end_of_a_health_event_finds_its_beginning_although_it_is_another_alert(book: Runbook) -> None:
    begins = with_context({"properties": {"stage": "Active", "trackingId": "T1"}}, **HEALTH)
    ends = with_context({"properties": {"stage": "Resolved", "trackingId": "T1"}}, **HEALTH, alertId=BREACH)
    other = with_context({"properties": {"stage": "Active", "trackingId": "T2"}}, **HEALTH)
    assert len(ids(book, begins, ends)) == 1
    assert len(ids(book, begins, other)) == 2


@pytest.mark.parametrize(
    ("context", "essentials", "title"),
    [
        (
            {
                "condition": {
                    "allOf": [{"metricName": "CPU", "operator": "GreaterThan", "threshold": "25", "metricValue": 31}]
                }
            },
            {"description": ""},
            "checkout-5xx: CPU is 31, GreaterThan 25, on checkout",
        ),
        ({}, {"description": ""}, "checkout-5xx: fired on checkout"),
        (
            {"properties": {"title": "SQL is slow in West Europe"}},
            {**HEALTH, "description": ""},
            "SQL is slow in West Europe",
        ),
        ({}, {"alertRule": "", "description": ""}, "Azure: trouble with checkout"),
    ],
)
def test_a_title_says_what_is_wrong(context: Any, essentials: Any, title: str, book: Runbook) -> None:
    opening = delivery("azure", with_context(context, **essentials), book).batches[0].opening
    assert opening.title.startswith(title)


def test_rules_of_the_same_name_in_two_subscriptions_are_two_incidents(book: Runbook) -> None:
    other = body()["data"]["essentials"]["alertId"].replace("5a1f0c7e", "6b2f0c7e")
    first, second = (delivery("azure", sent, book).batches[0] for sent in (body(), body(alertId=other)))
    assert first.workflow_id != second.workflow_id


def test_custom_properties_name_the_service_and_the_runbook(book: Runbook) -> None:
    opening = delivery("azure", body(), book).batches[0].opening
    assert opening.service == "checkout"
    assert ("runbook", "https://wiki.example.com/checkout") in opening.links


def test_the_test_button_opens_nothing() -> None:
    nobodys = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.AlertsManagement/alerts/1234"
    reading = azure.translate(webhook(body(alertId=nobodys, alertRule="test-metricAlertRule")))
    assert not reading.alerts
    assert "test" in reading.ignored
