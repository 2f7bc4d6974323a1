"""Alerts of one body, read one by one: what is wrong with one costs no other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import JsonValue

from starter.runbooks.problems import written
from starter.sources.naming import named
from starter.sources.reading import FieldProblem, UnnamedProblems, Unreadable

MOST_ALERTS = 1000
"""Alerts of one delivery: what enters a history is bounded (Temporal refuses payloads beyond 2 MB), and each may be an
incident of its own, all of which are stored before the answer."""
MOST_WRONG_TOGETHER = 10_000
"""Fields of all alerts of a delivery that are left out because they are wrong. Past that no more alerts are looked at:
they are counted."""

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
    wrong_together = 0
    for number, raw in enumerate(sent):
        if max(len(good), len(unusable)) == MOST_ALERTS or wrong_together > MOST_WRONG_TOGETHER:
            break
        try:
            found, wrong = read(raw, (*path, number))
        except Unreadable as error:
            unusable.append(error.problems[0] if error.problems else FieldProblem("", str(error)))
            wrong = error.problems
        else:
            good.append(found)
        problems.extend(wrong)
        wrong_together += sum(each.number if isinstance(each, UnnamedProblems) else 1 for each in wrong)
    looked_at = len(good) + len(unusable)
    problems_named = named((*_left_out(path, looked_at, len(sent) - looked_at), *problems))
    if not good:
        raise Unreadable(
            "no alert could be used", problems_named or (FieldProblem(written(path), "the list is empty"),)
        )
    return Several(tuple(good), problems_named, tuple(unusable), len(sent) - looked_at)


def _left_out(path: FieldPath, looked_at: int, number: int) -> Iterable[FieldProblem]:
    if number:
        what = f"only {looked_at} alerts of this delivery are read: {number} more were not"
        yield FieldProblem(written((*path, looked_at)), what)
