"""What is doubtful in a runbook that reads well: rules over the `Runbook`, pure, one module per subject.

Each finding says where, what, why it matters and what to write instead; the caller knows the lines.
"""

from collections.abc import Iterator
from datetime import date

from starter.runbooks.lint import (
    clocks,
    conditions,
    deadlines,
    duties,
    filling,
    hours,
    intake,
    ladder,
    levels,
    links,
    obligations,
    people,
    reaching,
    reviews,
    rotas,
    texts,
)
from starter.runbooks.lint.finding import Finding
from workflows.policy.runbook.model import Runbook

RULES = (
    levels,
    intake,
    ladder,
    clocks,
    conditions,
    duties,
    deadlines,
    reviews,
    obligations,
    people,
    reaching,
    texts,
    filling,
    links,
)


def findings(book: Runbook, today: date) -> Iterator[Finding]:
    for rules in RULES:
        yield from rules.findings(book)
    yield from hours.findings(book, today)
    yield from rotas.findings(book, today)
