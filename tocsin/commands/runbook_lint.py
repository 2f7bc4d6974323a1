"""`runbook lint`: what is wrong or doubtful in runbooks, before an incident finds out."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Group
from rich.text import Text
from typer import Argument

from settings import Settings, load
from starter.runbooks.library import RunbookReading, read_all
from starter.runbooks.lint import findings
from starter.runbooks.lint.finding import Finding, Level, warning
from starter.runbooks.problems import Problem, written
from tocsin import output
from tocsin.commands.arguments import AsJson
from tocsin.failure import ExitCode
from worker.pager import unknown
from worker.reachability import reachability
from workflows.policy.runbook.model import Runbook

app = typer.Typer()

NOT_USED = "Until this is mended nobody can use the runbook."
DOCUMENTED = "See what goes here: docs/runbooks/README.md, or `tocsin runbook schema`"
FINDING_STYLES = {"error": "bold red", "warning": "bold yellow"}


class LintLine(BaseModel):
    """One line of `runbook lint --json`."""

    file: str
    line: int
    column: int
    level: Level
    path: str
    """`severities.sev1.escalation[0].page`; empty when it concerns the whole file."""
    what: str
    why: str
    instead: str


@app.command()
def lint(
    files: Annotated[list[Path], Argument(metavar="FILE...", help="Runbooks, or folders of them.")],
    as_json: AsJson = False,
) -> None:
    """Check runbooks: what is wrong, why it matters, and what to write instead. Warnings alone do not fail.

    Where settings connect a way to people, it is also said whom no pager knows, and which of their ways these settings
    have no address for.
    """
    today, settings = datetime.now(UTC).date(), load()
    found = [one for reading in read_all(files) for one in look_at(reading, today, settings)]
    output.show(found, _in_words(found), as_json, whole_lines=True)
    if any(one.level == "error" for one in found):
        raise typer.Exit(ExitCode.refused)


def look_at(reading: RunbookReading, today: date, settings: Settings | None = None) -> list[LintLine]:
    """Everything that is found in one file, in its order. What several severities share is told once."""
    found = [_of_problem(problem) for problem in reading.problems]
    if reading.book and reading.file:
        for finding in (*findings(reading.book, today), *_unreached(reading.book, settings)):
            line, column = reading.file.position(finding.path)
            columns = (written(finding.path), finding.what, finding.why, finding.instead)
            found.append(_found(reading.file.name, line, column, finding.level, *columns))
    first = {(one.line, one.column, one.what): one for one in reversed(found)}
    return sorted(first.values(), key=lambda one: (one.line, one.column))


def _unreached(book: Runbook, settings: Settings | None) -> Iterator[Finding]:
    """Of settings that connect nobody nothing is asked: they are those of a machine that only checks."""
    reach = reachability(book, settings) if settings is not None and settings.any_way else None
    if settings is None or reach is None:
        return
    for person in unknown(book, settings.reached):
        yield warning(
            ("people", person),
            "is known to no pager",
            "Their pages are refused, and the next tier is called.",
            "Give them a key at a pager where the workers run, or ways of their own: docs/reach.md",
        )
    for lost in reach.nowhere:
        yield warning(
            ("people", lost.person, "reach", lost.step),
            f"leads nowhere: {lost.missing}",
            "The next of their ways is tried instead, and if there is none, the next tier.",
            "Set it where the workers run, or take the way out: docs/reach.md",
        )


def _of_problem(problem: Problem) -> LintLine:
    columns = (problem.path, problem.message, NOT_USED, problem.advice or DOCUMENTED)
    return _found(problem.file, problem.line, problem.column, "error", *columns)


def _found(file: str, line: int, column: int, level: Level, path: str, what: str, why: str, instead: str) -> LintLine:
    return LintLine(file=file, line=line, column=column, level=level, path=path, what=what, why=why, instead=instead)


def _in_words(found: Sequence[LintLine]) -> Group:
    return Group(*(line for one in found for line in lines(one)), _summary(found))


def lines(one: LintLine) -> Iterator[Text]:
    path = f"{one.path}: " if one.path else ""
    yield Text.assemble(f"{one.file}:{one.line}: ", (one.level, FINDING_STYLES[one.level]), f": {path}{one.what}")
    for label, sentence in (("why", one.why), ("instead", one.instead)):
        yield Text(f"    {label}: {sentence}", style="dim")


def _summary(found: Sequence[LintLine]) -> Text:
    count = {level: sum(one.level == level for one in found) for level in FINDING_STYLES}
    columns = [f"{number} {level}{'s' if number > 1 else ''}" for level, number in count.items() if number]
    return Text(", ".join(columns) or "nothing to say against it")
