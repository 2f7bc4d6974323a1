"""The ladder of a severity: tiers that reach nobody, that come in vain or in another order than they are written."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from starter.runbooks.lint.finding import Finding, RunbookPath, error, listed, warning
from starter.runbooks.lint.gaps import example
from starter.runbooks.lint.places import severities, tiers
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.runbook.people import Condition
from workflows.policy.runbook.terms import Tier
from workflows.policy.time.durations import write


def findings(book: Runbook) -> Iterator[Finding]:
    for at, severity in severities(book):
        yield from _reaches_nobody(book, at, severity)
        yield from _order(at, severity)
        yield from _repeats(book, at, severity)
        yield from _target(at, severity)


def called_by_default(book: Runbook, tier: Tier) -> frozenset[str]:
    """Whom a tier rings while nobody has taken a role."""
    stand_ins = {role: book.roles[role].falls_to for role in (*tier.roles, *tier.managers_of)}
    managers = (book.people[person].manager for role in tier.managers_of if (person := stand_ins[role]))
    return frozenset(person for person in (*tier.page, *(stand_ins[r] for r in tier.roles), *managers) if person)


def _reaches_nobody(book: Runbook, at: RunbookPath, severity: Severity) -> Iterator[Finding]:
    ladder = tiers(at, severity)
    if not any(called_by_default(book, tier) for _, tier in ladder):
        yield error(
            (*at, "escalation"),
            "no tier reaches anybody",
            "Nobody is paged while nobody has taken a role, and nobody takes a role who was not paged.",
            "Name people under `page`, or give the roles a `falls_to`",
        )
        return
    for path, tier in ladder:
        if not called_by_default(book, tier):
            yield from _nobody(book, path, tier)
    yield from _gap(at, severity)


def _nobody(book: Runbook, path: RunbookPath, tier: Tier) -> Iterator[Finding]:
    roles = tuple(book.role_name(role) for role in (*tier.roles, *tier.managers_of))
    if not roles:
        yield error(
            path,
            "the tier names nobody",
            "It is skipped, and the next one is called at once.",
            "Name people under `page`, `roles` or `managers_of`",
        )
    else:
        yield warning(
            path,
            f"reaches nobody before somebody is {listed(roles)}",
            "A role that nobody has taken falls to nobody here, or to one who has no manager: the tier is skipped.",
            "Give the role a `falls_to` (and that person a `manager`), or name people under `page`",
        )


def _gap(at: RunbookPath, severity: Severity) -> Iterator[Finding]:
    """An incident for which none of the first tiers is: the first that has anybody is called in their place."""
    if not _has_an_unconditional(severity.escalation):
        yield warning(
            (*at, "escalation"),
            "every tier has a condition",
            "For an incident for which none of them holds the first tier is called although it is not meant.",
            "Leave `when` away from the first tier",
        )
        return
    first = min(tier.after for tier in severity.escalation)
    if _has_an_unconditional([tier for tier in severity.escalation if tier.after == first]):
        return
    missing = example([tier.when for tier in severity.escalation if tier.after == first])
    if missing is not None:
        yield warning(
            (*at, "escalation"),
            f"every tier that is called first ({write(first)}) has a condition, and none is for {missing}",
            "For such an incident the next tier that has anybody is called in their place, at once, and it is shouted.",
            f"Add a tier at {write(first)} without `when`, or one for the others",
        )


def _has_an_unconditional(tiers: Sequence[Tier]) -> bool:
    conditions = [tier.when for tier in tiers]
    by_day_and_night = all(Condition(off_hours=off) in conditions for off in (True, False))
    return Condition() in conditions or by_day_and_night


def _steps(at: RunbookPath, severity: Severity) -> list[tuple[RunbookPath, Tier]]:
    """The ladder proper. A tier under a condition, or called once because the incident lasts, stands apart."""
    return [(path, tier) for path, tier in tiers(at, severity) if tier.when == Condition() and not tier.once]


def _order(at: RunbookPath, severity: Severity) -> Iterator[Finding]:
    for (_, before), (path, tier) in pairwise(_steps(at, severity)):
        if tier.after < before.after:
            yield warning(
                (*path, "after"),
                f"is called after {write(tier.after)}, before the tier above it ({write(before.after)})",
                "Tiers are called in the order of time; written in another order they are misread at night.",
                "Write the tiers in the order in which they are called",
            )


def _repeats(book: Runbook, at: RunbookPath, severity: Severity) -> Iterator[Finding]:
    """Of two tiers at the same moment the later one is either superfluous or part of the first."""
    earlier: list[Tier] = []
    for path, tier in tiers(at, severity):
        together = [one for one in earlier if one.after == tier.after and one.when in (tier.when, Condition())]
        people = called_by_default(book, tier)
        called = frozenset[str]().union(*(called_by_default(book, one) for one in together))
        if people and people <= called:
            yield error(
                path,
                f"calls nobody whom another tier does not call at the same moment ({write(tier.after)})",
                "The tier adds nothing: whoever does not answer the first ring gets a second one at once.",
                "Give it a later `after` or other people, or drop it",
            )
        elif tier.when == Condition() and any((one.unless, one.once) == (tier.unless, tier.once) for one in together):
            yield warning(
                (*path, "after"),
                f"is called at the same moment as another tier ({write(tier.after)})",
                "A tier is a next step: two at a time are one, and `tocsin escalate` counts them as two.",
                "Put their people into one tier, or give it a later `after`",
            )
        earlier.append(tier)


def _target(at: RunbookPath, severity: Severity) -> Iterator[Finding]:
    within = severity.acknowledge.within
    if within is None or isinstance(within, str):
        return
    path = (*at, "acknowledge", "within")
    first, *later = sorted(severity.escalation, key=lambda tier: tier.after)
    following = [tier.after for tier in later if tier.after > first.after and tier.unless == "acknowledged"]
    if within <= first.after:
        yield error(
            path,
            f"is missed after {write(within)}, when nobody has been called yet ({write(first.after)})",
            "The first tier cannot be paged again before it was paged: a missed target does nothing.",
            "Let the target be longer than the first tier's `after`",
        )
    elif following and within > min(following):
        yield warning(
            path,
            f"is missed after {write(within)}, when the next tier has been called already ({write(min(following))})",
            "A missed target pages the first tier again: by then others have been fetched.",
            "Let it be no longer than the next tier's `after`",
        )
