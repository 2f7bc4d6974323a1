"""What Azure Monitor's words mean."""

from typing import Any

import pytest

from starter.sources import azure
from tests.starter.sources.fixtures.azure import body
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook import Runbook


@pytest.mark.parametrize(
    ("word", "severity"), [("Sev0", "sev1"), ("Sev1", "sev1"), ("Sev2", "sev2"), ("Sev3", "sev3"), ("Sev4", "sev4")]
)
def test_its_severities_are_taken_at_their_word_and_sev0_is_ours_of_outages(
    word: str, severity: str, book: Runbook
) -> None:
    found = delivery("azure", body(severity=word), book)
    assert found.problems == ()
    assert found.batches[0].opening.severity == severity


def test_what_the_runbook_says_goes_first(book: Runbook) -> None:
    intake = book.intake.model_copy(update={"severities": {"Sev0": "sev3"}})
    found = delivery("azure", body(severity="Sev0"), book.model_copy(update={"intake": intake}))
    assert found.batches[0].opening.severity == "sev3"


def test_every_breach_of_a_rule_is_an_alert_of_the_same_incident(book: Runbook) -> None:
    breach: Any = body()["data"]["essentials"]["alertId"].replace("b9569717", "d0000000")
    first, second = (delivery("azure", sent, book).batches[0] for sent in (body(), body(alertId=breach)))
    assert first.workflow_id == second.workflow_id
    assert first.alerts[0].fingerprint != second.alerts[0].fingerprint


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
