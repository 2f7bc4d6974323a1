"""Alertmanager's webhook in our words. The payloads are what Alertmanager 0.33.1 really sent."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from starter.intake.grouping import Batch, Delivery
from starter.intake.identity import workflow_id
from starter.sources import text
from starter.sources.naming import MOST_PROBLEMS
from starter.sources.reading import Unreadable
from starter.sources.several import MOST_ALERTS
from starter.sources.table import SOURCES
from tests.starter.sources.webhooks import NOW, delivery, webhook
from workflows.policy.reducers.alerts import LONGEST_TITLE
from workflows.policy.runbook.model import Runbook

PAYLOADS = Path(__file__).parents[2] / "payloads"


def captured(name: str) -> bytes:
    return (PAYLOADS / f"alertmanager-0.33.1-{name}.json").read_bytes()


def one(body: bytes | dict[str, Any], book: Runbook) -> Batch:
    [found] = translate(body, book).batches
    return found


def translate(body: Any, book: Runbook) -> Delivery:
    return delivery("alertmanager", body, book)


def alert(**fields: Any) -> dict[str, Any]:
    return {"labels": {"alertname": "Down", "service": "web"}, "status": "firing", **fields}


def body(*alerts: Any, **fields: Any) -> dict[str, Any]:
    return {"version": "4", "groupKey": "{}:{}", "receiver": "r", "alerts": list(alerts), **fields}


def test_a_captured_alert_opens_with_what_people_need_to_know(book: Runbook) -> None:
    opening = one(captured("firing-single"), book).opening

    assert opening.severity == "sev1"  # the runbook takes `critical` for it
    assert opening.title == "HighErrorRate: Error ratio 20% on checkout-1"
    assert opening.service == "checkout"
    assert opening.detected_at == datetime(2026, 11, 21, 0, 3, 12, 494000, UTC)
    assert dict(opening.links) == {
        "runbook": "https://runbooks.example.com/high-error-rate",
        "graph": "http://prom.example.com/graph?g0.expr=demo_error_ratio+%3E+0.05&g0.tab=1",
    }


def test_all_captured_alerts_of_a_group_find_the_same_incident(book: Runbook) -> None:
    names = ("firing-single", "firing-grouped-2", "firing-repeat", "mixed-firing-and-resolved", "resolved")
    assert len({one(captured(name), book).workflow_id for name in names}) == 1


def test_a_captured_mixed_batch_tells_the_firing_alert_first(book: Runbook) -> None:
    found = one(captured("mixed-firing-and-resolved"), book)
    assert [alert.status for alert in found.alerts] == ["firing", "resolved"]
    assert found.opening.title == "HighErrorRate: Error ratio 40% on checkout-2"


def test_a_captured_time_in_nanoseconds_is_read(book: Runbook) -> None:
    [found] = one(captured("truncated-max_alerts-basic-auth"), book).alerts
    assert found.starts_at == datetime(2026, 11, 21, 0, 3, 50, 58411, UTC)


def test_the_incident_of_a_group_has_the_same_workflow_id_for_ever() -> None:
    # A changed id would orphan the incidents that are open while the gateway is upgraded.
    assert workflow_id("alertmanager", "tocsin", "{}:{}") == "incident-alertmanager-c34d667935888bdf14f0"


def test_the_words_of_its_id_say_what_it_is_about() -> None:
    """The labels of the group's key, and no more of it."""
    key = '{}/{severity="page"}:{alertname="CheckoutErrors", cluster="eu-1"}'
    found = workflow_id("alertmanager", "tocsin", key)
    assert re.fullmatch("incident-alertmanager-checkouterrors-eu-1-[0-9a-f]{8}", found)


def test_source_receiver_and_group_tell_incidents_apart() -> None:
    ids = {
        workflow_id(*name)
        for name in (("a", "b", "c"), ("a", "b", "d"), ("a", "d", "c"), ("d", "b", "c"), ("a", "bc", ""))
    }
    assert len(ids) == 5


@pytest.mark.parametrize(
    ("labels", "severity"),
    [
        ({"severity": "critical"}, "sev1"),  # the runbook's word
        ({"severity": "sev3"}, "sev3"),  # our own
        ({"severity": "SEV1"}, "sev1"),
        ({"severity": "page"}, "sev1"),  # everybody's
        ({"severity": "odd"}, "sev2"),  # unknown: the runbook's default
        ({}, "sev2"),
    ],
)
def test_the_severity_label_decides(labels: dict[str, str], severity: str, book: Runbook) -> None:
    assert one(body(alert(labels=labels)), book).opening.severity == severity


