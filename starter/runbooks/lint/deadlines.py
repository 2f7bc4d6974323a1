"""Deadlines: what the end of the incident would end, and what counts from a moment that does not come."""

from collections.abc import Iterator

from starter.runbooks.lint.finding import Finding, RunbookPath, error, warning
from starter.runbooks.lint.places import duties, own_duties, review_duties, severities
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import Duty
from workflows.policy.time.durations import DAY, HOUR, write


def findings(book: Runbook) -> Iterator[Finding]:
    for at, severity in severities(book):
        for path, duty in duties(at, severity):
            yield from _never_comes(path, duty)
            yield from _says_two_things(path, duty)
        for path, duty in own_duties(at, severity):
            yield from _ends_with_the_incident(path, duty)
        for path, duty in review_duties(at, severity):
            yield from _begins_too_late(path, duty)


def _ends_with_the_incident(path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    unsaid = duty.counts_from is None and duty.unless is None and duty.every is None
    if duty.at == "resolved" or not unsaid or (duty.after < HOUR and duty.on != "monday"):
        return
    when = f"on a Monday, once the incident is {duty.at}" if duty.after < HOUR else ""
    due = f"{duty.id!r} is due {when or f'{write(duty.after)} after the incident is {duty.at}'}"
    start = duty.at if duty.at in ("declared", "mitigated") else "declared"
    instead = f"Write `from: {start}` if it is owed all the same, `unless: resolved` if it is not"
    if duty.after < DAY:
        yield warning(
            (*path, "after"),
            f"{due}, and would end with it",
            "Of an incident that is resolved before, nobody hears of it.",
            instead,
        )
    else:
        yield warning(
            (*path, "after"),
            f"{due}: most have ended by then, and it does not say whether it would end with them",
            "It does not, because it is due after a day or later; but its reader cannot see that.",
            instead,
        )


def _never_comes(path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    if duty.counts_from == "flagged" and not duty.when.flags:
        yield error(
            (*path, "from"),
            "counts from a flag, and its `when` names none",
            "That moment never comes: it is never owed.",
            "Add `when: {flags: [...]}`, or write `from: detected` or `from: declared`",
        )


def _says_two_things(path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    if duty.counts_from is None:
        return
    if "at" in duty.model_fields_set and duty.at != duty.counts_from:
        yield error(
            (*path, "at"),
            f"counts from two moments: {duty.at}, and {duty.counts_from}",
            "It is due at one time, which counts from the second.",
            "Drop one of `at` and `from`",
        )
    if duty.unless is not None:
        yield error(
            (*path, "unless"),
            "ends with the incident, and counts `from` a moment as what does not",
            "It is owed after the end.",
            "Drop one of `unless` and `from`",
        )
    if duty.every is not None and duty.counts_from != "resolved":
        yield error(
            (*path, "every"),
            "recurs until the incident is resolved, and is a deadline (`from`)",
            "A deadline is due once.",
            "Drop `every`, or write `at` instead of `from`",
        )


def _begins_too_late(path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    if duty.counts_from not in (None, "resolved"):
        yield warning(
            (*path, "from"),
            f"is due {write(duty.after)} after the incident is {duty.counts_from}, and the review begins when it has "
            "closed",
            "Nobody is asked for it while the incident lasts, however long that is.",
            "Move it to the severity's `duties`: the review carries it on from there",
        )
