"""Runbooks as people write them (YAML) become `Runbook`s, or `Problem`s with file and line.

Only what is compiled here enters a workflow: durations are spans of time, holidays are dates.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from starter.runbooks.faults import explain
from starter.runbooks.file import RunbookFile, parse
from starter.runbooks.holidays import compile_holidays
from starter.runbooks.problems import Problem
from starter.runbooks.zones import compile_zones
from workflows.policy.runbook.model import Runbook


@dataclass(frozen=True)
class Library:
    """The runbooks that can be used, by their own names, and what kept the others from being so."""

    runbooks: dict[str, Runbook] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class RunbookReading:
    """One file: the runbook that it holds, or what is wrong with it."""

    book: Runbook | None = None
    file: RunbookFile | None = None
    """None when it is no YAML."""
    problems: tuple[Problem, ...] = ()


def load(path: Path) -> Library:
    """Read one runbook, or every `*.yaml` in a folder. Never raises: a bad runbook does not hide the good ones."""
    readings = list(read_all([path]))
    books = {reading.book.runbook: reading.book for reading in readings if reading.book}
    return Library(books, tuple(problem for reading in readings for problem in reading.problems))


def read_all(paths: Iterable[Path]) -> Iterator[RunbookReading]:
    """Each file, and each in a folder. Of two runbooks of one name the second is a problem."""
    names: set[str] = set()
    for path in paths:
        for reading in _in(path):
            name = reading.book.runbook if reading.book else ""
            yield _taken(reading, name) if name in names else reading
            names |= {name} if name else set()


def _in(path: Path) -> Iterator[RunbookReading]:
    if not path.exists():
        yield _nothing(path, "no such file or folder", "Name a folder of runbooks, or one runbook (TOCSIN_RUNBOOKS)")
    elif not path.is_dir():
        yield read(path)
    elif files := sorted([*path.glob("*.yaml"), *path.glob("*.yml")]):
        yield from map(read, files)
    else:
        yield _nothing(path, "there is no runbook in this folder", "A runbook is a `*.yaml` file")


def _nothing(path: Path, message: str, advice: str) -> RunbookReading:
    return RunbookReading(problems=(Problem(str(path), message, advice=advice),))


def _taken(reading: RunbookReading, name: str) -> RunbookReading:
    assert reading.file
    line, column = reading.file.position(["runbook"])
    what, advice = f"another runbook is already named {name!r}", "Give each runbook a name of its own"
    return RunbookReading(
        file=reading.file, problems=(Problem(reading.file.name, what, line, column, "runbook", advice),)
    )


def read(path: Path) -> RunbookReading:
    """One file. Never raises."""
    file = parse(path)
    return RunbookReading(problems=(file,)) if isinstance(file, Problem) else _compiled(file)


def _compiled(file: RunbookFile) -> RunbookReading:
    plain = file.plain()
    errors = compile_holidays(plain, datetime.now(UTC).date())
    compile_zones(plain)
    try:
        book = Runbook.model_validate(plain, extra="forbid")
    except ValidationError as error:
        errors += error.errors()
    if errors:
        return RunbookReading(file=file, problems=tuple(explain(file, errors)))
    return RunbookReading(book=book, file=file)
