"""Which alerts end by their sender's word, and which only by a person's."""

from collections.abc import Mapping
from typing import Any

import pytest

from starter.sources import (
    alertmanager,
    azure,
    cloudevents,
    datadog,
    generic,
    github,
    google_cloud,
    grafana,
    sentry,
    uptime_kuma,
)
from starter.sources.reading import Reading
from starter.sources.source import Source
from tests.starter.sources.webhooks import webhook
from workflows.policy.incident.alert import Ends


def changed(body: Any, path: str, value: object) -> dict[str, Any]:
    """A copy of the body with another value there."""
    first, _, rest = path.partition(".")
    return {**body, first: changed(body.get(first, {}), rest, value) if rest else value}


def sent(source: Source, body: object) -> Reading:
    return source.translate(webhook(body))


def ends(source: Source, body: object) -> Ends:
    (alert,) = sent(source, body).alerts
    return alert.ends


@pytest.mark.parametrize(
    ("service", "signal", "expected"),
    [
        ("Platform", "Metric", "by-sender"),
        ("Prometheus", "Metric", "by-sender"),
        ("Activity Log - Administrative", "Activity Log", "never"),
        ("Activity Log - Policy", "Activity Log", "never"),
        ("ServiceHealth", "Activity Log", "never"),
        ("Resource Health", "Activity Log", "never"),
        ("Log Analytics", "Log", "never"),
        ("Log Alerts V2", "Log", "never"),
        ("Application Insights", "Log", "never"),
        ("CostAlerts", "", "never"),
    ],
)
def test_of_azures_alerts_those_that_have_a_state_end(service: str, signal: str, expected: Ends) -> None:
    body = changed(azure.EXAMPLE, "data.essentials.monitoringService", service)
    assert ends(azure.SOURCE, changed(body, "data.essentials.signalType", signal)) == expected


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("com.example.alert.firing", {}, "by-sender"),
        ("com.example.alert.triggered", {}, "by-sender"),
        ("com.example.alert.triggered.1.0", {}, "by-sender"),
        ("com.example.host.down", {}, "by-sender"),
        ("com.example.alert.resolved", {}, "by-sender"),
        ("com.example.backup.failed", {}, "never"),
        ("com.example.object.created", {}, "never"),
        ("com.example.disk.full", {}, "never"),
        ("com.example.disk.full", {"status": "firing"}, "by-sender"),
        ("com.example.disk.full", {"ends": "by-sender"}, "by-sender"),
        ("com.example.alert.firing", {"ends": "never"}, "never"),
    ],
)
def test_a_cloudevent_ends_if_it_is_of_a_kind_that_does(kind: str, data: Mapping[str, str], expected: Ends) -> None:
    assert ends(cloudevents.SOURCE, {**cloudevents.EXAMPLE, "type": kind, "data": dict(data)}) == expected


@pytest.mark.parametrize(
    ("source", "body", "expected"),
    [
        (sentry.SOURCE, sentry.EXAMPLE, "never"),
        (github.SOURCE, github.EXAMPLE, "never"),
        (google_cloud.SOURCE, google_cloud.EXAMPLE, "by-sender"),
        (
            google_cloud.SOURCE,
            changed(google_cloud.EXAMPLE, "incident.condition.conditionMatchedLog", {"filter": "severity=ERROR"}),
            "never",
        ),
        (generic.SOURCE, generic.EXAMPLE, "by-sender"),
        (generic.SOURCE, {**generic.EXAMPLE, "ends": "never"}, "never"),
        (datadog.SOURCE, datadog.EXAMPLE, "by-sender"),
        (alertmanager.SOURCE, alertmanager.EXAMPLE, "by-sender"),
        (grafana.SOURCE, grafana.EXAMPLE, "by-sender"),
    ],
)
def test_so_do_others(source: Source, body: object, expected: Ends) -> None:
    assert ends(source, body) == expected


def test_a_metric_alert_of_sentry_says_its_end() -> None:
    metric = {"id": "7", "title": "p95", "alert_rule": {"id": "9", "name": "p95"}}
    assert ends(sentry.SOURCE, {"action": "critical", "data": {"metric_alert": metric}}) == "by-sender"


OVER = {
    "status": "resolved",
    "labels": {"alertname": "HighErrorRate"},
    "startsAt": "2026-11-26T10:00:00Z",
    "endsAt": "2026-11-26T10:30:00Z",
}


@pytest.mark.parametrize("source", [alertmanager.SOURCE, grafana.SOURCE], ids=lambda source: source.name)
@pytest.mark.parametrize(
    ("changes", "ended_at"),
    [
        ({}, "2026-11-26T10:30:00+00:00"),
        ({"truncatedAlerts": None}, "2026-11-26T10:30:00+00:00"),
        ({"truncatedAlerts": 3}, None),
        ({"status": "firing"}, None),
        ({"status": None}, None),
        ({"alerts": [{**OVER, "endsAt": "0001-01-01T00:00:00Z"}]}, "2026-11-26T10:00:00+00:00"),
        ({"alerts": [OVER, {**OVER, "endsAt": "2026-11-26T10:40:00Z"}]}, "2026-11-26T10:40:00+00:00"),
        ({"alerts": [{**OVER, "startsAt": None, "endsAt": None}]}, None),
    ],
)
def test_a_group_that_has_resolved_with_nothing_left_out_has_ended_as_a_whole(
    source: Source, changes: dict[str, object], ended_at: str | None
) -> None:
    body = {"receiver": "tocsin", "groupKey": "g", "status": "resolved", "alerts": [OVER], **changes}
    found = sent(source, body).ended_at
    assert (found.isoformat() if found else None) == ended_at


@pytest.mark.parametrize(
    ("source", "field", "value", "dated"),
    [
        (datadog.SOURCE, "transition", "Triggered", True),
        (datadog.SOURCE, "transition", "Re-Triggered", False),
        (datadog.SOURCE, "transition", "Re-Warn", False),
        (datadog.SOURCE, "transition", "Re-No Data", False),
        (uptime_kuma.SOURCE, "heartbeat.important", True, True),
        (uptime_kuma.SOURCE, "heartbeat.important", False, False),
        (cloudevents.SOURCE, "data.starts_at", "2026-11-21T00:03:12Z", True),
        (cloudevents.SOURCE, "data.starts_at", None, False),
    ],
)
def test_a_repeat_that_bears_a_time_of_its_own_is_no_new_episode(
    source: Source, field: str, value: object, dated: bool
) -> None:
    example = next(iter(source.examples.values()))
    (alert,) = sent(source, changed(example, field, value)).alerts
    assert alert.dated == dated
