"""What Google Cloud Monitoring's words mean."""

import pytest

from starter.sources import google_cloud
from tests.starter.sources.fixtures.google_cloud import body
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook


@pytest.mark.parametrize(
    ("word", "severity"), [("Critical", "sev1"), ("Error", "sev2"), ("Warning", "sev3"), ("No severity", "sev2")]
)
def test_its_severities_are_known_without_a_map(word: str, severity: str, book: Runbook) -> None:
    found = delivery("google-cloud", body(severity=word), book)
    assert found.problems == ()
    assert found.batches[0].opening.severity == severity


def test_each_of_its_incidents_is_one_here_also_of_one_policy(book: Runbook) -> None:
    sent = (body(), body(incident_id="0.another", resource_name="acme-prod search"))
    first, second = (delivery("google-cloud", each, book).batches[0] for each in sent)
    assert first.workflow_id != second.workflow_id


def test_policies_of_two_projects_are_two_incidents(book: Runbook) -> None:
    sent = (body(), body(scoping_project_id="acme-test"))
    first, second = (delivery("google-cloud", each, book).batches[0] for each in sent)
    assert first.workflow_id != second.workflow_id


def test_the_policys_own_labels_go_before_those_of_the_resource(book: Runbook) -> None:
    sent = body(policy_user_labels={"service": "payments", "code": "any"})
    opening = delivery("google-cloud", sent, book).batches[0].opening
    assert opening.service == "payments"
    assert opening.labels["code"] == "any"


def test_a_test_of_the_channel_opens_nothing() -> None:
    reading = google_cloud.translate(webhook({**body(incident_id="12345"), "version": "test"}))
    assert not reading.alerts
    assert "test" in reading.ignored
