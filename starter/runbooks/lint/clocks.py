"""Cadences and deadlines that do not fit each other."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from starter.runbooks.lint.finding import Finding, RunbookPath, error, warning
from starter.runbooks.lint.places import severities
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.runbook.names import severity_title
from workflows.policy.runbook.terms import Cadence, StatusPageTerms
from workflows.policy.time.durations import write


def findings(book: Runbook) -> Iterator[Finding]:
    for at, severity in severities(book):
        if severity.updates:
            yield from _updates((*at, "updates"), severity.updates)
            yield from _signs_of_life(at, severity, severity.updates)
        if severity.status_page:
            yield from _status_page((*at, "status_page"), severity.status_page)
    yield from _graver_is_slower(book)


def _updates(at: RunbookPath, terms: Cadence) -> Iterator[Finding]:
    if terms.remind >= terms.every:
        yield error(
            (*at, "remind"),
            f"reminds {write(terms.remind)} before an update that is due every {write(terms.every)}",
            "The reminder would come before the update before: it is not sent.",
            "Let `remind` be shorter than `every`",
        )


def _signs_of_life(at: RunbookPath, severity: Severity, terms: Cadence) -> Iterator[Finding]:
    expires = severity.acknowledge.expires_after
    if expires is not None and expires <= terms.every:
        yield warning(
            (*at, "acknowledge", "expires_after"),
            f"is over after {write(expires)}, and updates are owed every {write(terms.every)}",
            "Updates are signs of life: people are paged again although they are on time.",
            "Let `expires_after` be longer than `updates.every`",
        )


def _status_page(at: RunbookPath, terms: StatusPageTerms) -> Iterator[Finding]:
    if terms.every and terms.first > terms.every:
        yield warning(
            (*at, "first"),
            f"is first updated after {write(terms.first)}, and then every {write(terms.every)}",
            "Customers wait longest for the first word, when they know least.",
            "Let `first` be no longer than `every`",
        )
    if terms.every and terms.anyway_after and terms.anyway_after >= terms.every:
        yield warning(
            (*at, "anyway_after"),
            f"lets a draft wait for {write(terms.anyway_after)}, and the next is due after {write(terms.every)}",
            "The next draft takes its place before it goes out.",
            "Let `anyway_after` be shorter than `every`",
        )


def _graver_is_slower(book: Runbook) -> Iterator[Finding]:
    for graver, lesser in pairwise(sorted(book.severities)):
        for path, one, other in _compared(book.severities[graver], book.severities[lesser]):
            if one is not None and other is not None and one > other:
                yield warning(
                    ("severities", graver, *path),
                    f"is {write(one)}, and {write(other)} for a {severity_title(lesser)}",
                    "What is graver is slower.",
                    "Exchange them, or make the graver one at least as quick",
                )


def _compared(graver: Severity, lesser: Severity) -> Iterator[tuple[RunbookPath, timedelta | None, timedelta | None]]:
    yield ("updates", "every"), _every(graver.updates), _every(lesser.updates)
    yield ("status_page", "every"), _every(graver.status_page), _every(lesser.status_page)
    within = [severity.acknowledge.within for severity in (graver, lesser)]
    spans = [None if isinstance(span, str) else span for span in within]
    yield ("acknowledge", "within"), spans[0], spans[1]


def _every(terms: Cadence | StatusPageTerms | None) -> timedelta | None:
    return terms.every if terms else None
