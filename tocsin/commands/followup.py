"""`followup add|done|waive|list`: what is to be done so that it does not happen again."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated

import typer
from pydantic import BaseModel
from typer import Argument, Option

from starter.temporal.incidents import Incidents
from starter.temporal.results import FoundIncident, LookupFailed, NobodyWorks, RefusedByIncident, ReviewSummary, Summary
from starter.temporal.reviews import Reviews
from tocsin import output
from tocsin.commands.arguments import AsJson, Reason
from tocsin.commands.days import due_day
from tocsin.commands.event_command import event_command
from tocsin.commands.session import incidents
from tocsin.view import review as view
from workflows.policy.incident.events import Event, FollowUpAdded, FollowUpDone, FollowUpWaived
from workflows.policy.incident.follow_up import FollowUp

app = typer.Typer(no_args_is_help=True, help="What is to be done so that it does not happen again.")

WHICH_FOLLOWUPS = "Of this incident alone, by its id or enough of it."


class Kept(BaseModel):
    """One of `followup list --json`."""

    incident: str
    follow_up: FollowUp | None = None
    problem: str = ""
    """Why nothing is known of those of this incident."""

    @property
    def is_open(self) -> bool:
        return self.follow_up is None or self.follow_up.ending is None


@event_command(app, "add", to="either")
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


@event_command(app, "done", to="either")
def done(number: str, /, *, text: Annotated[str, Option(help="What was done.")] = "") -> Event:
    """Say that a follow-up is done: by its number, or by its ticket."""
    return FollowUpDone(follow_up=number, text=text)


@event_command(app, "waive", to="either")
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


ASKED_AT_ONCE = 20
"""Of incidents and reviews that have follow-ups; the others are not asked."""


async def _list(prefix: str) -> list[Kept]:
    known = await incidents()
    if prefix:
        return await _of(known, await Reviews(known).find_either(prefix), asyncio.Semaphore())
    rows: list[Summary | ReviewSummary] = [*(await known.list()), *(await Reviews(known).list())]
    found = [
        FoundIncident(workflow_id=row.workflow_id, incident=row.incident) for row in rows if may_have_follow_ups(row)
    ]
    turns = asyncio.Semaphore(ASKED_AT_ONCE)
    answers = await asyncio.gather(*(_of(known, each, turns) for each in found), return_exceptions=True)
    return sorted(_kept(found, answers), key=lambda each: each.follow_up.due_on if each.follow_up else date.min)


def _kept(found: Sequence[FoundIncident], answers: Sequence[list[Kept] | BaseException]) -> Iterator[Kept]:
    """One that cannot answer is named, and the others are listed all the same. If none answers, it is said why."""
    for each, answer in zip(found, answers, strict=True):
        if not isinstance(answer, BaseException):
            yield from answer
        elif isinstance(answer, NobodyWorks | RefusedByIncident | LookupFailed) and len(found) > 1:
            yield Kept(incident=each.incident, problem="it does not answer: see its workflow in Temporal")
        else:
            raise answer


def may_have_follow_ups(row: Summary | ReviewSummary) -> bool:
    """By what its row says; of one that says nothing yet it is not known."""
    if isinstance(row, Summary):
        return row.follow_ups > 0 or not row.seen
    return row.record is None or row.record.follow_ups > 0


async def _of(known: Incidents, found: FoundIncident, turns: asyncio.Semaphore) -> list[Kept]:
    async with turns:
        if found.workflow_id.startswith("review-"):
            incident = (await Reviews(known).status(found)).review.incident
        else:
            incident = (await known.status(found.workflow_id, found.run_id)).incident
    return [Kept(incident=found.incident, follow_up=each) for each in incident.follow_ups]
