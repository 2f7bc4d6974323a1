"""`followup add|done|waive|list`: what is to be done so that it does not happen again."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer
from typer import Argument, Option

from starter.desk.answers import KeptFollowUp
from tocsin import output
from tocsin.commands.arguments import AsJson, Reason
from tocsin.commands.days import due_day
from tocsin.commands.event_command import event_command
from tocsin.commands.session import desk
from tocsin.view import review as view
from workflows.policy.incident.events import Event, FollowUpAdded, FollowUpDone, FollowUpWaived

app = typer.Typer(no_args_is_help=True, help="What is to be done so that it does not happen again.")

WHICH_FOLLOWUPS = "Of this incident alone, by its id or enough of it."


@event_command(app, "add", "followups")
def add(
    text: str,
    /,
    *,
    owner: Annotated[str, Option(metavar="WHO", help="A person, or a role of the runbook; you if left out.")] = "",
    due: Annotated[
        str, Option(metavar="WHEN", help="2026-12-01, tomorrow, friday, or a span, 2w; as the runbook says.")
    ] = "",
) -> Event:
    """Keep something that is to be done, with an owner and a due date; during an incident or at its review."""
    return FollowUpAdded(
        text=text, owner=owner, due_on=due_day("--due", due, datetime.now().astimezone()) if due else None
    )


@event_command(app, "done", "followups")
def done(number: str, /, *, text: Annotated[str, Option(help="What was done.")] = "") -> Event:
    """Say that a follow-up is done: by its number, or by its ticket."""
    return FollowUpDone(follow_up=number, text=text)


@event_command(app, "waive", "followups")
def waive(number: str, /, *, reason: Reason = "") -> Event:
    """Say that a follow-up will not be done; you stand for that, with a reason."""
    return FollowUpWaived(follow_up=number, reason=reason)


@app.command("list")
def list_(
    incident: Annotated[str, Argument(metavar="INCIDENT", help=WHICH_FOLLOWUPS, show_default=False)] = "",
    ended: Annotated[bool, Option("--all", help="Also those that have ended.")] = False,
    as_json: AsJson = False,
) -> None:
    """Follow-ups of all open incidents and reviews, what is due first at the top."""
    kept = asyncio.run(_list(incident))
    shown = [each for each in kept if ended or each.is_open]
    rows = [(each.incident, each.follow_up or each.problem) for each in shown]
    output.show(shown, view.follow_ups(rows), as_json)


async def _list(part: str) -> list[KeptFollowUp]:
    return await (await desk()).follow_ups(part)
