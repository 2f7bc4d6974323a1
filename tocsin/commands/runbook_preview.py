"""`runbook preview`: what would follow, before it does."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

import settings
from starter.desk import on_call as desk
from starter.pictures.preview import picture
from starter.temporal.results import Unreachable
from starter.temporal.shifts import Shifts
from tocsin import library, output
from tocsin.commands import arguments, session
from tocsin.commands.arguments import AsJson, label_pairs, span
from tocsin.commands.days import wall_time
from tocsin.failure import Failure
from tocsin.view.plain import plain
from tocsin.view.timeline import Timeline
from workflows.policy.rota.reached import Rosters
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
    at: Annotated[str, Option(help='When it is declared: "sat 02:00", 2026-11-21T02:00:00Z; now if left out.')] = "",
    people: Annotated[bool, Option("--people", help="Name whoever holds a post with a rota then.")] = False,
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
    now = datetime.now(UTC).replace(microsecond=0)
    course = Scenario(
        severity=_severity(book, arguments.severity(severity)),
        at=wall_time("--at", at, book.calendar.zone, now) if at else now,
        labels=label_pairs(label or ()),
        flags=_flags(book, flag or ()),
        ack_after=span("--ack", ack) if ack else None,
        resolve_after=span("--resolve", resolve) if resolve else None,
        until=span("--until", until) if until else None,
    )
    _possible(course)
    lines = simulated(book, course, _found_elsewhere(book, course) if people else None, settings.load().reached)
    if svg:
        output.save(svg, picture(book, course, lines))
    else:
        output.show(lines, Timeline(book, course, lines, with_people=people), as_json)


def _found_elsewhere(book: Runbook, course: Scenario) -> Rosters:
    """Who holds which post, as Temporal keeps it; what the runbook writes itself needs nobody. Raises Failure."""
    if not any(person.on_call for person in book.people.values()):
        raise Failure(f"nobody of the runbook {book.runbook} has `on_call`: --people has nothing to name")
    try:
        return asyncio.run(_rosters(book, course))
    except Unreachable as error:
        if all(person.on_call.is_written_here for person in book.people.values() if person.on_call):
            output.err.print(plain(f"swaps are not looked at: {error}", "yellow"))
            return {}
        raise


async def _rosters(book: Runbook, course: Scenario) -> Rosters:
    known = Shifts((await session.incidents()).connection)
    return await desk.held(book, known, course.at, course.end)


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
