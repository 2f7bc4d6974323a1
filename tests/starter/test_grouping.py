"""What the runbook's intake makes of a reading."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from starter.intake.grouping import Delivery, group
from starter.intake.interpreting import interpret, with_severity
from starter.sources.credentials import masked, without_credentials
from starter.sources.reading import Reading, SentAlert
from tests.starter.sources.webhooks import NOW
from workflows.policy.runbook.intake import Intake
from workflows.policy.runbook.model import Runbook


def opening(book: Runbook, word: str = "", **alert: Any) -> Any:
    sent = SentAlert(group="g", fingerprint="f", name="Down", **alert)
    reading = with_severity(Reading((sent,)), word, book.intake)
    (batch,) = group(interpret("test", reading, book, NOW)).batches
    return batch.opening


@pytest.mark.parametrize(
    ("stated", "began", "dated"),
    [
        (timedelta(hours=-1), timedelta(hours=-1), True),
        (None, timedelta(), False),
        (timedelta(seconds=1), timedelta(seconds=1), True),  # the repeat says the same
        (timedelta(minutes=5), timedelta(minutes=5), True),
        (timedelta(minutes=6), timedelta(), False),
        (datetime(1, 1, 1, tzinfo=UTC) - NOW, timedelta(), False),
    ],
)
def test_when_it_began(stated: timedelta | None, began: timedelta, dated: bool, book: Runbook) -> None:
    sent = SentAlert(group="g", fingerprint="f", name="Down", starts_at=None if stated is None else NOW + stated)
    (batch,) = group(interpret("test", Reading((sent,)), book, NOW)).batches
    assert (batch.alerts[0].starts_at - NOW, batch.alerts[0].dated) == (began, dated)
    assert batch.opening.detected_at == min(NOW + began, NOW)


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
        ({"severity": "Sev-1"}, "", "sev1"),
        ({"severity": "very odd", "severity_otherwise": "sev4"}, "", "sev4"),  # its sender knows
        ({"severity": "warning", "severity_otherwise": "sev4"}, "", "sev3"),  # the runbook knows better
        ({"severity": "sev1", "severity_otherwise": "sev2"}, "", "sev2"),  # the sender's own scale, not ours
    ],
)
def test_how_grave_an_incident_is(alert: dict[str, Any], word: str, severity: str, book: Runbook) -> None:
    assert opening(book, word, **alert).severity == severity


@pytest.mark.parametrize(
    ("alert", "field"),
    [
        ({"severity": "p11", "severity_field": "priority"}, "priority"),
        ({"labels": {"severity": "p11"}}, "labels.severity"),
    ],
)
def test_a_word_that_nobody_knows_is_named_wherever_it_stands(alert: dict[str, Any], field: str, book: Runbook) -> None:
    twice = Reading(tuple(SentAlert(group="g", fingerprint=name, name="Down", **alert) for name in "ab"))
    (problem,) = group(interpret("test", twice, book, NOW)).problems
    assert problem.field == field
    assert problem.message.startswith("nobody knows the word 'p11'")
    assert problem.message.endswith("taken as sev2")


def test_a_time_without_a_zone_is_utc(book: Runbook) -> None:
    naive = datetime(2026, 11, 21, 0, 3)  # noqa: DTZ001
    assert opening(book, starts_at=naive).detected_at == naive.replace(tzinfo=UTC)


def test_what_has_resolved_has_no_say_in_how_an_incident_opens(book: Runbook) -> None:
    earlier = NOW - timedelta(hours=3)
    over = SentAlert(group="g", fingerprint="a", name="Gone", status="resolved", severity="sev1", starts_at=earlier)
    fires = SentAlert(group="g", fingerprint="b", name="Down", severity="sev3", starts_at=NOW, labels={"pod": "b"})
    (batch,) = group(interpret("test", Reading((over, fires)), book, NOW)).batches
    found = batch.opening
    assert (found.severity, found.title, found.detected_at, found.labels) == ("sev3", "Down", NOW, {"pod": "b"})


def test_a_named_service_beats_a_label(book: Runbook) -> None:
    found = opening(book, service="checkout", labels={"service": "other", "job": "api"})
    assert (found.service, found.labels["service"]) == ("checkout", "checkout")


def test_a_named_service_is_among_the_labels_that_are_kept(book: Runbook) -> None:
    assert opening(book, service="checkout", labels={f"l{n}": "x" for n in range(500)}).service == "checkout"


def grouped(book: Runbook, *alerts: SentAlert, tenant: str = "", source: str = "test", **intake: Any) -> Delivery:
    """What becomes of alerts by a runbook whose intake says this."""
    changed = book.model_copy(update={"intake": Intake.model_validate(intake)})
    return group(interpret(source, Reading(alerts, tenant=tenant), changed, NOW))


def sent(fingerprint: str = "f", group: str = "g", **labels: str) -> SentAlert:
    return SentAlert(group=group, fingerprint=fingerprint, name="Down", labels=labels)


def incidents(delivery: Delivery) -> list[list[str]]:
    return [[alert.fingerprint for alert in batch.alerts] for batch in delivery.batches]


class TestGroupBy:
    """One incident for each combination of values of the runbook's labels; otherwise the sender's own groups."""

    @pytest.mark.parametrize(
        ("group_by", "found"),
        [
            ([], [["a", "b"], ["c"]]),
            (["service"], [["a", "c"], ["b"]]),
            (["region"], [["a", "b"], ["c"]]),
            (["service", "region"], [["a"], ["b"], ["c"]]),
            (["alertname"], [["a", "b", "c"]]),
            (["source"], [["a", "b", "c"]]),
            # A label that only some have is empty for the others, as long as these have another one.
            (["service", "team"], [["a"], ["b"], ["c"]]),
        ],
    )
    def test_labels_decide(self, group_by: list[str], found: list[list[str]], book: Runbook) -> None:
        alerts = (
            sent("a", "g1", service="checkout", region="eu"),
            sent("b", "g1", service="search", region="eu"),
            sent("c", "g2", service="checkout", region="us", team="pay"),
        )
        assert incidents(grouped(book, *alerts, group_by=group_by)) == found

    def test_alerts_that_have_none_of_them_stay_in_their_senders_groups_and_that_is_said(self, book: Runbook) -> None:
        delivery = grouped(book, sent("a", "g1"), sent("b", "g2"), sent("c", "g2", region="eu"), group_by=["region"])
        assert incidents(delivery) == [["a"], ["b"], ["c"]]
        assert [problem.message for problem in delivery.problems] == [
            "alerts without region were grouped as their sender does, not by the runbook"
        ]

    def test_source_and_tenant_are_in_the_key_and_the_order_of_the_labels_is_not(self, book: Runbook) -> None:
        def incident(**how: Any) -> str:
            (batch,) = grouped(book, sent(service="checkout", region="eu"), **how).batches
            return batch.workflow_id

        one = incident(group_by=["service", "region"])
        assert incident(group_by=["region", "service"]) == one
        others = {incident(group_by=["service", "region"], tenant="t"), incident(group_by=["service"]), incident()}
        assert len(others | {one, incident(group_by=["service", "region"], source="other")}) == 5

    @pytest.mark.parametrize(
        ("group", "words", "digits"),
        [
            ("Disk full", "disk-full-", 8),
            ("{}:{}", "", 20),
            ("磁盘", "", 20),
            ("x" * 200, "x" * 40 + "-", 20),
            ('{"alertname": "Down", "instance": "db-1"}', "down-db-1-", 8),
            ("by the way", "by-the-way-", 8),
            ("by [1]", "by-1-", 8),
            ('{}:{alertname="Down", id="' + "é" * 300 + '"}', "down-", 20),
        ],
    )
    def test_the_workflow_id_says_what_the_group_is_and_ends_in_its_hash(
        self, group: str, words: str, digits: int, book: Runbook
    ) -> None:
        (batch,) = grouped(book, sent("a", group)).batches
        hashed = hashlib.sha256(f"test\0\0{group}".encode()).hexdigest()[:digits]
        assert batch.workflow_id == f"incident-test-{words}{hashed}"

    def test_of_the_labels_that_the_runbook_groups_by_it_says_the_values(self, book: Runbook) -> None:
        (batch,) = grouped(book, sent(service="checkout", region="eu"), group_by=["service", "region"]).batches
        assert re.fullmatch("incident-test-eu-checkout-[0-9a-f]{8}", batch.workflow_id)

    def test_names_of_one_slug_are_two_incidents(self, book: Runbook) -> None:
        names = ("Disk full", "disk-full", "DISK FULL!", "disk/full", "Dïsk füll", "x" * 60 + "1", "x" * 60 + "2")
        found = [grouped(book, sent("a", name)).batches[0].workflow_id for name in names]
        assert len(set(found)) == len(names)
        assert [name.rpartition("-")[0] for name in found[:4]] == ["incident-test-disk-full"] * 4

    def test_what_nobody_may_read_of_a_groups_name_is_not_in_it_and_tells_it_apart_all_the_same(
        self, book: Runbook
    ) -> None:
        groups = ("https://bob:hunter2@db.example/x", "https://bob:hunter3@db.example/x")
        alerts = [replace(sent(str(n), each), shown_group=masked(each)) for n, each in enumerate(groups)]
        found = [batch.workflow_id for batch in grouped(book, *alerts).batches]
        assert len(set(found)) == 2
        assert {each.rpartition("-")[0] for each in found} == {"incident-test-https-db-example-x"}

    def test_a_value_that_looks_like_two_is_one(self, book: Runbook) -> None:
        alerts = (sent("a", a="x", b="y"), sent("b", a='x", "y'), sent("c", a="x\0y"))
        assert len(grouped(book, *alerts, group_by=["a", "b"]).batches) == 3


class TestServices:
    @pytest.mark.parametrize(
        ("labels", "service"),
        [
            ({"service": "chk-eu"}, "checkout"),
            ({"job": "chk-eu"}, "checkout"),
            ({"service": "search"}, "search"),
            ({}, ""),
        ],
    )
    def test_the_map_names_the_service(self, labels: dict[str, str], service: str, book: Runbook) -> None:
        (batch,) = grouped(book, sent(**labels), services={"chk-eu": "checkout"}).batches
        assert batch.opening.service == service

    def test_what_is_grouped_by_service_is_grouped_by_the_name_after_the_map(self, book: Runbook) -> None:
        alerts = (sent("a", service="chk-eu"), sent("b", job="chk-us"), sent("c", service="checkout"))
        services = {"chk-eu": "checkout", "chk-us": "checkout"}
        assert incidents(grouped(book, *alerts, services=services, group_by=["service"])) == [["a", "b", "c"]]


def test_a_secret_in_one_alert_takes_it_out_of_no_group(book: Runbook) -> None:
    """The group's name is as it was, and its alerts are one signal."""
    plain = SentAlert(group="g", fingerprint="a", name="Down")
    secret = SentAlert(group="g", fingerprint="b", name="Down", labels={"url": "https://bob:hunter2@x.example/"})
    reading = without_credentials(Reading((plain, secret)))
    (batch,) = group(interpret("test", reading, book, NOW)).batches
    assert [alert.labels for alert in batch.alerts] == [{}, {"url": "https://***@x.example/"}]
