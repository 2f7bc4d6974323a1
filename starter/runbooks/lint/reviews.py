"""Clocks after the end that cannot be kept, or reach nobody."""

from collections.abc import Iterator

from starter.runbooks.lint.finding import Finding, RunbookPath, warning
from starter.runbooks.lint.places import severities
from workflows.policy.review.owed import OWED_KINDS
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.runbook.terms import Duty, ReviewTerms
from workflows.policy.time.durations import write


def findings(book: Runbook) -> Iterator[Finding]:
    for at, severity in severities(book):
        if severity.review:
            place = (*at, "review")
            yield from _begins_late(place, severity, severity.review)
            yield from _reminds_too_early(place, severity.review)
            yield from _managers(book, place, severity.review)


def _owed(terms: ReviewTerms) -> list[Duty]:
    return [duty for duty in terms.duties if duty.kind in OWED_KINDS]


def _begins_late(at: RunbookPath, severity: Severity, terms: ReviewTerms) -> Iterator[Finding]:
    for number, duty in enumerate(terms.duties):
        if duty.moment == "resolved" and duty.kind in OWED_KINDS and duty.after < severity.verify_for:
            yield warning(
                (*at, "duties", number, "after"),
                f"is due {write(duty.after)} after the resolution, and the review begins {write(severity.verify_for)} "
                "after it",
                "It would be late from the start.",
                "Lengthen it, shorten `verify_for`, or move it to the severity's `duties`",
            )


def _reminds_too_early(at: RunbookPath, terms: ReviewTerms) -> Iterator[Finding]:
    longest = max((duty.after for duty in _owed(terms)), default=terms.remind)
    if "remind" in terms.model_fields_set and terms.remind > longest:  # by default: as far as there is time for it
        yield warning(
            (*at, "remind"),
            f"reminds {write(terms.remind)} before deadlines of which the longest is {write(longest)}",
            "The reminder would come before the end of the incident: it is not sent.",
            "Let `remind` be shorter than the deadlines",
        )
    if terms.follow_ups.remind >= terms.follow_ups.within:
        yield warning(
            (*at, "follow_ups", "remind"),
            f"reminds {write(terms.follow_ups.remind)} before a follow-up that is due within "
            f"{write(terms.follow_ups.within)}",
            "The reminder would come before the follow-up is added: it is not sent.",
            "Let `remind` be shorter than `within`",
        )


def _managers(book: Runbook, at: RunbookPath, terms: ReviewTerms) -> Iterator[Finding]:
    """Only where the runbook asks for managers itself: by default they are asked as far as there are any."""
    if "manager_after" not in terms.overdue.model_fields_set or terms.overdue.manager_after is None:
        return
    asked = {duty.owner: book.roles[duty.owner].falls_to for duty in _owed(terms) if duty.owner}
    for role, person in asked.items():
        if person is None or book.people[person].manager is None:
            yield warning(
                (*at, "overdue", "manager_after"),
                f"asks the manager of whoever is {book.role_name(role)}, and there is none"
                + (f": {person} has no `manager`" if person else ": it falls to nobody"),
                "Nobody else would hear that it is overdue.",
                f"Add `manager` to `people.{person}`" if person else f"Add `falls_to` to `roles.{role}`",
            )
