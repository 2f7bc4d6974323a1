"""Conditions that can never hold, or that are not asked."""

from collections.abc import Iterator

from starter.runbooks.lint.finding import Finding, RunbookPath, error, listed
from starter.runbooks.lint.hours import always_business
from starter.runbooks.lint.places import timed_conditions, timeless_conditions
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Condition


def findings(book: Runbook) -> Iterator[Finding]:
    for path, condition in (*timed_conditions(book), *timeless_conditions(book)):
        yield from _contradiction(path, condition)
    for path, condition in timed_conditions(book):
        yield from _never_off_hours(book, path, condition)
    for path, condition in timeless_conditions(book):
        yield from _hour_not_asked(path, condition)
    yield from _always_an_emergency(book)


def _contradiction(path: RunbookPath, condition: Condition) -> Iterator[Finding]:
    both = tuple(flag for flag in condition.flags if flag in condition.without)
    if both:
        yield error(
            path,
            f"wants {listed(both)} and forbids it",
            "A condition that contradicts itself never holds.",
            "Name the flag under `flags` or under `without`, not under both",
        )


def _never_off_hours(book: Runbook, path: RunbookPath, condition: Condition) -> Iterator[Finding]:
    if condition.off_hours and always_business(book.calendar):
        yield error(
            (*path, "off_hours"),
            "waits for a time outside business hours, and business hours never end",
            "This never comes: `calendar.business_hours` covers every hour of the week.",
            "Shorten the business hours, or drop `off_hours`",
        )


def _hour_not_asked(path: RunbookPath, condition: Condition) -> Iterator[Finding]:
    if condition.off_hours is not None:
        yield error(
            (*path, "off_hours"),
            "is not asked here",
            "Only what falls due has an hour; this holds by day and by night.",
            "Drop it, or put it on the tiers and duties that are meant",
        )


def _always_an_emergency(book: Runbook) -> Iterator[Finding]:
    if book.emergency == Condition():
        yield error(
            ("emergency",),
            "holds for every incident",
            "An emergency pages all tiers at once, at any hour: an empty condition makes each SEV-4 one.",
            "Name the flags that make an emergency, or drop it",
        )
