"""What the runbook's intake makes of a reading."""

from datetime import UTC, datetime
from typing import Any

import pytest

from starter import grouping
from starter.sources.reading import Reading, SentAlert
from tests.starter.sources.webhooks import NOW
from workflows.policy.runbook import Runbook


def opening(book: Runbook, word: str = "", **alert: Any) -> Any:
    sent = SentAlert(group="g", fingerprint="f", name="Down", **alert)
    reading = grouping.with_severity(Reading((sent,)), word, book.intake)
    (batch,) = grouping.group("test", reading, book, NOW).batches
    return batch.opening


@pytest.mark.parametrize(
    ("alert", "word", "severity"),
    [
        ({}, "", "sev2"),  # the runbook's default
        ({}, "critical", "sev1"),  # the address says so
        ({}, "CRITICAL", "sev1"),
        ({}, "odd", "sev2"),
        ({"severity": "warning"}, "critical", "sev3"),  # the alert knows better
        ({"labels": {"severity": "warning"}}, "critical", "sev3"),
        ({"severity": "Warning"}, "", "sev3"),
        ({"severity": " SEV4 "}, "", "sev4"),
    ],
)
def test_how_grave_an_incident_is(alert: dict[str, Any], word: str, severity: str, book: Runbook) -> None:
    assert opening(book, word, **alert).severity == severity


def test_a_time_without_a_zone_is_utc(book: Runbook) -> None:
    naive = datetime(2026, 11, 21, 0, 3)  # noqa: DTZ001
    assert opening(book, starts_at=naive).detected_at == naive.replace(tzinfo=UTC)


def test_a_named_service_beats_a_label(book: Runbook) -> None:
    found = opening(book, service="checkout", labels={"service": "other", "job": "api"})
    assert (found.service, found.labels["service"]) == ("checkout", "checkout")


def test_a_named_service_is_among_the_labels_that_are_kept(book: Runbook) -> None:
    assert opening(book, service="checkout", labels={f"l{n}": "x" for n in range(500)}).service == "checkout"