def test_the_gravest_firing_alert_decides(book: Runbook) -> None:
    warning, critical = alert(labels={"severity": "warning"}), alert(labels={"severity": "critical"})
    assert one(body(warning, critical), book).opening.severity == "sev1"
    assert one(body(warning, critical | {"status": "resolved"}), book).opening.severity == "sev3"


def test_an_incident_bears_the_labels_that_all_its_alerts_have(book: Runbook) -> None:
    first, second = alert(labels={"team": "web", "pod": "1"}), alert(labels={"team": "web", "pod": "2"})
    assert one(body(first, second), book).opening.labels == {"team": "web"}


def test_a_title_says_how_many_more_there_are(book: Runbook) -> None:
    assert one(body(alert(), alert(), alert()), book).opening.title == "Down (+2 more)"


@pytest.mark.parametrize(
    ("missing", "means"),
    [
        ({"startsAt": None}, NOW),
        ({"startsAt": "0001-01-01T00:00:00Z"}, NOW),  # Go's zero time
        ({"startsAt": "2031-01-01T00:00:00Z"}, NOW),  # a clock ahead of ours
        ({"startsAt": "2026-11-21T00:00:00Z"}, datetime(2026, 11, 21, tzinfo=UTC)),
    ],
)
def test_when_an_alert_started(missing: dict[str, Any], means: datetime, book: Runbook) -> None:
    assert one(body(alert(**missing)), book).alerts[0].starts_at == means


def test_only_labels_are_needed(book: Runbook) -> None:
    found = one({"alerts": [{"labels": {"alertname": "Down"}}], "somethingNew": 1}, book)
    assert found.alerts[0].name == "Down"
    assert found.alerts[0].status == "firing"


def test_null_is_as_good_as_missing(book: Runbook) -> None:
    found = one(body(alert(annotations=None, generatorURL=None, fingerprint=None), groupKey=None, receiver=None), book)
    assert found.alerts[0].summary == ""


def test_without_a_status_an_alert_has_its_groups(book: Runbook) -> None:
    bare = {"labels": {"alertname": "Down"}}
    assert one(body(bare, status="resolved"), book).alerts[0].status == "resolved"


def test_without_a_fingerprint_the_labels_identify_an_alert(book: Runbook) -> None:
    one_way = one(body(alert(labels={"a": "1", "b": "2"})), book).alerts[0]
    other_way = one(body(alert(labels={"b": "2", "a": "1"}, status="resolved")), book).alerts[0]
    another = one(body(alert(labels={"a": "1", "b": "3"})), book).alerts[0]
    assert one_way.fingerprint == other_way.fingerprint != another.fingerprint


def test_without_a_group_key_the_group_labels_identify_the_incident(book: Runbook) -> None:
    def named(**labels: str) -> str:
        return one(body(alert(), groupKey=None, groupLabels=labels), book).workflow_id

    assert named(a="1") == named(a="1") != named(a="2")


def test_without_any_group_an_alert_is_an_incident_by_its_name_and_labels_and_that_is_said(book: Runbook) -> None:
    def keyless(**labels: str) -> Delivery:
        return translate({"status": "firing", "alerts": [alert(labels=labels)]}, book)

    def incident(**labels: str) -> str:
        return keyless(**labels).batches[0].workflow_id

    one = incident(alertname="DatabaseDown", severity="critical")
    assert one == incident(severity="warning", alertname="DatabaseDown"), "it becomes graver, and is the same"
    assert len({one, incident(alertname="CertExpiry"), incident(alertname="DatabaseDown", instance="b")}) == 3
    assert [problem.field for problem in keyless(alertname="A").problems] == ["groupKey"]


@pytest.mark.parametrize("source", ["alertmanager", "grafana"])
def test_two_clusters_with_one_configuration_are_two(source: str, book: Runbook) -> None:
    def tenant(url: str = "", installation: str = "") -> str:
        query = {"installation": installation} if installation else {}
        return SOURCES[source].translate(replace(webhook(body(alert(), externalURL=url)), query=query)).tenant

    assert tenant("https://am.eu.example") == tenant("https://am.eu.example/") != tenant("https://am.us.example")
    assert tenant(installation="eu") != tenant(installation="us")
    assert tenant("http://a:9093", "eu") == tenant("http://b:9093", "eu"), "replicas of one cluster"
    assert tenant("http://4f1c2a9b8d7e:9093") == tenant("http://0f0e0d0c0b0a:9093"), "a container that was restarted"


