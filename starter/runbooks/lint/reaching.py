"""The ways to people: those that come too late, or that wake nobody."""

from collections.abc import Iterator
from datetime import timedelta

from starter.runbooks.lint.finding import Finding, RunbookPath, warning
from starter.runbooks.lint.places import severities
from workflows.policy.runbook.callees import callees
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.runbook.names import severity_title
from workflows.policy.runbook.people import Person
from workflows.policy.time.durations import write


def findings(book: Runbook) -> Iterator[Finding]:
    for name, person in book.people.items():
        if person.reach:
            yield from _quiet(("people", name, "reach"), person)
            yield from _too_late(book, name, person)


def _quiet(at: RunbookPath, person: Person) -> Iterator[Finding]:
    if all(step.is_quiet for step in person.reach):
        yield warning(
            at,
            "wakes nobody: it is a message that is read when somebody looks",
            "At night nobody looks, and the page counts as one that got through.",
            "Add a way that rings",
        )


def _too_late(book: Runbook, name: str, person: Person) -> Iterator[Finding]:
    """The next tier is called before; or they are rung anew, which begins with the first way."""
    spans = list(_spans(book, name))
    for number, step in enumerate(person.reach):
        if step.after and spans and all(span <= step.after for _, span in spans):
            title, span = spans[0]
            yield warning(
                ("people", name, "reach", number),
                f"goes after {write(step.after)}, when a {title} has called the next tier already ({write(span)})",
                "By then others have been fetched, or the first way rings again.",
                "Let `after` be shorter than the time to the next tier",
            )


def _spans(book: Runbook, name: str) -> Iterator[tuple[str, timedelta]]:
    """By severity, how long they have before somebody else is called."""
    for at, severity in severities(book):
        span = _until_the_next(book, severity, name)
        if span is not None:
            yield severity_title(str(at[-1])), span


def _until_the_next(book: Runbook, severity: Severity, name: str) -> timedelta | None:
    called = [tier.after for tier in severity.escalation if name in callees(book, tier)]
    later = [tier.after for tier in severity.escalation if called and tier.after > min(called)]
    return min(later) - min(called) if later else None
