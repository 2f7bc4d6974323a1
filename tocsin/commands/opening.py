"""`declare`: an incident opened by hand."""

import asyncio
from typing import Annotated

import typer
from pydantic import BaseModel, ValidationError
from typer import Argument, Option

import settings
from starter.answers import NobodyWorks
from tocsin import output
from tocsin.commands.arguments import AsJson, me
from tocsin.commands.session import incidents
from tocsin.failure import badly_put
from tocsin.library import library, named
from tocsin.up.folder import Folder
from tocsin.view.plain import plain
from workflows.policy.incident import Opening
from workflows.policy.runbook import severity_title

app = typer.Typer()


class Declared(BaseModel):
    """`declare --json`."""

    incident: str
    workflow_id: str


@app.command()
def declare(
    title: Annotated[str, Argument(help="What is wrong, in a few words.")],
    severity: Annotated[str, Option(help="sev1 (worst) to sev4; the runbook's default if left out.")] = "",
    service: Annotated[str, Option(help="Which service it is about.")] = "",
    runbook: Annotated[str, Option(help="Which runbook to follow; TOCSIN_RUNBOOK if left out.")] = "",
    flag: Annotated[list[str] | None, Option(help="Flag it from the start; may be repeated.")] = None,
    by: Annotated[str, Option("--by", metavar="NAME", help="Who declares it, if not you.")] = "",
    as_json: AsJson = False,
) -> None:
    """Open an incident by hand."""
    chosen = settings.load()
    book = named(library(chosen), runbook or chosen.runbook)
    up = Folder(chosen.state_dir).running()
    opening = _opening(
        {
            "runbook": book,
            "severity": severity or book.intake.default_severity,
            "title": title,
            "service": service,
            "declared_by": by or me(),
            "flags": flag or (),
            "speed": up.speed if up else chosen.speed,
            "no_pager": up.no_pager if up else chosen.no_pager,
        }
    )
    asyncio.run(_declare(opening, as_json))


async def _declare(opening: Opening, as_json: bool) -> None:
    known = await incidents()
    workflow_id = await known.declare(opening)
    try:
        status = await known.status(workflow_id)
    except NobodyWorks:
        raise NobodyWorks("recorded; no worker is running: nothing is being paged") from None
    told = plain(f"{status.incident.id}: declared {severity_title(opening.severity)}: {opening.title}")
    output.show(Declared(incident=status.incident.id, workflow_id=workflow_id), told, as_json)


def _opening(fields: dict[str, object]) -> Opening:
    """Raises Failure when a field is not what an incident can have."""
    try:
        return Opening.model_validate(fields)
    except ValidationError as error:
        raise badly_put(error) from None
