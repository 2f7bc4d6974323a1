"""Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config

Fields that are missing or unknown are no reason to lose an alert: versions differ, and other programs send this shape.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, JsonValue, ValidationError

from starter.sources import batch
from starter.sources.batch import Delivery, FieldProblem, Links, Unreadable
from workflows.policy.effects import Instant
from workflows.policy.events import Alert
from workflows.policy.runbook import Runbook

SOURCE = "alertmanager"

# Go writes empty maps and lists as null.
_Map = Annotated[dict[str, str], BeforeValidator(lambda value: {} if value is None else value)]
_Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
# These serve for identity at most: of the wrong type they are as good as missing.
_AnyText = Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) else "")]
_Count = Annotated[int, BeforeValidator(lambda value: value if isinstance(value, int) and value > 0 else 0)]
_AnyMap = Annotated[dict[str, JsonValue], BeforeValidator(lambda value: value if isinstance(value, dict) else {})]


class _Foreign(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class _Alert(_Foreign):
    labels: Annotated[dict[str, str], AfterValidator(batch.labels)]
    annotations: _Map = {}
    status: Literal["firing", "resolved"] | None = None
    startsAt: datetime | None = None  # noqa: N815 (Alertmanager's own spelling)
    generatorURL: _Text = ""  # noqa: N815
    fingerprint: _Text = ""


class _Body(_Foreign):
    alerts: list[JsonValue]
    status: _AnyText = ""
    receiver: _AnyText = ""
    groupKey: _AnyText = ""  # noqa: N815
    groupLabels: _AnyMap = {}  # noqa: N815
    truncatedAlerts: _Count = 0  # noqa: N815


def translate(body: bytes, runbook: Runbook, received_at: Instant) -> Delivery:
    """One delivery is one group of alerts. Raises Unreadable when no alert in it can be used."""
    sent = _read(body)
    good, problems = _good(sent)
    if not good:
        raise Unreadable("no alert could be used", problems or (FieldProblem("alerts", "the list is empty"),))
    alerts = [_alert(alert, sent.status, runbook, received_at) for alert in good]
    # The group key is Alertmanager's own name for what it notifies about together; without it, its labels are.
    group = sent.groupKey or json.dumps(sent.groupLabels, sort_keys=True)
    links = _links(sorted(good, key=lambda alert: alert.status == "resolved"))
    found = batch.batch(SOURCE, sent.receiver, group, alerts, runbook, links)
    left_out = sent.truncatedAlerts + max(0, len(sent.alerts) - batch.MAX_ALERTS)
    return Delivery((replace(found, truncated=left_out),), problems)


def _read(body: bytes) -> _Body:
    try:
        return _Body.model_validate_json(body)
    except ValidationError as error:
        found = tuple(batch.problems(error))
        if error.errors()[0]["type"] == "json_invalid":
            raise Unreadable("the body is not JSON", found, is_json=False) from None
        raise Unreadable("the body is not an Alertmanager webhook", found) from None


def _good(sent: _Body) -> tuple[list[_Alert], tuple[FieldProblem, ...]]:
    good: list[_Alert] = []
    problems: list[FieldProblem] = []
    for number, raw in enumerate(sent.alerts):
        if len(good) == batch.MAX_ALERTS:
            problems.append(FieldProblem(f"alerts[{number}]", f"only {batch.MAX_ALERTS} alerts of a group are kept"))
            break
        try:
            good.append(_Alert.model_validate(raw))
        except ValidationError as error:
            problems.extend(batch.problems(error, "alerts", number))
    return good, tuple(problems)


def _alert(sent: _Alert, group_status: str, runbook: Runbook, received_at: Instant) -> Alert:
    return Alert(
        fingerprint=batch.line(sent.fingerprint, batch.NAME) or batch.fingerprint(sent.labels),
        status=sent.status or ("resolved" if group_status == "resolved" else "firing"),
        name=sent.labels.get("alertname") or "alert",
        summary=batch.line(_annotation(sent.annotations, "summary", "description", "message"), batch.TEXT),
        starts_at=batch.started(sent.startsAt, received_at),
        labels=sent.labels,
        link=batch.link(sent.generatorURL),
        severity=batch.severity(runbook.intake, sent.labels.get(runbook.intake.severity_label)),
    )


def _links(alerts: Sequence[_Alert]) -> Links:
    found = [
        link
        for alert in alerts
        for link in (
            ("runbook", batch.link(_annotation(alert.annotations, "runbook_url"))),
            ("dashboard", batch.link(_annotation(alert.annotations, "dashboard_url", "dashboard"))),
            ("graph", batch.link(alert.generatorURL)),
        )
    ]
    return tuple((label, url) for label, url in found if url)


def _annotation(annotations: Mapping[str, str], *names: str) -> str:
    return next((annotations[name] for name in names if annotations.get(name)), "")
