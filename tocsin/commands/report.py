"""`report`: what the last weeks looked like."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from typer import Option

from starter.report.figures import ReportFigures
from tocsin import output
from tocsin.commands.arguments import AsJson, ago_or_moment
from tocsin.commands.session import gateway_api, incidents
from tocsin.failure import Failure
from tocsin.view.report import report as table

if TYPE_CHECKING:
    from starter.temporal.results import Past

app = typer.Typer()

Svg = Annotated[Path | None, Option("--svg", metavar="FILE", help="Draw it, into this file.", show_default=False)]
ReportSince = Annotated[str, Option(metavar="SPAN", help="So long before now, such as 30d or 4w; or a date or time.")]
ReportUntil = Annotated[str, Option(metavar="SPAN", help="The same for the end; now if left out.", show_default=False)]


@app.command()
def report(
    since: ReportSince = "30d",
    until: ReportUntil = "",
    runbook: Annotated[str, Option(metavar="NAME", help="Only incidents of this runbook.", show_default=False)] = "",
    svg: Svg = None,
    as_json: AsJson = False,
) -> None:
    """What the last weeks looked like: how many incidents, how soon answered and resolved, and who was not reached."""
    if svg and as_json:
        raise Failure("--svg and --json: one of them at a time")
    now = datetime.now(UTC)
    begin, end = ago_or_moment("--since", since, now), ago_or_moment("--until", until, now) if until else now
    if begin >= end:
        raise Failure(f"--since {since} is not before the end, {end:%Y-%m-%d %H:%M} UTC")
    asked = ReportAsked(begin, end, runbook)
    if svg:
        output.save(svg, asyncio.run(_drawn(asked)))
    else:
        seen = asyncio.run(_figures(asked))
        output.show(seen, table(seen), as_json)


class ReportAsked(NamedTuple):
    since: datetime
    until: datetime
    runbook: str

    @property
    def query(self) -> dict[str, object]:
        span = f"PT{(self.until - self.since).total_seconds():.6f}S"
        return {"span": span, "until": self.until.isoformat(), "runbook": self.runbook}


async def _figures(asked: ReportAsked) -> ReportFigures:
    if api := gateway_api():
        with _progress():
            return (await api.get("report", asked.query)).read(ReportFigures)
    return (await _read(asked))[0]


async def _drawn(asked: ReportAsked) -> str:
    if api := gateway_api():
        with _progress():
            return (await api.get("report.svg", asked.query)).body.decode()
    from starter.pictures.report import picture
    from starter.report.counting import counted

    seen, past = await _read(asked)
    return picture(seen, counted(past.records, asked.since, asked.until))


async def _read(asked: ReportAsked) -> "tuple[ReportFigures, Past]":
    from starter.report.reading import read

    known = await incidents()
    with _progress() as progress:
        return await read(known, *asked, progress)


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """On a terminal, for as long as it takes; nothing in a file or pipe."""
    with output.err.status("reading what Temporal has kept …") as status:
        yield lambda count: status.update(f"reading what Temporal has kept: {count} incidents …")
