"""Which severities there are, and which alerts mean which."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import get_args

from starter.runbooks.lint.finding import Finding, RunbookPath, error, warning
from starter.runbooks.vocabulary import plain
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName, severity_title


def findings(book: Runbook) -> Iterator[Finding]:
    yield from _unknown(book)
    yield from _gaps(book)
    yield from _overlaps(book)
    yield from _labels(book)


def _unknown(book: Runbook) -> Iterator[Finding]:
    asked: list[tuple[RunbookPath, SeverityName]] = [
        (("intake", "severities", label), name) for label, name in book.intake.severities.items() if name != "ignore"
    ]
    asked.append((("intake", "default_severity"), book.intake.default_severity))
    for path, name in asked:
        if name not in book.severities:
            rules = next(known for known, severity in book.severities.items() if severity is book.severity(name))
            yield error(
                path,
                f"is {name}, which this runbook does not describe",
                f"Such an alert is called a {severity_title(name)} and treated as a {severity_title(rules)}.",
                f"Write {' or '.join(sorted(book.severities))}, or describe {name} under `severities`",
            )


def _gaps(book: Runbook) -> Iterator[Finding]:
    for graver, lesser in pairwise(sorted(book.severities)):
        left_out = [f"sev{number}" for number in range(int(graver[-1]) + 1, int(lesser[-1]))]
        if left_out:
            yield warning(
                ("severities", lesser),
                f"there is no {' and no '.join(left_out)} between {graver} and {lesser}",
                f"Whoever says {left_out[0]} gets the rules of {graver}.",
                f"Describe {' and '.join(left_out)}, or number the severities without a gap",
            )


def _overlaps(book: Runbook) -> Iterator[Finding]:
    for one, other in combinations(sorted(book.severities), 2):
        first, second = book.severities[one], book.severities[other]
        for key in ("title", "definition"):
            if getattr(first, key).strip().lower() == getattr(second, key).strip().lower():
                yield warning(
                    ("severities", other, key),
                    f"is the same as that of {one}",
                    "Nobody can tell the two severities apart.",
                    "Say what makes the difference",
                )
        both = {example.strip().lower() for example in first.examples}
        for number, example in enumerate(second.examples):
            if example.strip().lower() in both:
                yield warning(
                    ("severities", other, "examples", number),
                    f"is an example of {one}, too",
                    "Nobody can tell which of the two severities it is.",
                    "Leave it with one of them",
                )


def _labels(book: Runbook) -> Iterator[Finding]:
    labels = book.intake.severities
    for label, name in labels.items():
        path = ("intake", "severities", label)
        own = plain(label)
        if own in get_args(SeverityName) and own != name:
            yield warning(
                path,
                f"alerts that say {own} become {name}",
                "Whoever wrote the alert meant the severity of that name.",
                f"Write {label}: {own}, or leave it out: it is understood",
            )
        alike = [other for other in labels if plain(other) == own and other != label]
        if any(labels[other] != name for other in alike) and label == max([label, *alike]):
            yield warning(
                path,
                f"means {name}, and {alike[0]!r} means {labels[alike[0]]}",
                "Only upper and lower case, blanks or dashes tell them apart.",
                "Let both mean the same severity",
            )
