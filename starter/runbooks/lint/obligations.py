"""Legal clocks that nobody hears of, that never begin, or that begin for everything."""

from collections.abc import Iterator

from starter.runbooks.lint.finding import Finding, RunbookPath, error, warning
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.obligations import Obligation
from workflows.policy.runbook.people import Condition


def findings(book: Runbook) -> Iterator[Finding]:
    for number, each in enumerate(book.obligations):
        path: RunbookPath = ("obligations", number)
        yield from _nobody(book, path, each)
        yield from _never_begins(path, each)
        yield from _for_everything(path, each)


def _nobody(book: Runbook, path: RunbookPath, each: Obligation) -> Iterator[Finding]:
    for key, name in (("owner", each.owner), ("deputy", each.deputy)):
        if name is not None and name in book.roles and book.roles[name].falls_to is None:
            yield error(
                (*path, key),
                f"is owed by {name!r}, which falls to nobody",
                "After the incident nobody takes that role, and its clock runs on: whoever is called first is paged.",
                f"Add `falls_to` to `roles.{name}`, or name a person",
            )
    if each.deputy is None or each.deputy == each.owner:
        yield warning(
            (*path, "deputy") if each.deputy else path,
            f"{each.id!r} has no deputy",
            "While its owner is away nobody else is paged.",
            "Add `deputy:` with another role or person",
        )


def _never_begins(path: RunbookPath, each: Obligation) -> Iterator[Finding]:
    if each.counts_from == "flagged" and not each.when.flags:
        yield error(
            (*path, "from"),
            "counts from a flag, and its `when` names none",
            "It counts from the declaration instead.",
            "Add `when: {flags: [...]}`, or write `from: declared`",
        )


def _for_everything(path: RunbookPath, each: Obligation) -> Iterator[Finding]:
    if each.when == Condition() and not each.severities:
        yield warning(
            path,
            f"{each.id!r} applies to every incident",
            "Somebody has to say of each small one that it is not applicable, or is paged for it.",
            "Add `when: {flags: [...]}` or `severities: [sev1]`",
        )
