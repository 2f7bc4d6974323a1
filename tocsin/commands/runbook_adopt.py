"""`runbook adopt`: a running incident goes on by its runbook as it is now."""

import asyncio
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Group, RenderableType
from typer import Argument, Option

from starter.temporal.results import RefusedByIncident
from tocsin import output
from tocsin.commands.arguments import WHICH_INCIDENT, AsJson, By, me
from tocsin.commands.event_command import VIA
from tocsin.commands.session import incidents, installation
from tocsin.failure import Failure
from tocsin.following import followed
from tocsin.view import answers
from tocsin.view.changes import plan_changes
from tocsin.view.plain import plain
from workflows.policy.incident.events import RunbookAdopted
from workflows.policy.reducers.adopting import why_not
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.difference import PlanChange, changes
from workflows.policy.views.results import PlanView, Status

app = typer.Typer()


class Adoption(BaseModel):
    """`runbook adopt --json`."""

    incident: str
    runbook: str
    changes: list[PlanChange]
    adopted: bool


@app.command()
def adopt(
    words: Annotated[
        list[str],
        Argument(
            metavar="[INCIDENT] RUNBOOK",
            help=f"RUNBOOK is one that the running installation has loaded. {WHICH_INCIDENT}",
            show_default=False,
        ),
    ],
    yes: Annotated[bool, Option("--yes", help="Do not ask; with --json nothing is adopted without it.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Let a running incident go on by its runbook as the worker has it now, after showing what that changes."""
    if len(words) > 2:
        raise Failure("this command takes [INCIDENT] RUNBOOK")
    *incident, runbook = words
    asyncio.run(_adopt("".join(incident), runbook, yes, by or me(), as_json))


async def _adopt(prefix: str, runbook: str, yes: bool, by: str, as_json: bool) -> None:
    known = await incidents()
    book = followed(await installation(known), runbook)
    found = await known.find(prefix or None)
    status = await known.status(found.workflow_id, found.run_id)
    plan_view = await known.plan_view(found.workflow_id, found.run_id)
    simulated = _simulated(status, plan_view, book)
    if not as_json:
        output.out.print(_in_words(simulated, plan_view))
    if yes or (not as_json and typer.confirm("Adopt it?")):
        changed = await known.ask(found.workflow_id, RunbookAdopted(runbook=book, by=by, via=VIA))
        simulated = simulated.model_copy(update={"adopted": True})
        if not as_json:
            output.out.print(answers.changed(changed))
    if as_json:
        output.show(simulated, "", as_json)


def _simulated(status: Status, plan_view: PlanView, book: Runbook) -> Adoption:
    """Raises Refused when the incident cannot go on by this runbook."""
    no = why_not(status.incident, book)
    if no:
        raise RefusedByIncident(no)
    found = sorted(changes(plan_view.lines, book, status.incident, plan_view.now), key=lambda change: change.line.at)
    return Adoption(incident=status.incident.id, runbook=book.runbook, changes=found, adopted=False)


def _in_words(adoption: Adoption, plan_view: PlanView) -> RenderableType:
    title = plain(f"{adoption.incident} by {adoption.runbook} as it is now", "bold")
    if not adoption.changes:
        return Group(title, "nothing that is planned would change; texts may")
    return Group(title, plan_changes(adoption.changes, plan_view.now))
