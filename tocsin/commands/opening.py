"""`declare`: an incident opened by hand, and what became of its first page."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Annotated

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Group
from typer import Argument, Option

from starter.temporal.results import NobodyWorks
from tocsin import output
from tocsin.commands import arguments
from tocsin.commands.arguments import AsJson, is_whole_id, label_pairs, me, not_blank
from tocsin.commands.fate import FATE_WITHIN, fate
from tocsin.commands.session import incidents, installation
from tocsin.examples import EXAMPLES
from tocsin.failure import ExitCode, Failure, badly_put
from tocsin.following import followed
from tocsin.view.plain import plain
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.views.first_page import FirstPage, first_page
from workflows.policy.watches.installation import Installation

app = typer.Typer()


class Declared(BaseModel):
    """`declare --json`."""

    incident: str
    workflow_id: str
    runbook: str
    first_page: FirstPage


@app.command()
def declare(
    title: Annotated[str, Argument(metavar="TITLE", help="What is wrong, in a few words.")],
    severity: Annotated[str, Option(help="sev1 (worst) to sev4; the runbook's default if left out.")] = "",
    service: Annotated[str, Option(help="Which service it is about.")] = "",
    runbook: Annotated[str, Option(help="One that the running installation has loaded; its default if left out.")] = "",
    label: Annotated[
        list[str] | None,
        Option(metavar="NAME=VALUE", help="As an alert's: tiers and duties may depend on it; repeatable."),
    ] = None,
    flag: Annotated[list[str] | None, Option(help="Flag it from the start; may be repeated.")] = None,
    by: Annotated[str, Option("--by", metavar="NAME", help="Who declares it, if not you.")] = "",
    as_json: AsJson = False,
) -> None:
    """Open an incident by hand, by the running installation's runbook, and say who rings."""
    instead = f"say in a few words what is wrong, like {EXAMPLES['declare'][0]}"
    if is_whole_id(title):
        raise Failure(f"{title} is the id of an incident: {instead}")
    particulars = {
        "title": not_blank("TITLE", title, instead),
        "service": service,
        "declared_by": by or me(),
        "labels": label_pairs(label or ()),
        "flags": flag or (),
    }
    asyncio.run(_declare(runbook, arguments.severity(severity), particulars, as_json))


async def _declare(runbook: str, severity: str, particulars: Mapping[str, object], as_json: bool) -> None:
    known = await incidents()
    there = await installation(known)
    book = followed(there, runbook)
    opening = _opening(there, book, {**particulars, "severity": severity or book.intake.default_severity})
    workflow_id = await known.declare(opening)
    try:
        incident, page = await fate(known, workflow_id, partial(first_page, book), FATE_WITHIN)
    except NobodyWorks as nobody:
        raise nobody.recorded() from None
    declared = Declared(incident=incident.id, workflow_id=workflow_id, runbook=book.runbook, first_page=page)
    sentence = plain(f"{incident.id}: declared {severity_title(opening.severity)} by {book.runbook}: {opening.title}")
    output.show(declared, Group(sentence, plain(page.text, "green" if page.well else "bold red")), as_json)
    if not page.well:
        raise Failure(f"nobody has been reached yet: {page.text}", ExitCode.not_reached)


def _opening(there: Installation, book: Runbook, fields: Mapping[str, object]) -> OpenRequest:
    """Raises Failure when a field is not what an incident can have."""
    try:
        return OpenRequest.model_validate({**fields, "runbook": book, "speed": there.speed, "no_pager": there.no_pager})
    except ValidationError as error:
        raise badly_put(error) from None
