"""Is there an incident for which none of some conditions holds? All kinds that they tell apart are tried."""

from collections.abc import Mapping, Sequence
from itertools import chain, combinations, islice, product
from typing import NamedTuple

from workflows.policy.runbook.people import Condition

FAR = 10_000
"""Kinds of incidents that are tried: more than any ladder tells apart."""


class IncidentKind(NamedTuple):
    labels: Mapping[str, str]
    flags: frozenset[str]
    off_hours: bool
    public: bool


def example(conditions: Sequence[Condition]) -> str | None:
    """Such an incident in words; None if there is none."""
    names = sorted({name for when in conditions for name in when.labels})
    values = [["", *sorted({when.labels[name] for when in conditions if name in when.labels})] for name in names]
    flags = sorted({flag for when in conditions for flag in (*when.flags, *when.without)})
    sets = chain.from_iterable(combinations(flags, count) for count in range(len(flags) + 1))
    cases = product(product(*values), sets, (False, True), (False, True))
    for given, carried, off_hours, public in islice(cases, FAR):
        labels = {name: value for name, value in zip(names, given, strict=True) if value}
        kind = IncidentKind(labels, frozenset(carried), off_hours, public)
        if not any(_matches(when, kind) for when in conditions):
            return _in_words(kind, names, flags, any(when.off_hours is not None for when in conditions))
    return None


def _matches(when: Condition, kind: IncidentKind) -> bool:
    return (
        kind.flags.issuperset(when.flags)
        and kind.flags.isdisjoint(when.without)
        and when.labels.items() <= kind.labels.items()
        and when.off_hours in (None, kind.off_hours)
        and when.public in (None, kind.public)
    )


def _in_words(kind: IncidentKind, names: list[str], flags: list[str], by_hours: bool) -> str:
    """`an incident without such a label team, not flagged security, in business hours`."""
    parts = [f"with {name}: {kind.labels[name]}" if name in kind.labels else f"of no such {name}" for name in names]
    parts += [f"{'flagged' if flag in kind.flags else 'not flagged'} {flag}" for flag in flags]
    if by_hours:
        parts.append("out of hours" if kind.off_hours else "in business hours")
    return f"an incident {', '.join(parts)}"
