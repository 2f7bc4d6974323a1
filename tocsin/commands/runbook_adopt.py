"""`runbook adopt`: a running incident goes on by its runbook as it is now."""

import asyncio
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from typer import Argument, Option

from starter.desk.answers import Adoption
from tocsin import output
from tocsin.commands.arguments import WHICH_INCIDENT, AsJson, By, me
from tocsin.commands.event_command import VIA
from tocsin.commands.session import desk
from tocsin.failure import Failure
from tocsin.view import answers
from tocsin.view.changes import plan_changes
from tocsin.view.plain import plain

app = typer.Typer()


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
    reached = await desk()
    foreseen = await reached.foresee_adoption(prefix, runbook)
    if not as_json:
        output.out.print(_in_words(foreseen))
    if yes or (not as_json and typer.confirm("Adopt it?")):
        changed = await reached.adopt(foreseen.incident, runbook, by, VIA)
        foreseen = foreseen.model_copy(update={"adopted": True})
        if not as_json:
            output.out.print(answers.changed(changed))
    if as_json:
        output.show(foreseen, "", as_json)


def _in_words(adoption: Adoption) -> RenderableType:
    title = plain(f"{adoption.incident} by {adoption.runbook} as it is now", "bold")
    if not adoption.changes:
        return Group(title, "nothing that is planned would change; texts may")
    return Group(title, plan_changes(adoption.changes, adoption.now))
