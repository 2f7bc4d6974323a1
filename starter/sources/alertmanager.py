"""Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config

Fields that are missing or unknown are no reason to lose an alert: versions differ, and other programs send this shape.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import JsonValue, SkipValidation

from starter import verify
from starter.sources import foreign, text
from starter.sources.foreign import AnyMap, AnyText, Count, Foreign, Labels, Status
from starter.sources.reading import FieldProblem, Links, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source

MAX_ALERTS = 1000
"""Of one group: what enters a history is bounded (Temporal refuses payloads beyond 2 MB)."""
MAX_PROBLEMS = 1000
"""Naming a hundred thousand would keep all other senders waiting for seconds."""


class Notice(Foreign):
    """One alert of a body. Grafana sends the same, and more."""

    labels: Labels
    annotations: Labels = {}
    status: Status | None = None
    startsAt: datetime | None = None  # noqa: N815 (Alertmanager's own spelling)
    generatorURL: str = ""  # noqa: N815
    fingerprint: str = ""


class Body(Foreign):
    alerts: list[SkipValidation[JsonValue]]  # it is JSON already, and is looked at alert by alert
    status: AnyText = ""
    receiver: AnyText = ""
    groupKey: AnyText = ""  # noqa: N815
    groupLabels: AnyMap = {}  # noqa: N815
    truncatedAlerts: Count = 0  # noqa: N815

    @property
    def group(self) -> str:
        """Alertmanager's own name for what it notifies about together; without it, its labels are."""
        return self.groupKey or json.dumps(self.groupLabels, sort_keys=True)


def translate(webhook: Webhook) -> Reading:
    """One delivery is one group of alerts. Raises Unreadable when no alert in it can be used."""
    sent, _ = foreign.read(Body, webhook.body, "an Alertmanager webhook")
    good, problems = usable(Notice, sent.alerts)
    return Reading(
        alerts=tuple(alert(each, sent, links(each)) for each in good),
        tenant=sent.receiver,
        truncated=sent.truncatedAlerts + max(0, len(sent.alerts) - MAX_ALERTS),
        problems=problems,
    )


def usable(model: type[foreign.F], alerts: Iterable[JsonValue]) -> tuple[list[foreign.F], tuple[FieldProblem, ...]]:
    """Those that can be read, and what is wrong with the others. Raises Unreadable if there are none."""
    good: list[foreign.F] = []
    problems: list[FieldProblem] = []
    for number, raw in enumerate(alerts):
        if len(good) == MAX_ALERTS or len(problems) >= MAX_PROBLEMS:
            kept = f"only {MAX_ALERTS} alerts of a group are kept, and {MAX_PROBLEMS} problems named"
            problems.append(FieldProblem(f"alerts[{number}]", kept))
            break
        try:
            found, wrong = foreign.understand(model, raw, "an alert", ("alerts", number))
            good.append(found)
            problems.extend(wrong)
        except Unreadable as error:
            problems.extend(error.problems)
    if not good:
        raise Unreadable("no alert could be used", problems or (FieldProblem("alerts", "the list is empty"),))
    return good, tuple(problems)


def alert(sent: Notice, body: Body, links: Links) -> SentAlert:
    return SentAlert(
        group=body.group,
        fingerprint=sent.fingerprint.strip() or text.fingerprint(sent.labels),
        status=sent.status or ("resolved" if foreign.lower(body.status) == "resolved" else "firing"),
        name=sent.labels.get("alertname", ""),
        summary=annotation(sent.annotations, "summary", "description", "message"),
        starts_at=sent.startsAt,
        labels=sent.labels,
        link=sent.generatorURL,
        links=links,
    )


def links(sent: Notice) -> Links:
    return (
        ("runbook", annotation(sent.annotations, "runbook_url")),
        ("dashboard", annotation(sent.annotations, "dashboard_url", "dashboard")),
        ("graph", sent.generatorURL),
    )


def annotation(annotations: Mapping[str, str], *names: str) -> str:
    """The first of these that is there."""
    return next((annotations[name] for name in names if annotations.get(name)), "")


EXAMPLE: JsonValue = {
    "version": "4",
    "groupKey": '{}:{alertname="HighErrorRate"}',
    "receiver": "tocsin",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical"},
            "annotations": {"summary": "Error ratio 20% on checkout", "runbook_url": "https://wiki.example.com/errors"},
            "startsAt": "2026-11-21T00:03:12.494Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prometheus.example.com/graph?g0.expr=errors",
            "fingerprint": "8c4a2503f33a8199",
        }
    ],
}

SOURCE = Source(
    name="alertmanager",
    about="Alertmanager's webhook, version 4. A token goes into `http_config.authorization.credentials`.",
    translate=translate,
    is_genuine=verify.token,
    secrets="alertmanager_tokens",
    group_is="Alertmanager's receiver and groupKey: the same for every delivery of this group of alerts",
    examples={"firing": EXAMPLE},
)
