"""`runbook preview`: what would follow, before it does."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from starter.pictures.preview import picture
from tocsin import library, output
from tocsin.commands import arguments
from tocsin.commands.arguments import AsJson, label_pairs, moment, span
from tocsin.failure import Failure
from tocsin.view.timeline import Timeline
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.simulation.preview import Scenario
from workflows.policy.time.durations import write
from workflows.texts.preview import preview as simulated

app = typer.Typer()

LONGEST_PREVIEW = timedelta(days=60)
"""How far ahead is looked: every review is over by then, and a quarter of an hour's cadence is 5,760 lines."""
KNOWN_YEARS = range(1970, 2100)
"""Beyond them nobody knows the zones' rules."""


@app.command()
def preview(
    runbook: Annotated[str, Argument(metavar="FILE", help="A runbook's file, or its name.")],
    severity: Annotated[str, Option(help="sev1 (worst) to sev4.")],
    at: Annotated[str, Option(help="When it is declared, such as 2026-11-21T02:00:00Z; now if left out.")] = "",
    label: Annotated[list[str] | None, Option(metavar="NAME=VALUE", help="A label of its alerts; repeatable.")] = None,
    flag: Annotated[list[str] | None, Option(help="A flag that it has from the start; repeatable.")] = None,
    ack: Annotated[str, Option(metavar="SPAN", help="Somebody acknowledges so long after, such as 7m.")] = "",
    resolve: Annotated[str, Option(metavar="SPAN", help="It is resolved so long after, such as 95m.")] = "",
    until: Annotated[str, Option(metavar="SPAN", help="Up to when; a day after the last of these if left out.")] = "",
    svg: Annotated[Path | None, Option(metavar="FILE", help="Draw it, into this file.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a runbook would do, line by line, with reasons; nobody answers unless --ack or --resolve says it."""
    if svg and as_json:
        raise Failure("--svg and --json: one of them at a time")
    book = library.at(runbook)
    course = Scenario(
        severity=_severity(book, arguments.severity(severity)),
        at=moment("--at", at) if at else datetime.now(UTC).replace(microsecond=0),
        labels=label_pairs(label or ()),
        flags=_flags(book, flag or ()),
        ack_after=span("--ack", ack) if ack else None,
        resolve_after=span("--resolve", resolve) if resolve else None,
        until=span("--until", until) if until else None,
    )
    _possible(course)
    lines = simulated(book, course)
    if svg:
        output.save(svg, picture(book, course, lines))
    else:
        output.show(lines, Timeline(book, course, lines), as_json)


def _severity(book: Runbook, given: str) -> SeverityName:
    for name in book.severities:
        if name == given:
            return name
    raise Failure(f"the runbook {book.runbook} has no {given}: choose one of {', '.join(sorted(book.severities))}")


def _flags(book: Runbook, flags: Sequence[str]) -> tuple[str, ...]:
    for flag in flags:
        if flag not in book.flags:
            choices = f"choose from {', '.join(book.flags)}" if book.flags else "it has none"
            raise Failure(f"{flag!r} is not a flag of the runbook {book.runbook}: {choices}")
    return tuple(flags)


def _possible(course: Scenario) -> None:
    if course.at.year not in KNOWN_YEARS:
        raise Failure(f"--at {course.at:%Y-%m-%d}: choose a day in the years {KNOWN_YEARS[0]} to {KNOWN_YEARS[-1]}")
    if course.ack_after is not None and course.resolve_after is not None and course.ack_after > course.resolve_after:
        raise Failure("--ack comes after --resolve: nobody acknowledges what is over")
    if course.end > LONGEST_PREVIEW:
        raise Failure(f"{write(course.end)} is too far ahead: at most {write(LONGEST_PREVIEW)}")
