"""The runbook's own texts, filled in with the most that an incident may hold: what fails then would fail one night."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from jinja2 import UndefinedError

from starter.runbooks.lint.finding import Finding, error
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Destination, Post
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import (
    Acknowledged,
    AlertsReceived,
    Event,
    FlagChanged,
    Noted,
    Resolved,
    RoleAssigned,
    UpdatePosted,
)
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident, declare
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.texts.context import Values
from workflows.texts.render import ENVIRONMENT, FAILURES, LONGEST_MESSAGE, fill, why

EXAMPLE_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
HOSTILE = "🔥\u202e{{ x }}%s{0}<b>\\"
"""Wide, backwards, and looking like a template, a format, markup and an escape."""


def findings(book: Runbook) -> Iterator[Finding]:
    if not book.templates or not book.severities:
        return
    values = _values(book)
    for name, source in book.templates.items():
        problem = _problem(values, source)
        if problem:
            yield error(
                ("templates", name),
                f"fails for an incident with long texts and many alerts: {problem}",
                "People would read Tocsin's own text instead, or a bare headline.",
                "Shorten its loops and what it repeats; a text may do no more than a message needs",
            )


def _problem(values: Values, source: str) -> str:
    """Not of what cannot be read at all, or asks a missing value for more: `texts` tells that, or its duty knows it."""
    try:
        ENVIRONMENT.compile(source)
    except FAILURES:
        return ""
    try:
        fill(values, source)
    except UndefinedError:
        return ""
    except FAILURES as error:
        return why(error)
    return ""


def _values(book: Runbook) -> Values:
    incident, reason = _full(book), "x" * IncidentBounds.text
    effect = Post(to=Destination(channel=book.home), template="told", kind="draft")
    demand = Demand(
        duty=duty_key(DutyKind.ANNOUNCEMENT, "incident"),
        occurrence=incident.told,
        due_at=EXAMPLE_MOMENT,
        reason=reason,
        effect=effect,
    )
    return Values(book, incident, demand, EXAMPLE_MOMENT + timedelta(hours=1), lambda _, __: "x" * LONGEST_MESSAGE)


def _full(book: Runbook) -> Incident:
    text = HOSTILE * IncidentBounds.message
    labels = {f"{n}{HOSTILE}": text[:100] for n in range(100)}
    opening = OpenRequest(
        runbook=book,
        severity=min(book.severities),
        title=text[:300],
        service=text,
        labels=labels,
        links=(("Link", "https://example.com/" + "x" * 1900),) * IncidentBounds.links,
    )
    incident = declare(opening, EXAMPLE_MOMENT, "20260101-0000-aaaaaa", "incident-" + "x" * 40)
    for event in _events(book, text):
        incident = apply(book, incident, event)
    return incident


def _events(book: Runbook, text: str) -> Iterator[Event]:
    yield AlertsReceived(
        at=EXAMPLE_MOMENT,
        alerts=tuple(
            Alert(fingerprint=f"{n}", name=text, summary=text, starts_at=EXAMPLE_MOMENT)
            for n in range(IncidentBounds.alerts)
        ),
    )
    yield from (RoleAssigned(at=EXAMPLE_MOMENT, role=role, person=text) for role in book.roles)
    yield from (FlagChanged(at=EXAMPLE_MOMENT, flag=flag) for flag in sorted(book.flags))
    yield from (Noted(at=EXAMPLE_MOMENT, by=text, text=text) for _ in range(IncidentBounds.timeline))
    yield Acknowledged(at=EXAMPLE_MOMENT, by=text)
    yield UpdatePosted(at=EXAMPLE_MOMENT, by=text, text=text[:3000], phase="identified")
    yield Resolved(at=EXAMPLE_MOMENT, by=text, text=text)
