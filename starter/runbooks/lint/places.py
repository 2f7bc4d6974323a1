"""A runbook's parts with their places, for rules that ask the same of all of them."""

from collections.abc import Iterator

from starter.runbooks.lint.finding import RunbookPath
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.runbook.people import Condition
from workflows.policy.runbook.terms import Duty, Tier


def severities(book: Runbook) -> Iterator[tuple[RunbookPath, Severity]]:
    for name, severity in book.severities.items():
        yield ("severities", name), severity


def tiers(at: RunbookPath, severity: Severity) -> list[tuple[RunbookPath, Tier]]:
    return [((*at, "escalation", number), tier) for number, tier in enumerate(severity.escalation)]


def own_duties(at: RunbookPath, severity: Severity) -> Iterator[tuple[RunbookPath, Duty]]:
    yield from (((*at, "duties", number), duty) for number, duty in enumerate(severity.duties))


def review_duties(at: RunbookPath, severity: Severity) -> Iterator[tuple[RunbookPath, Duty]]:
    if severity.review:
        yield from (((*at, "review", "duties", number), duty) for number, duty in enumerate(severity.review.duties))


def duties(at: RunbookPath, severity: Severity) -> Iterator[tuple[RunbookPath, Duty]]:
    yield from own_duties(at, severity)
    yield from review_duties(at, severity)


def timed_conditions(book: Runbook) -> Iterator[tuple[RunbookPath, Condition]]:
    """Those that are asked when something falls due, and so may depend on the hour."""
    for at, severity in severities(book):
        yield from (((*place, "when"), tier.when) for place, tier in tiers(at, severity))
        yield from (((*place, "when"), duty.when) for place, duty in duties(at, severity))
        if severity.review:
            yield (*at, "review", "when"), severity.review.when


def timeless_conditions(book: Runbook) -> Iterator[tuple[RunbookPath, Condition]]:
    """Those that are asked of the incident as a whole."""
    for at, severity in severities(book):
        if severity.status_page:
            yield (*at, "status_page", "when"), severity.status_page.when
    yield from ((("obligations", number, "when"), each.when) for number, each in enumerate(book.obligations))
    yield from ((("contacts", number, "when"), contact.when) for number, contact in enumerate(book.contacts))
    if book.emergency:
        yield ("emergency",), book.emergency
