"""`review list|show|start|submit|waive|snooze`: what an incident owes after its end."""

import asyncio
from typing import Annotated

import typer
from typer import Argument, Option

from starter.desk.answers import Remembered
from starter.temporal.results import PAGE_SIZE, ListPage, ReviewSummary, whole
from tocsin import output
from tocsin.commands.arguments import AllRows, AsJson, PageNumber, Reason
from tocsin.commands.event_command import event_command
from tocsin.commands.reading import show_remembered
from tocsin.commands.session import desk
from tocsin.view import review as view
from workflows.policy.incident.events import Event
from workflows.policy.review.events import NagsSnoozed, ReviewStarted, Submitted, Waived

app = typer.Typer(no_args_is_help=True, help="What an incident owes after its end, until all of it is done.")

WHICH_REVIEW = "Its incident's id, or enough of it, such as its six letters; it may be left out while only one is open."


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


@event_command(app, "start", "reviews")
def start(*, reason: Reason = "") -> Event:
    """Yes, this incident deserves a review, where the runbook only asks whether it does."""
    return ReviewStarted(reason=reason)


@event_command(app, "submit", "reviews")
def submit(
    name: str = "",
    /,
    *,
    link: Annotated[str, Option(metavar="URL", help="Where it can be read.")] = "",
    text: Annotated[str, Option(help="What there is to say about it.")] = "",
) -> Event:
    """Say that something is done: NAME is what `review show` calls it; the document if left out."""
    return Submitted(duty=name, link=link, text=text)


@event_command(app, "waive", "reviews")
def waive(name: str = "", /, *, reason: Reason = "") -> Event:
    """Say that something need not be done, or without a NAME the whole review; you stand for that, with a reason."""
    return Waived(duty=name, reason=reason)


@event_command(app, "snooze", "reviews")
def snooze(duration: str, name: str = "", /, *, reason: Reason = "") -> Event:
    """Hold reminders still for a while, such as 2d, of one thing or of all; its deadline stays."""
    return NagsSnoozed.model_validate({"duration": duration, "what": name, "reason": reason})


async def _list(closed: bool, all_rows: bool, page: int) -> ListPage[ReviewSummary]:
    reached = await desk()
    if all_rows:
        return whole(await reached.all_reviews(closed=closed))
    return await reached.reviews(page, PAGE_SIZE, closed=closed)


async def _show(part: str, as_json: bool) -> None:
    answer = await (await desk()).show_review(part)
    if isinstance(answer, Remembered):
        raise show_remembered(answer, as_json)
    output.show(answer, view.whole(answer.state, answer.plan), as_json)
