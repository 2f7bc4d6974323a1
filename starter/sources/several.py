"""Alerts of one body, read one by one: what is wrong with one costs no other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import JsonValue

from starter.runbooks.problems import written
from starter.sources.reading import FieldProblem, Unreadable

MOST_ALERTS = 1000
"""Alerts of one delivery: what enters a history is bounded (Temporal refuses payloads beyond 2 MB), and each may be an
incident of its own, all of which are stored before the answer."""
MOST_PROBLEMS = 1000
"""Problems in an answer. Naming a hundred thousand would keep all other senders waiting for seconds."""

T = TypeVar("T")
FieldPath = tuple[int | str, ...]
Read = Callable[[JsonValue, FieldPath], tuple[T, tuple[FieldProblem, ...]]]
"""Raises Unreadable."""


@dataclass(frozen=True)
class Several(Generic[T]):
    good: tuple[T, ...]
    problems: tuple[FieldProblem, ...]
    """Of all of them."""
    unusable: tuple[FieldProblem, ...]
    """The first complaint about each that cannot be used."""
    left_out: int
    """How many follow after those that were looked at."""


def several(sent: Sequence[JsonValue], path: FieldPath, read: Read[T]) -> Several[T]:
    """Those that can be read; the first ones, if there are too many. Raises Unreadable if there are none."""
    good: list[T] = []
    problems: list[FieldProblem] = []
    unusable: list[FieldProblem] = []
    for number, raw in enumerate(sent):
        if max(len(good), len(unusable)) == MOST_ALERTS:
            break
        try:
            found, wrong = read(raw, (*path, number))
        except Unreadable as error:
            unusable.append(error.problems[0] if error.problems else FieldProblem("", str(error)))
            problems.extend(error.problems)
        else:
            good.append(found)
            problems.extend(wrong)
    looked_at = len(good) + len(unusable)
    named = (*_left_out((*path, looked_at), len(sent) - looked_at), *_named(problems))
    if not good:
        raise Unreadable("no alert could be used", named or (FieldProblem(written(path), "the list is empty"),))
    return Several(tuple(good), named, tuple(unusable), len(sent) - looked_at)


def _left_out(first: FieldPath, number: int) -> Iterable[FieldProblem]:
    if number:
        yield FieldProblem(written(first), f"only {MOST_ALERTS} alerts of a delivery are read: {number} more were not")


def _named(problems: Sequence[FieldProblem]) -> tuple[FieldProblem, ...]:
    if len(problems) <= MOST_PROBLEMS:
        return tuple(problems)
    more = FieldProblem("", f"{len(problems) - MOST_PROBLEMS} more problems are not named")
    return (*problems[:MOST_PROBLEMS], more)
