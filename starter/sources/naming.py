"""Problems of one delivery: the first few are named, the others counted, and no more is built of them."""

from collections.abc import Iterator, Sequence

from starter.runbooks.problems import written
from starter.sources import text
from starter.sources.reading import FieldProblem, UnnamedProblems

MOST_PROBLEMS = 20
"""Named ones of a delivery: enough to mend the sender by."""


def problem(loc: Sequence[int | str], message: str) -> FieldProblem:
    """A field bears its sender's own names, which may be as long as a body."""
    return FieldProblem(text.line(written(loc), text.LONGEST_VALUE), text.line(message, text.LONGEST_TEXT))


def named(problems: Sequence[FieldProblem], more: int = 0) -> tuple[FieldProblem, ...]:
    """The first of them as they are. `more`: how many there are besides, which are not even here."""
    if not problems and not more:
        return ()
    first: list[FieldProblem] = []
    for each in problems:
        if isinstance(each, UnnamedProblems):
            more += each.number
        elif len(first) < MOST_PROBLEMS:
            first.append(each)
        else:
            more += 1
    return (*first, *_counted(more))


def _counted(more: int) -> Iterator[FieldProblem]:
    if more:
        yield UnnamedProblems(
            "", "1 more problem is not named" if more == 1 else f"{more} more problems are not named", more
        )
