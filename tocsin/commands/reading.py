"""The commands that only look."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel
from typer import Option

from starter.temporal.results import FoundIncident, HistoryLine, ListPage, NobodyWorks, Summary, whole
from tocsin import output
from tocsin.commands.arguments import AllRows, AsJson, IncidentId, PageNumber
from tocsin.commands.session import incidents
from tocsin.view import answers
from tocsin.view import incident as view
from workflows.policy.views.results import PlanView, Status

if TYPE_CHECKING:
    from starter.temporal.incidents import Incidents

app = typer.Typer()


class ShownIncident(BaseModel):
    """`show --json`."""

    state: Status
    plan: PlanView


class Remembered(BaseModel):
    """`show --json` and `plan --json` when no worker answers: what the history knows by itself."""

    incident: str
    problem: str
    history: list[HistoryLine]


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
    from starter.temporal.stuck_marks import stuck_marked  # with Temporal's client, which `--help` does without

    known = await incidents()
    listed = (
        whole(await known.list(include_closed=closed)) if all_rows else await known.page(page, include_closed=closed)
    )
    return await stuck_marked(known.connection, listed)


async def _show(prefix: str, as_json: bool) -> None:
    known = await incidents()
    found = await known.find(prefix or None, closed=True)
    async with _or_what_the_history_knows(known, found, as_json):
        status = await known.status(found.workflow_id, found.run_id)
        plan_view = await known.plan_view(found.workflow_id, found.run_id)
        output.show(ShownIncident(state=status, plan=plan_view), view.whole(status, plan_view), as_json)


async def _plan(prefix: str, as_json: bool) -> None:
    known = await incidents()
    found = await known.find(prefix or None, closed=True)
    async with _or_what_the_history_knows(known, found, as_json):
        plan_view = await known.plan_view(found.workflow_id, found.run_id)
        output.show(plan_view, answers.plan_view(plan_view), as_json)


@asynccontextmanager
async def _or_what_the_history_knows(known: "Incidents", found: FoundIncident, as_json: bool) -> AsyncIterator[None]:
    """Without a worker nobody can fold the events; the server can still list them. The command fails all the same."""
    try:
        yield
    except NobodyWorks as nobody:
        history = await known.history(found.workflow_id, found.run_id)
        remembered = Remembered(incident=found.incident, problem=str(nobody), history=history)
        output.show(remembered, view.from_history(found.incident, str(nobody), history), as_json)
        raise
