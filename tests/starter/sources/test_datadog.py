"""What only Datadog does: variables that are not filled in, and transitions."""

from typing import Any

import pytest

from starter.sources.datadog import DATADOG_PAYLOAD, SOURCE
from starter.sources.reading import Unreadable
from tests.starter.sources.fixtures.datadog import firing
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook


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


def test_each_scope_of_a_monitor_is_an_incident_of_its_own(book: Runbook) -> None:
    assert one(book, scope="host:a").workflow_id != one(book, scope="host:b").workflow_id
    assert one(book, scope="host:a,env:b").workflow_id == one(book, scope="env:b, host:a").workflow_id


def test_without_a_scope_the_cycle_leads_from_its_beginning_to_its_end(book: Runbook) -> None:
    first, end, other = (one(book, scope="", cycle=cycle).workflow_id for cycle in ("c1", "c1", "c2"))
    assert first == end != other


@pytest.mark.parametrize(
    ("transition", "priority", "severity"),
    [("Warn", "P1", "sev3"), ("Re-Warn", "", "sev3"), ("Warn", "P4", "sev4"), ("No Data", "P1", "sev1")],
)
def test_a_warning_is_no_more_than_a_warning(transition: str, priority: str, severity: str, book: Runbook) -> None:
    assert one(book, transition=transition, priority=priority).opening.severity == severity


@pytest.mark.parametrize("title", ["[TEST] [Triggered] CPU", "[Test] CPU"])
def test_its_test_notifications_open_nothing(title: str) -> None:
    reading = SOURCE.translate(webhook({**firing, "title": title}))
    assert not reading.alerts
    assert "test" in reading.ignored


def test_its_own_labels_go_before_its_tags(book: Runbook) -> None:
    assert one(book, tags="monitor, scope:x, transition:y").alerts[0].labels["monitor"] == "4711"


@pytest.mark.parametrize(
    ("title", "scope", "name"),
    [
        ("[Triggered on {service:cart}] Errors high", "service:cart", "Errors high (service:cart)"),
        ("[P1] [Re-Triggered] [prod] Errors high", "*", "[prod] Errors high"),
        ("", "*", "Datadog monitor 4711"),
    ],
)
def test_a_title_is_the_monitors_and_says_where(title: str, scope: str, name: str, book: Runbook) -> None:
    assert one(book, title=title, scope=scope).alerts[0].name == name


def test_tags_become_labels_and_name_the_service(book: Runbook) -> None:
    found = one(book, tags="env:prod, service:checkout,urgent, url:https://x.example.com:8080")
    assert found.opening.service == "checkout"
    labels = found.alerts[0].labels
    assert (labels["env"], labels["urgent"], labels["url"]) == ("prod", "true", "https://x.example.com:8080")


def test_the_payload_to_paste_has_every_field_that_is_read() -> None:
    assert set(DATADOG_PAYLOAD) == set(firing)


@pytest.mark.parametrize("field", ["monitor", "transition"])
def test_a_variable_that_was_not_filled_in_is_as_good_as_missing(field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        SOURCE.translate(webhook({**firing, field: DATADOG_PAYLOAD[field]}))
    assert refused.value.problems[0].field == field


def test_the_payload_with_nothing_filled_in_is_refused() -> None:
    with pytest.raises(Unreadable):
        SOURCE.translate(webhook(DATADOG_PAYLOAD))


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


@pytest.mark.parametrize(
    ("scope", "tags", "service"),
    [("service:cart,host:a", "monitor", "cart"), ("service:cart", "service:shop", "shop"), ("*", "monitor", "")],
)
def test_the_scope_names_the_service_where_no_tag_does(scope: str, tags: str, service: str, book: Runbook) -> None:
    batch = one(book, scope=scope, tags=tags)
    assert batch.opening.service == service
    assert "*" not in batch.alerts[0].labels
