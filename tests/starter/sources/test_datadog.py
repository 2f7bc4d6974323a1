"""What only Datadog does: variables that are not filled in, and transitions."""

from typing import Any

import pytest

from starter.sources.datadog import PAYLOAD, SOURCE
from starter.sources.reading import Unreadable
from tests.starter.sources.fixtures.datadog import firing
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook import Runbook


def one(book: Runbook, **changed: Any) -> Any:
    (batch,) = delivery("datadog", {**firing, **changed}, book).batches
    return batch


@pytest.mark.parametrize(
    ("transition", "status"),
    [
        ("Triggered", "firing"),
        ("Re-Triggered", "firing"),
        ("Renotify", "firing"),
        ("No Data", "firing"),
        ("Warn", "firing"),
        ("Recovered", "resolved"),
        ("recovered", "resolved"),
    ],
)
def test_only_recovered_is_an_end(transition: str, status: str, book: Runbook) -> None:
    assert one(book, transition=transition).alerts[0].status == status


def test_each_scope_of_a_monitor_is_an_alert_of_one_incident(book: Runbook) -> None:
    first, second = one(book, scope="host:a"), one(book, scope="host:b")
    assert first.workflow_id == second.workflow_id
    assert first.alerts[0].fingerprint != second.alerts[0].fingerprint


def test_tags_become_labels_and_name_the_service(book: Runbook) -> None:
    found = one(book, tags="env:prod, service:checkout,urgent, url:https://x.example.com:8080")
    assert found.opening.service == "checkout"
    labels = found.alerts[0].labels
    assert (labels["env"], labels["urgent"], labels["url"]) == ("prod", "true", "https://x.example.com:8080")


def test_the_payload_to_paste_has_every_field_that_is_read() -> None:
    assert set(PAYLOAD) == set(firing)


@pytest.mark.parametrize("field", ["monitor", "transition"])
def test_a_variable_that_was_not_filled_in_is_as_good_as_missing(field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        SOURCE.translate(webhook({**firing, field: PAYLOAD[field]}))
    assert refused.value.problems[0].field == field


def test_the_payload_with_nothing_filled_in_is_refused() -> None:
    with pytest.raises(Unreadable):
        SOURCE.translate(webhook(PAYLOAD))


def test_what_has_no_value_is_not_shown(book: Runbook) -> None:
    found = one(book, priority="null", tags="$TAGS", link="$LINK")
    assert delivery("datadog", {**firing, "priority": "null"}, book).problems == ()
    assert found.opening.links == ()


def test_datadogs_own_payload_is_refused_and_what_to_paste_is_named() -> None:
    default = {"id": "1", "title": "[Triggered] CPU", "last_updated": "1795219392000", "event_type": "metric_alert"}
    with pytest.raises(Unreadable, match=r"docs/sources/datadog\.md"):
        SOURCE.translate(webhook(default))


@pytest.mark.parametrize(("priority", "severity"), [("P1", "sev1"), ("P3", "sev3"), ("P5", "sev4"), ("", "sev2")])
def test_a_priority_is_a_severity(priority: str, severity: str, book: Runbook) -> None:
    assert one(book, priority=priority).opening.severity == severity


def test_what_the_runbook_says_of_a_priority_goes_first(book: Runbook) -> None:
    intake = book.intake.model_copy(update={"severities": {"P1": "sev4"}})
    assert one(book.model_copy(update={"intake": intake}), priority="P1").opening.severity == "sev4"
