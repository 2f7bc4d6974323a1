"""What the model says against a runbook, in the words of the file: where it is written, and what was meant."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic_core import ErrorDetails

from starter.runbooks.file import RunbookFile
from starter.runbooks.problems import Loc, Problem, closest, written
from starter.runbooks.wording import reworded
from starter.runbooks.words import words_at

_REFERENCE = re.compile(r"(?P<path>[\w.-]+): (?P<message>.*)")
_WORD = re.compile(r"'([^']*)'")
_AMONG = re.compile(r"among `(\w+)`")


def explain(file: RunbookFile, errors: Sequence[ErrorDetails]) -> list[Problem]:
    """In the order of the file. A list is not called too short because its items are wrong."""
    wrong_inside = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    kept = [error for error in errors if error["type"] != "too_short" or error["loc"] not in wrong_inside]
    found = [problem for error in kept for problem in _explain(file, error)]
    return sorted(found, key=lambda problem: (problem.line, problem.column))


def _explain(file: RunbookFile, details: ErrorDetails) -> Iterator[Problem]:
    loc = tuple(part for part in details["loc"] if part != "[key]")
    message, advice = reworded(details)
    if details["type"] == "value_error" and not loc:
        complaints = details["msg"].removeprefix("Value error, ").split("; ")
        yield from (_broken_reference(file, part) for part in complaints)
        return
    if details["type"] == "extra_forbidden":
        message, advice = "runbooks have no such key here", closest(str(loc[-1]), words_at(loc[:-1]))
    elif details["type"] == "too_short":
        message, advice = "needs at least one", "Write one more line, `- ...`"
    elif details["type"] == "missing":
        message, advice = "is missing", f"Add `{loc[-1]}:`"
    yield Problem(file.name, message, *file.position(loc), written(loc), advice)


def _broken_reference(file: RunbookFile, message: str) -> Problem:
    """One of `Runbook`'s own complaints: `severities.sev1.escalation: tier 1 pages 'x', who is not among `people``."""
    found = _REFERENCE.fullmatch(message)
    if found is None:
        return Problem(file.name, message)
    word, among = _WORD.search(message), _AMONG.search(message)
    known = file.at([among[1]]) if among else None
    near = closest(word[1], map(str, known)) if word and isinstance(known, Mapping | Sequence) else ""
    loc = _loc(file, found["path"])
    return Problem(file.name, found["message"], *file.position(loc), written(loc), near)


def _loc(file: RunbookFile, path: str) -> Loc:
    """`severities.sev1.duties.fix.to`: a duty is named by its id, and may be one of the review's."""
    loc: list[int | str] = []
    for part in path.split("."):
        if loc and loc[-1] == "duties":
            loc = [*_duty(file, loc[:-1], part)]
        else:
            loc.append(int(part) if part.isdigit() else part)
    return loc


def _duty(file: RunbookFile, severity: Loc, name: str) -> Loc:
    for place in ([*severity, "duties"], [*severity, "review", "duties"]):
        duties = file.at(place)
        for number, duty in enumerate(duties if isinstance(duties, Sequence) else ()):
            if isinstance(duty, Mapping) and duty.get("id") == name:
                return [*place, number]
    return [*severity, "duties"]
