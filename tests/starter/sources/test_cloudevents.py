"""CloudEvents in each of its modes, and what their attributes mean."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from starter.sources import cloudevents
from starter.sources.cloudevents import EXAMPLE
from starter.sources.reading import Reading, Unreadable
from tests.docs.markdown import ROOT, read
from tests.starter.sources.fixtures.cloudevents import firing
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook


def binary(data: bytes, **changes: str) -> Reading:
    attributes = {name: firing[name] for name in ("specversion", "id", "source", "type", "subject", "time")} | changes
    headers = {f"ce-{name}": value for name, value in attributes.items()} | {"Content-Type": "application/json"}
    return cloudevents.translate(webhook(data, headers))


def structured(**changes: Any) -> Reading:
    return cloudevents.translate(webhook({**firing, **changes}))


def test_all_modes_say_the_same() -> None:
    data = json.dumps(firing["data"]).encode()
    without_data = {name: value for name, value in firing.items() if name != "data"}
    coded = {**without_data, "data_base64": base64.b64encode(data).decode()}
    readings = [structured(), binary(data), *(cloudevents.translate(webhook(body)) for body in ([firing], coded))]
    first, *others = [replace(reading.alerts[0], severity_field="") for reading in readings]
    assert others == [first, first, first]


def test_the_event_that_the_page_shows_is_understood(book: Runbook) -> None:
    event, *_ = read(ROOT / "docs/sources/cloudevents.md").blocks("json")
    found = delivery("cloudevents", event.encode(), book)
    assert found.problems == ()
    assert (found.batches[0].opening.severity, found.batches[0].opening.service) == ("sev1", "checkout")


def test_attributes_are_percent_encoded_in_headers() -> None:
    assert (
        binary(b"{}", subject="Kasse%20f%C3%A4llt%20aus").alerts[0].name
        == "alert: Kasse fällt aus, says monitor.example.com"
    )


def test_an_event_needs_no_data() -> None:
    (alert,) = binary(b"", type="com.example.disk.failed", subject="sda").alerts
    assert (alert.name, alert.status) == ("disk: sda, says monitor.example.com", "firing")


@pytest.mark.parametrize("missing", ["id", "source", "type"])
def test_an_attribute_that_every_event_has_is_named_when_a_header_is_missing(missing: str) -> None:
    headers = {f"ce-{name}": firing[name] for name in ("specversion", "id", "source", "type") if name != missing}
    with pytest.raises(Unreadable) as refused:
        cloudevents.translate(webhook(b"{}", headers))
    assert [problem.field for problem in refused.value.problems] == [missing]


@pytest.mark.parametrize(
    ("kind", "data", "status"),
    [
        ("com.example.alert.firing", {}, "firing"),
        ("com.example.alert.Resolved", {}, "resolved"),
        ("com.example.alert.recovered", {}, "resolved"),
        ("com.example.alert", {"status": "resolved"}, "resolved"),
        ("com.example.alert.resolved", {"status": "firing"}, "firing"),
        ("com.example.alert", {}, "firing"),
        ("com.example.alert", {"status": "no such word"}, "firing"),
        ("dev.cdevents.incident.resolved.0.3.0", {}, "resolved"),
        ("dev.cdevents.incident.detected.0.3.0-draft", {}, "firing"),
        ("com.example.alert.closed.v2", {}, "resolved"),
        ("com.example.alert_cleared/1.0", {}, "resolved"),
        ("com.example.alert.unresolved", {}, "firing"),
        ("com.example.alert.not_resolved", {}, "firing"),
    ],
)
def test_the_data_or_the_end_of_the_type_says_whether_it_is_over(kind: str, data: Any, status: str) -> None:
    assert structured(type=kind, data=data).alerts[0].status == status


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({}, "s\ncheckout-errors"),
        ({"data": {"key": "k"}}, "s\nk"),
        ({"data": {"key": "k", "group": "g"}}, "s\ng"),
        ({"subject": None}, "s\ncom.example.alert"),
        ({"subject": None, "type": "com.example.alert.resolved"}, "s\ncom.example.alert"),
        ({"subject": None, "type": "com.example.alert.resolved.1.0.1"}, "s\ncom.example.alert"),
        ({"subject": None, "type": "com.example.alert.detected.1.0.0"}, "s\ncom.example.alert"),
    ],
)
def test_what_is_one_incident(changes: Any, group: str) -> None:
    assert structured(source="s", **changes).alerts[0].group == group


def test_an_extension_may_say_how_grave_it_is() -> None:
    assert structured(data={}, severity="critical").alerts[0].severity == "critical"
    assert structured(severity="critical").alerts[0].severity == "sev1", "the data goes first"


@pytest.mark.parametrize(
    ("attributes", "word"),
    [
        ({"severitytext": "WARN"}, "WARN"),
        ({"severitynumber": 21}, "fatal"),
        ({"severitynumber": "17"}, "error"),
        ({"severitynumber": 9}, "info"),
        ({"severitynumber": 1}, "trace"),
        ({"severitynumber": "?"}, ""),
        ({"severitytext": "ERROR", "severitynumber": 1}, "ERROR"),
    ],
)
def test_the_severity_extension_is_read(attributes: Any, word: str) -> None:
    assert structured(data={}, **attributes).alerts[0].severity == word


def test_in_a_header_too() -> None:
    assert binary(b"{}", severitynumber="24").alerts[0].severity == "fatal"


@pytest.mark.parametrize(
    ("kind", "data"),
    [("com.example.incident.acknowledged.1.0", {}), ("com.example.incident", {"status": "acknowledged"})],
)
def test_what_people_do_to_it_there_opens_nothing(kind: str, data: Any) -> None:
    reading = structured(type=kind, data=data)
    assert (reading.alerts, bool(reading.ignored)) == ((), True)


def test_a_bad_event_of_a_batch_is_named_and_loses_no_good_one() -> None:
    reading = cloudevents.translate(webhook([{"specversion": "1.0"}, EXAMPLE]))
    assert len(reading.alerts) == 1
    assert [problem.field for problem in reading.problems] == ["[0].id", "[0].source", "[0].type"]


def test_an_event_that_is_sent_again_is_known_by_its_source_and_id() -> None:
    assert structured().delivery_id == structured(time="2026-11-21T00:09:00Z").delivery_id
    assert structured().delivery_id != structured(id="another").delivery_id
    assert structured().delivery_id != structured(source="another").delivery_id
