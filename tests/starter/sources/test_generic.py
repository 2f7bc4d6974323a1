"""Tocsin's own webhook: what may be sent, and what each field becomes."""

from typing import Any

import pytest

from starter.intake.grouping import Delivery
from starter.sources.generic import EXAMPLE
from starter.sources.reading import Unreadable
from tests.starter.sources.webhooks import NOW, delivery
from workflows.policy.runbook.model import Runbook


def read(body: Any, book: Runbook) -> Delivery:
    return delivery("generic", body, book)


def test_the_documented_example_is_understood(book: Runbook) -> None:
    [batch] = read(EXAMPLE, book).batches
    assert batch.opening.severity == "sev1"
    assert batch.opening.service == "checkout"
    assert batch.opening.title.startswith("Checkout fails for one in five customers")
    assert batch.opening.links == (("link", "https://dashboards.example.com/checkout"),)
    assert batch.alerts[0].labels == {"region": "eu-1", "service": "checkout"}


def test_key_and_title_are_enough(book: Runbook) -> None:
    [batch] = read({"key": "k", "title": "t"}, book).batches
    assert batch.alerts[0].status == "firing"
    assert batch.alerts[0].starts_at == NOW
    assert batch.opening.severity == "sev2"


def test_the_same_key_is_the_same_alert_of_the_same_incident(book: Runbook) -> None:
    [first] = read({"key": "k", "title": "t"}, book).batches
    [again] = read({"key": "k", "title": "other words", "status": "Resolved"}, book).batches
    assert first.workflow_id == again.workflow_id
    assert first.alerts[0].fingerprint == again.alerts[0].fingerprint
    assert again.alerts[0].status == "resolved"


def test_alerts_of_one_group_are_one_incident_and_others_are_not(book: Runbook) -> None:
    sent = [{"key": str(number), "title": "t", "group": "g" if number < 2 else ""} for number in range(4)]
    assert [len(batch.alerts) for batch in read({"alerts": sent}, book).batches] == [2, 1, 1]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "key"),
        ({"key": "k"}, "title"),
        ({"key": "", "title": "t"}, "key"),
        ({"alerts": []}, "alerts"),
        ({"alerts": {}}, "alerts"),
        ({"alerts": [{"key": "k"}]}, "alerts[0].title"),
        ([], ""),
        (None, ""),
    ],
)
def test_a_body_without_a_usable_alert_is_refused_by_its_field(body: Any, field: str, book: Runbook) -> None:
    with pytest.raises(Unreadable) as refused:
        read(body, book)
    assert field in [problem.field for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"status": "exploded"}, "status"),
        ({"starts_at": "yesterday"}, "starts_at"),
        ({"labels": ["a"]}, "labels"),
        ({"labels": {"region": "eu", "of": {"a": 1}}}, "labels.of"),
        ({"link": {"href": "https://example.com"}}, "link"),
    ],
)
def test_a_wrong_field_costs_the_field_and_not_the_alert(wrong: Any, field: str, book: Runbook) -> None:
    found = read({"key": "k", "title": "t", **wrong}, book)
    assert [problem.field for problem in found.problems] == [field]
    assert [alert.status for alert in found.batches[0].alerts] == ["firing"]


def test_a_bad_alert_is_named_and_loses_no_good_one(book: Runbook) -> None:
    found = read({"alerts": [{"key": "k"}, {"key": "k", "title": "t"}]}, book)
    assert [problem.field for problem in found.problems] == ["alerts[0].title"]
    assert len(found.batches) == 1


def test_a_severity_that_the_runbook_does_not_know_is_said_and_not_refused(book: Runbook) -> None:
    found = read({"key": "k", "title": "t", "severity": "apocalyptic"}, book)
    assert found.batches[0].opening.severity == "sev2"
    assert [problem.field for problem in found.problems] == ["severity"]


def test_what_is_no_json_is_said_to_be_none(book: Runbook) -> None:
    with pytest.raises(Unreadable) as refused:
        read(b"key=k", book)
    assert not refused.value.is_json
