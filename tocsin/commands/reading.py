"""The commands that only look."""

import asyncio
from typing import Annotated

import typer
from typer import Option

from starter.desk.answers import Remembered
from starter.temporal.results import PAGE_SIZE, ListPage, Summary, whole
from tocsin import output
from tocsin.commands.arguments import AllRows, AsJson, IncidentId, PageNumber
from tocsin.commands.session import desk
from tocsin.failure import ExitCode, Failure
from tocsin.view import answers
from tocsin.view import incident as view

app = typer.Typer()


@app.command("list")
def list_(
    closed: Annotated[bool, Option("--closed", help="Closed ones too.")] = False,
    all_rows: AllRows = False,
    page: PageNumber = 1,
    as_json: AsJson = False,
) -> None:
    """Which incidents are open, the most urgent first."""
    found = asyncio.run(_list(closed, all_rows, page))
    output.show_page(found, answers.summaries(found.rows), as_json)


@app.command()
def show(incident: IncidentId = "", as_json: AsJson = False) -> None:
    """One incident: how it stands, who has been paged, what comes next and why, and what happened."""
    asyncio.run(_show(incident, as_json))


@app.command()
def plan(incident: IncidentId = "", as_json: AsJson = False) -> None:
    """What comes next, when, and why."""
    asyncio.run(_plan(incident, as_json))


async def _list(closed: bool, all_rows: bool, page: int) -> ListPage[Summary]:
    reached = await desk()
    if all_rows:
        return whole(await reached.all_incidents(closed=closed))
    return await reached.incidents(page, PAGE_SIZE, closed=closed)


async def _show(part: str, as_json: bool) -> None:
    answer = await (await desk()).show(part)
    if isinstance(answer, Remembered):
        raise show_remembered(answer, as_json)
    output.show(answer, view.whole(answer.state, answer.plan), as_json)


async def _plan(part: str, as_json: bool) -> None:
    answer = await (await desk()).plan(part)
    if isinstance(answer, Remembered):
        raise show_remembered(answer, as_json)
    output.show(answer, answers.plan_view(answer), as_json)


def show_remembered(answer: Remembered, as_json: bool) -> Failure:
    """What the history knows is shown, and the command fails all the same: this is to be raised."""
    output.show(answer, view.from_history(answer.incident, answer.problem, answer.history), as_json)
    return Failure(answer.problem, ExitCode.not_reached)