@pytest.mark.parametrize(
    ("labels", "service"),
    [
        ({"job": "kube-state-metrics", "deployment": "checkout"}, "checkout"),
        ({"service": "node-exporter", "job": "node-exporter"}, ""),
        ({"service": "prometheus-kube-state-metrics", "job": "shop"}, "shop"),
        ({"job": "blackbox-exporter", "app": "shop"}, "shop"),
        ({"job": "exporters-of-wine"}, "exporters-of-wine"),
        ({"namespace": "shop"}, ""),
    ],
)
def test_what_exports_the_figures_is_not_the_service(labels: dict[str, str], service: str, book: Runbook) -> None:
    assert one(body(alert(labels={"alertname": "Down", **labels})), book).opening.service == service


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (alert(labels=None), "alerts[1].labels"),
        ({}, "alerts[1].labels"),
        (17, "alerts[1]"),
        (None, "alerts[1]"),
    ],
)
def test_a_bad_alert_is_named_and_loses_no_good_one(bad: Any, field: str, book: Runbook) -> None:
    found = translate(body(alert(), bad, alert()), book)
    assert [problem.field for problem in found.problems] == [field]
    assert len(found.batches[0].alerts) == 2


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (alert(startsAt="yesterday"), "alerts[0].startsAt"),
        (alert(status="exploded"), "alerts[0].status"),
        (alert(labels={"alertname": "Down", "a": {"b": "c"}}), "alerts[0].labels.a"),
        (alert(annotations="none"), "alerts[0].annotations"),
        (alert(annotations={"summary": ["x"]}), "alerts[0].annotations.summary"),
        (alert(fingerprint=["x"]), "alerts[0].fingerprint"),
    ],
)
def test_a_wrong_field_is_named_and_costs_the_field_and_not_the_alert(bad: Any, field: str, book: Runbook) -> None:
    found = translate(body(bad), book)
    assert [problem.field for problem in found.problems] == [field]
    assert [(each.status, each.name) for each in found.batches[0].alerts] == [("firing", "Down")]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (b"[]", ""),
        (b"{}", "alerts"),
        (b'{"alerts": []}', "alerts"),
        (b'{"alerts": {"labels": {}}}', "alerts"),
        (b'{"alerts": [{}]}', "alerts[0].labels"),
    ],
)
def test_a_body_without_a_usable_alert_is_refused_by_its_field(sent: bytes, field: str, book: Runbook) -> None:
    with pytest.raises(Unreadable) as refused:
        translate(sent, book)
    assert refused.value.is_json
    assert refused.value.problems[0].field == field


def test_no_more_is_said_of_rubbish_than_of_alerts(book: Runbook) -> None:
    with pytest.raises(Unreadable) as refused:
        translate(body(*[1] * 100_000), book)
    assert len(refused.value.problems) == MOST_PROBLEMS + 1


@pytest.mark.parametrize("sent", [b"", b"{", b"\xff", b'{"alerts": [', b"[" * 10_000])
def test_what_is_no_json_is_said_to_be_none(sent: bytes, book: Runbook) -> None:
    with pytest.raises(Unreadable) as refused:
        translate(sent, book)
    assert not refused.value.is_json


def test_a_problem_does_not_repeat_the_value(book: Runbook) -> None:
    found = translate(body(alert(), alert(startsAt="s3cret")), book)
    assert "s3cret" not in str(found.problems)


def test_texts_are_cut_to_one_line_of_bounded_length(book: Runbook) -> None:
    big = "x" * 5000
    sent = alert(
        labels={"alertname": big} | {f"l{n}": big for n in range(500)}, annotations={"summary": f"a\nb\x00{big}"}
    )
    found = one(body(sent), book)
    assert len(found.opening.title) == LONGEST_TITLE
    assert len(found.alerts[0].labels) == text.MAX_LABELS
    assert len(found.alerts[0].model_dump_json()) < 12_000
    assert found.alerts[0].summary.startswith("a b x")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://x y", "ftp://x", "https://x/" + "y" * 3000, "see wiki"])
def test_only_an_address_that_can_be_followed_becomes_a_link(url: str, book: Runbook) -> None:
    found = one(body(alert(generatorURL=url, annotations={"runbook_url": url})), book)
    assert found.opening.links == ()
    assert found.alerts[0].link == ""


@pytest.mark.parametrize(("sent", "left_out"), [({"truncatedAlerts": 7}, 7), ({}, 0), ({"truncatedAlerts": "?"}, 0)])
def test_what_alertmanager_left_out_is_counted(sent: dict[str, object], left_out: int, book: Runbook) -> None:
    """`max_alerts` of its receiver cuts a group: what is not known can never be known to have resolved."""
    found = translate(body(alert()) | sent, book)
    assert found.batches[0].truncated == left_out


def test_more_alerts_than_are_kept_are_said(book: Runbook) -> None:
    found = translate(body(*[alert()] * (MOST_ALERTS + 5)), book)
    assert len(found.batches[0].alerts) == MOST_ALERTS
    assert found.batches[0].truncated == 5
    assert [problem.field for problem in found.problems] == [f"alerts[{MOST_ALERTS}]"]
