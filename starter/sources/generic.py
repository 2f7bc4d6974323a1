"""Tocsin's own webhook, for everything that can send JSON. `GenericAlert` is its documentation, shown under /docs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
)

from starter.problems import written
from starter.sources import batch
from starter.sources.batch import Batch, Delivery, FieldProblem, Unreadable
from workflows.policy.effects import Instant
from workflows.policy.events import Alert
from workflows.policy.runbook import Runbook

SOURCE = "generic"
AT_ONCE = 100
"""Alerts in one request: each may be an incident of its own, and all are stored before the answer."""

_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class GenericAlert(BaseModel):
    """One alert. `{"alerts": [...]}` sends several at once."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    key: str = Field(
        min_length=1, description="what is wrong, always in the same words: a repeated key is a repeated alert"
    )
    title: str = Field(min_length=1, description="one line for people")
    group: str = Field("", description="alerts of one group are one incident; `key` if left out")
    status: Annotated[Literal["firing", "resolved"], BeforeValidator(_lower)] = "firing"
    severity: str | None = Field(None, description="`sev1` to `sev4`, or a word that the runbook's `intake` knows")
    service: str = ""
    summary: str = Field("", description="what is seen")
    link: str = Field("", description="where to look: http(s) address")
    runbook_url: str = Field("", description="what to do: http(s) address")
    starts_at: datetime | None = Field(None, description="since when; the time of arrival if left out")
    labels: Annotated[dict[str, str], AfterValidator(batch.labels)] = {}


def translate(body: bytes, runbook: Runbook, received_at: Instant) -> Delivery:
    """A batch for each group. Raises Unreadable when no alert can be used."""
    groups: dict[str, list[GenericAlert]] = {}
    problems: list[FieldProblem] = []
    for path, raw in _alerts(body):
        try:
            sent = GenericAlert.model_validate(raw)
        except ValidationError as error:
            problems.extend(batch.problems(error, *path))
            continue
        groups.setdefault(sent.group or sent.key, []).append(sent)
        problems.extend(_unknown_severity(sent, runbook, path))
    if not groups:
        raise Unreadable("no alert could be used", problems or (FieldProblem("alerts", "the list is empty"),))
    batches = (_batch(group, alerts, runbook, received_at) for group, alerts in groups.items())
    return Delivery(tuple(batches), tuple(problems))


def _alerts(body: bytes) -> Sequence[tuple[tuple[int | str, ...], JsonValue]]:
    """Each alert with its path in the body."""
    try:
        sent = _JSON.validate_json(body)
    except ValidationError as error:
        raise Unreadable("the body is not JSON", tuple(batch.problems(error)), is_json=False) from None
    if not isinstance(sent, dict):
        raise Unreadable("the body is not a JSON object", (FieldProblem("", 'send one alert, or {"alerts": [...]}'),))
    if "alerts" not in sent:
        return [((), sent)]
    if not isinstance(alerts := sent["alerts"], list):
        raise Unreadable("`alerts` is not a list", (FieldProblem("alerts", "must be a list of alerts"),))
    if len(alerts) > AT_ONCE:
        raise Unreadable("too many alerts", (FieldProblem("alerts", f"at most {AT_ONCE} at once: send them in parts"),))
    return [(("alerts", number), alert) for number, alert in enumerate(alerts)]


def _unknown_severity(sent: GenericAlert, runbook: Runbook, path: Sequence[int | str]) -> Sequence[FieldProblem]:
    if sent.severity is None or batch.severity(runbook.intake, sent.severity):
        return ()
    message = f"the runbook {runbook.runbook!r} does not know this word: taken as {runbook.intake.default_severity}"
    return (FieldProblem(written((*path, "severity")), message),)


def _batch(group: str, sent: Sequence[GenericAlert], runbook: Runbook, received_at: Instant) -> Batch:
    alerts = [_alert(alert, runbook, received_at) for alert in sent]
    links = [
        (label, url)
        for alert in sent
        for label, url in (("runbook", batch.link(alert.runbook_url)), ("link", batch.link(alert.link)))
        if url
    ]
    return batch.batch(SOURCE, "", group, alerts, runbook, tuple(links))


def _alert(sent: GenericAlert, runbook: Runbook, received_at: Instant) -> Alert:
    service = {runbook.intake.service_labels[0]: batch.line(sent.service, batch.VALUE)} if sent.service else {}
    return Alert(
        fingerprint=batch.fingerprint({"key": sent.key}),
        status=sent.status,
        name=batch.line(sent.title, batch.VALUE),
        summary=batch.line(sent.summary, batch.TEXT),
        starts_at=batch.started(sent.starts_at, received_at),
        labels=sent.labels | service,
        link=batch.link(sent.link),
        severity=batch.severity(runbook.intake, sent.severity or sent.labels.get(runbook.intake.severity_label)),
    )
