"""What Opsgenie's words mean."""

from typing import Any

import pytest

from starter.sources import opsgenie
from tests.starter.sources.fixtures.opsgenie import firing
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook


def body(action: str = "Create", **changes: Any) -> Any:
    return {**firing, "action": action, "alert": {**firing["alert"], **changes}}


@pytest.mark.parametrize(
    ("priority", "severity"),
    [("P1", "sev1"), ("P2", "sev2"), ("P3", "sev3"), ("P4", "sev4"), ("P5", "sev4"), (3, "sev3"), ("p1", "sev1")],
)
def test_its_priorities_are_known_without_a_map(priority: str | int, severity: str, book: Runbook) -> None:
    found = delivery("opsgenie", body(priority=priority), book)
    assert found.problems == ()
    assert found.batches[0].opening.severity == severity


@pytest.mark.parametrize(
    ("action", "status"),
    [("Create", "firing"), ("UpdatePriority", "firing"), ("Close", "resolved"), ("Delete", "resolved")],
)
def test_an_alert_begins_and_ends(action: str, status: str) -> None:
    assert opsgenie.translate(webhook(body(action))).alerts[0].status == status


@pytest.mark.parametrize("action", ["Acknowledge", "UnAcknowledge", "AddNote", "Snooze", "EscalateNext", "AddTags"])
def test_what_people_do_to_it_there_changes_nothing_here(action: str) -> None:
    reading = opsgenie.translate(webhook(body(action)))
    assert not reading.alerts
    assert action in reading.ignored


def test_a_lowered_priority_opens_nothing_and_a_raised_one_does() -> None:
    lowered = opsgenie.translate(webhook(body("UpdatePriority", priority="P3", oldPriority="P1")))
    assert (lowered.alerts, lowered.ignored) == ((), "its priority was lowered there: it was P1")
    assert opsgenie.translate(webhook(body("UpdatePriority", priority="P1", oldPriority="P3"))).alerts


def test_what_happens_again_under_its_alias_is_the_same(book: Runbook) -> None:
    first, again = (delivery("opsgenie", sent, book).batches[0] for sent in (body(), body(alertId="another")))
    assert first.workflow_id == again.workflow_id
    assert first.alerts[0].fingerprint == again.alerts[0].fingerprint


def test_milliseconds_say_when_it_began(book: Runbook) -> None:
    (alert,) = delivery("opsgenie", body(), book).batches[0].alerts
    assert alert.starts_at.isoformat() == "2026-11-21T00:03:12.104000+00:00"
