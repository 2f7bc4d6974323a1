"""`on-call`: who is on call, now and in the days ahead; and `on-call override`, for a swap."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from typer import Argument, Context, Option

from tocsin import output
from tocsin.commands import session
from tocsin.commands.arguments import AsJson, By, me, span
from tocsin.commands.days import wall_time
from tocsin.failure import Failure, badly_put
from tocsin.view import rota

if TYPE_CHECKING:
    from starter.desk.installation_desk import InstallationDesk
    from starter.desk.on_call_answers import PostOnCall

app = typer.Typer(help="Who is on call, now and in the days ahead; and who takes whose shift.")

RunbookName = Annotated[
    str, Option("--runbook", metavar="NAME", help="Of this runbook; of all that are loaded if left out.")
]


@app.callback(invoke_without_command=True)
def on_call(
    context: Context,
    runbook: RunbookName = "",
    days: Annotated[int, Option(min=1, max=14, help="How many days ahead.")] = 7,
    svg: Annotated[Path | None, Option(metavar="FILE", help="Draw it, into this file.", show_default=False)] = None,
    ical: Annotated[
        Path | None, Option(metavar="FILE", help="As a calendar, into this file.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Who is on call, now and in the days ahead. A FILE instead of a name reads that runbook, and asks nobody."""
    if context.invoked_subcommand is not None:
        return
    if sum((svg is not None, ical is not None, as_json)) > 1:
        raise Failure("--svg, --ical and --json: one of them at a time")
    now = datetime.now(UTC).replace(microsecond=0)
    found = _found(runbook, now, days)
    if svg:
        from starter.pictures.rota import picture

        output.save(svg, picture(found, now, timedelta(days=days)))
    elif ical:
        output.save(ical, rota.as_ical(found, now, now + timedelta(days=days)))
    else:
        output.show(found, rota.table(found, now), as_json)


@app.command()
def override(
    post: Annotated[str, Argument(metavar="POST", help="Whose shift, such as on-call.")],
    who: Annotated[str, Argument(metavar="WHO", help="Who takes it: a name in the runbook's `people`.")],
    length: Annotated[str, Option("--for", metavar="SPAN", help="How long, such as 4h; at most 90d ahead.")],
    begin: Annotated[str, Option("--from", metavar="TIME", help='Such as "sat 02:00"; now if left out.')] = "",
    runbook: Annotated[str, Option("--runbook", metavar="NAME", help="The default runbook if left out.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Let somebody take a stretch of another's shift; of several overrides the newest counts."""
    found = asyncio.run(_override(post, who, span("--for", length), begin, runbook, by or me()))
    output.show(found, rota.table([found], datetime.now(UTC)), as_json)


def _found(runbook: str, now: datetime, days: int) -> "list[PostOnCall]":
    if runbook.endswith((".yaml", ".yml")):
        from starter.desk.on_call import written
        from tocsin import library

        return written(library.at(runbook), now, timedelta(days=days))
    return asyncio.run(_known(runbook, days))


async def _known(runbook: str, days: int) -> "list[PostOnCall]":
    return await (await session.installation_desk()).on_call(runbook, days)


async def _override(post: str, who: str, length: timedelta, begin: str, runbook: str, by: str) -> "PostOnCall":
    from starter.desk.on_call_answers import OverrideRequest

    desk = await session.installation_desk()
    at = await _begins_at(desk, post, begin, runbook) if begin else None
    try:
        said = OverrideRequest(who=who, begins_at=at, duration=length, runbook=runbook)
    except ValidationError as error:
        raise badly_put(error) from None
    return await desk.override(post, said, by)


async def _begins_at(desk: "InstallationDesk", post: str, begin: str, runbook: str) -> datetime:
    """By the clock of that post; one that is not there is refused later, in better words. Raises Failure."""
    name = runbook or (await desk.publication()).default
    zone = next((each.zone for each in await desk.on_call(name, 1) if each.post == post), "UTC")
    return wall_time("--from", begin, zone, datetime.now(UTC))
