"""`review list|show|start|submit|waive|snooze`: what an incident owes after its end."""

import asyncio
from typing import Annotated

import typer
from pydantic import BaseModel
from typer import Argument, Option

from starter.temporal.results import ListPage, NobodyWorks, ReviewSummary, whole
from starter.temporal.reviews import Reviews
from starter.temporal.stuck_marks import stuck_marked
from tocsin import output
from tocsin.commands.arguments import AllRows, AsJson, PageNumber, Reason
from tocsin.commands.event_command import event_command
from tocsin.commands.reading import Remembered
from tocsin.commands.session import incidents
from tocsin.view import incident as incident_view
from tocsin.view import review as view
from workflows.policy.incident.events import Event
from workflows.policy.review.events import NagsSnoozed, ReviewStarted, Submitted, Waived
from workflows.policy.review.results import ReviewStatus
from workflows.policy.views.results import PlanView

app = typer.Typer(no_args_is_help=True, help="What an incident owes after its end, until all of it is done.")

WHICH_REVIEW = "Its incident's id, or enough of it, such as its six letters; it may be left out while only one is open."


class ShownReview(BaseModel):
    """`review show --json`."""

    state: ReviewStatus
    plan: PlanView


@app.command("list")
def list_(
    closed: Annotated[bool, Option("--closed", help="Closed ones too.")] = False,
    all_rows: AllRows = False,
    page: PageNumber = 1,
    as_json: AsJson = False,
) -> None:
    """Which reviews are open, what is due first at the top."""
    found = asyncio.run(_list(closed, all_rows, page))
    output.show_page(found, view.summaries(found.rows), as_json)


@app.command()
def show(
    incident: Annotated[str, Argument(metavar="INCIDENT", help=WHICH_REVIEW, show_default=False)] = "",
    as_json: AsJson = False,
) -> None:
    """One review: what is owed, by whom and by when, and what has been done."""
    asyncio.run(_show(incident, as_json))


@event_command(app, "start", to="review")
def start(*, reason: Reason = "") -> Event:
    """Yes, this incident deserves a review, where the runbook only asks whether it does."""
    return ReviewStarted(reason=reason)


@event_command(app, "submit", to="review")
def submit(
    name: str = "",
    /,
    *,
    link: Annotated[str, Option(metavar="URL", help="Where it can be read.")] = "",
    text: Annotated[str, Option(help="What there is to say about it.")] = "",
) -> Event:
    """Say that something is done: NAME is what `review show` calls it; the document if left out."""
    return Submitted(duty=name, link=link, text=text)


@event_command(app, "waive", to="review")
def waive(name: str = "", /, *, reason: Reason = "") -> Event:
    """Say that something need not be done, or without a NAME the whole review; you stand for that, with a reason."""
    return Waived(duty=name, reason=reason)


@event_command(app, "snooze", to="review")
def snooze(duration: str, name: str = "", /, *, reason: Reason = "") -> Event:
    """Hold reminders still for a while, such as 2d, of one thing or of all; its deadline stays."""
    return NagsSnoozed.model_validate({"duration": duration, "what": name, "reason": reason})


async def _list(closed: bool, all_rows: bool, page: int) -> ListPage[ReviewSummary]:
    known = await incidents()
    listed = Reviews(known)
    found = (
        whole(await listed.list(include_closed=closed)) if all_rows else await listed.page(page, include_closed=closed)
    )
    return await stuck_marked(known.connection, found)


async def _show(prefix: str, as_json: bool) -> None:
    known = await incidents()
    found = await Reviews(known).find(prefix or None, closed=True)
    try:
        state, plan = await Reviews(known).status(found), await Reviews(known).plan_view(found)
    except NobodyWorks as nobody:
        history = await known.history(found.workflow_id, found.run_id)
        remembered = Remembered(incident=found.incident, problem=str(nobody), history=history)
        output.show(remembered, incident_view.from_history(found.incident, str(nobody), history), as_json)
        raise
    output.show(ShownReview(state=state, plan=plan), view.whole(state, plan), as_json)
