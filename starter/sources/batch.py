"""What a source's delivery is translated to: alerts in our words, and how an incident would open with them."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from pydantic import ValidationError

from starter.problems import written
from workflows.policy.effects import Instant
from workflows.policy.events import Alert
from workflows.policy.incident import Opening
from workflows.policy.runbook import Intake, Runbook, SeverityName

# What enters a history is bounded, whatever is sent (Temporal refuses payloads beyond 2 MB).
MAX_ALERTS = 1000
MAX_LABELS = 40
TITLE, TEXT, VALUE, NAME, URL = 300, 500, 200, 100, 2000

_CONTROL = re.compile(r"[\x00-\x20\x7f\u2028\u2029]+")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)

Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FieldProblem:
    """One field of a delivery that could not be used."""

    field: str
    message: str


@dataclass(frozen=True)
class Batch:
    """Alerts that belong to one incident."""

    workflow_id: str
    opening: Opening
    alerts: tuple[Alert, ...]
    truncated: int = 0
    """How many more the group has, of which nothing is known."""


@dataclass(frozen=True)
class Delivery:
    """All that one request brought."""

    batches: tuple[Batch, ...] = ()
    problems: tuple[FieldProblem, ...] = ()

    def but(self, problems: Sequence[FieldProblem]) -> "Delivery":
        """The same with problems that the request itself had."""
        return Delivery(self.batches, (*problems, *self.problems))


class Unreadable(Exception):
    """Nothing in the body can be used."""

    def __init__(self, message: str, problems: Sequence[FieldProblem] = (), *, is_json: bool = True) -> None:
        super().__init__(message)
        self.problems = tuple(problems)
        self.is_json = is_json


def workflow_id(source: str, tenant: str, group: str) -> str:
    """Where alerts of a group find their incident: the same for ever, whoever computes it, with no look-up."""
    name = "\0".join((source, tenant, group))
    return f"incident-{source}-{hashlib.sha256(name.encode()).hexdigest()[:20]}"


def batch(source: str, tenant: str, group: str, alerts: Sequence[Alert], book: Runbook, links: Links) -> Batch:
    """The alerts of one group, firing ones first (they open), and the opening that they ask for."""
    ordered = sorted(alerts, key=lambda alert: alert.status != "firing")
    firing = [alert for alert in ordered if alert.status == "firing"] or ordered
    opening = Opening(
        runbook=book,
        severity=min(alert.severity or book.intake.default_severity for alert in firing),
        title=_title(firing),
        service=_service(book.intake, firing),
        source=source,
        detected_at=min(alert.starts_at for alert in firing),
        labels=dict(set.intersection(*(set(alert.labels.items()) for alert in firing))),
        links=_first_of_each(links),
    )
    return Batch(workflow_id(source, tenant, group), opening, tuple(ordered))


def severity(intake: Intake, value: str | None) -> SeverityName | None:
    """The severity that a source's word stands for: by the runbook, or because it is one of our own words."""
    if value is None:
        return None
    own = next((name for name in get_args(SeverityName) if name == value.strip().lower()), None)
    return intake.severities.get(value, own)


def labels(given: Mapping[str, str]) -> dict[str, str]:
    """Labels that fit: their number and size are cut."""
    return {line(name, NAME): line(value, VALUE) for name, value in list(given.items())[:MAX_LABELS]}


def line(text: str, limit: int) -> str:
    """One line of at most `limit` characters, without control characters."""
    text = _CONTROL.sub(" ", text).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def link(url: str) -> str:
    """The address if it is one that a person can follow, otherwise nothing. Never a part of one."""
    return url if len(url) <= URL and _LINK.fullmatch(url) else ""


def fingerprint(labels: Mapping[str, str]) -> str:
    """An identity for an alert that came without one."""
    return hashlib.sha256(repr(sorted(labels.items())).encode()).hexdigest()[:16]


def started(stated: datetime | None, received_at: Instant) -> Instant:
    """When an alert began. A missing or zero time (Go writes year 1), or one ahead of our clock, is now."""
    return received_at if stated is None or stated.year < 1980 else min(stated, received_at)


def problems(error: ValidationError, *prefix: int | str) -> Iterator[FieldProblem]:
    """Pydantic's complaints without the values: those may be secrets, and are the sender's to know."""
    for details in error.errors(include_url=False, include_input=False, include_context=False):
        message = "is missing" if details["type"] == "missing" else details["msg"].removeprefix("Value error, ")
        yield FieldProblem(written((*prefix, *details["loc"])), message)


def _title(alerts: Sequence[Alert]) -> str:
    first, more = alerts[0], f" (+{len(alerts) - 1} more)" if len(alerts) > 1 else ""
    headline = f"{first.name}: {first.summary}" if first.summary else first.name
    return line(headline, TITLE - len(more)) + more


def _first_of_each(links: Links) -> Links:
    chosen: dict[str, str] = {}
    for label, url in links:
        chosen.setdefault(label, url)
    return tuple(chosen.items())


def _service(intake: Intake, alerts: Sequence[Alert]) -> str:
    named = (alert.labels[label] for label in intake.service_labels for alert in alerts if label in alert.labels)
    return next(named, "")
