"""Where an alert would go, and why: what the gateway does with a delivery, without doing it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from pydantic import BaseModel

from settings.model import MAX_BODY_BYTES
from starter.intake.grouping import Batch, group
from starter.intake.ignoring import IgnoredAlerts, set_aside
from starter.intake.interpreting import BY_ADDRESS, interpret, services, with_severity
from starter.intake.silencing import Silenced, silenced
from starter.intake.translating import translated
from starter.sources.credentials import Mask
from starter.sources.reading import FieldProblem, Webhook
from starter.sources.source import Source
from workflows.policy.incident.alert import Alert
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.time.durations import write
from workflows.policy.watches.silence import SilenceSummary


class Why(BaseModel):
    """Which part of the delivery, the runbook or the settings decided."""

    runbook: str
    severity: str
    service: str
    incident: str


class ExplainedIncident(BaseModel):
    """One incident that a delivery would open, or whose alerts it would bring."""

    incident: str
    """The workflow id, which is a pure function of the alerts' grouping key."""
    opens: bool
    """False: all its alerts have resolved, so only an incident that is open already would hear of them."""
    runbook: str
    severity: SeverityName
    title: str
    service: str
    labels: dict[str, str]
    links: tuple[tuple[str, str], ...]
    alerts: int
    flap_hold: str
    """How long an alert that flaps must have resolved before its incident is over."""
    why: Why


class Silent(BaseModel):
    """A silence that matches."""

    silence: str
    until: datetime
    reason: str
    alerts: list[str]
    """By name: those that fire, which would open their incident when it ends."""


class Routed(BaseModel):
    """`tocsin route --json`."""

    routes: list[ExplainedIncident]
    silences: list[Silent] | None = None
    """Those that would hold some of its alerts now; None: they could not be looked up."""
    problems: list[FieldProblem]
    opens_nothing: list[IgnoredAlerts] = []
    """Alerts that fire and would open no incident."""
    ignored: str = ""
    """Why it would change nothing."""
    unreadable: str = ""
    """Why nothing in it can be read: the incident is about that."""


def route(
    source: Source,
    webhook: Webhook,
    book: Runbook,
    because: str,
    silences: Sequence[SilenceSummary] | None = None,
    limit: int = MAX_BODY_BYTES,
    redact: Mask | None = None,
) -> Routed:
    """What would become of a delivery. `because` says why it is this runbook, `limit` is TOCSIN_MAX_BODY_BYTES."""
    sent = with_severity(translated(source, webhook, limit, redact), webhook.query.get("severity", ""), book.intake)
    reading, ignored = set_aside(interpret(source.name, sent, book, webhook.received_at))
    delivery = group(reading)
    by_address = {each.fingerprint for each in sent.alerts if each.severity_field == BY_ADDRESS}
    routes = [_route(source, batch, book, because, by_address) for batch in delivery.batches]
    silent = None
    if silences is not None:
        silent = [_silent(held) for held in silenced(reading, silences) if held.firing]
    return Routed(
        routes=routes,
        silences=silent,
        problems=list(delivery.problems),
        opens_nothing=list(ignored),
        ignored=sent.ignored,
        unreadable=sent.unreadable,
    )


def _route(source: Source, batch: Batch, book: Runbook, because: str, by_address: Collection[str]) -> ExplainedIncident:
    firing = [alert for alert in batch.alerts if alert.status == "firing"]
    opening = batch.opening
    return ExplainedIncident(
        incident=batch.workflow_id,
        opens=bool(firing),
        runbook=book.runbook,
        severity=opening.severity,
        title=opening.title,
        service=opening.service,
        labels=dict(sorted(opening.labels.items())),
        links=opening.links,
        alerts=len(batch.alerts),
        flap_hold=write(book.intake.flap_hold),
        why=Why(
            runbook=because,
            severity=_why_severity(book, opening.severity, firing or batch.alerts, by_address),
            service=_why_service(book, opening.service, firing or batch.alerts),
            incident=_why_incident(source, batch),
        ),
    )


def _silent(held: Silenced) -> Silent:
    names = [alert.name for alert in held.firing]
    return Silent(silence=held.by.id, until=held.by.ends_at, reason=held.by.reason, alerts=names)


def _why_incident(source: Source, batch: Batch) -> str:
    if not batch.by:
        return source.group_is
    return "the runbook's group_by: " + ", ".join(f"{label}={value}" for label, value in batch.by)


def _why_severity(book: Runbook, severity: SeverityName, alerts: Sequence[Alert], by_address: Collection[str]) -> str:
    decides = next((alert for alert in alerts if alert.severity == severity), None)
    if decides is None:
        why = _why_default(book, alerts)
    else:
        value = decides.labels.get(book.intake.severity_label)
        own = "the address's ?severity=" if decides.fingerprint in by_address else "its own severity"
        said = f"{book.intake.severity_label}={value}" if value is not None else own
        gravest = ", the gravest of them" if len({alert.severity for alert in alerts}) > 1 else ""
        why = f"{said}, on {decides.name}{gravest}"
    if severity not in book.severities:
        why += f"; the runbook has no {severity}, and follows the rules of the next graver one"
    return why


def _why_default(book: Runbook, alerts: Sequence[Alert]) -> str:
    label = book.intake.severity_label
    unknown = {alert.labels[label] for alert in alerts if label in alert.labels}
    if unknown:
        return f"the runbook's default: nobody knows {label}={', '.join(sorted(unknown))}"
    return f"the runbook's default: no alert has a label {label}"


def _why_service(book: Runbook, service: str, alerts: Sequence[Alert]) -> str:
    names = book.intake.service_labels
    if not service:
        return f"no alert has a label {' or '.join(names)}"
    label, value, alert = next(services(book.intake, alerts))
    return f"{label}={value}, on {alert.name}" + (", by the runbook's map of services" if value != service else "")
