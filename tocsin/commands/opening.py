"""`declare`: an incident opened by hand, and what became of its first page."""

import asyncio
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Group
from typer import Argument, Option

from starter.desk.answers import Declaration
from tocsin import output
from tocsin.commands import arguments
from tocsin.commands.arguments import AsJson, is_whole_id, label_pairs, me, not_blank
from tocsin.commands.session import desk
from tocsin.examples import EXAMPLES
from tocsin.failure import ExitCode, Failure, badly_put
from tocsin.view.plain import plain
from workflows.policy.runbook.names import severity_title

app = typer.Typer()


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
    try:
        said = Declaration(
            title=not_blank("TITLE", title, instead),
            severity=arguments.severity(severity),
            service=service,
            runbook=runbook,
            labels=label_pairs(label or ()),
            flags=tuple(flag or ()),
        )
        asyncio.run(_declare(said, by or me(), as_json))
    except ValidationError as error:
        raise badly_put(error) from None


async def _declare(said: Declaration, by: str, as_json: bool) -> None:
    declared = await (await desk()).declare(said, by)
    page = declared.first_page
    sentence = f"{declared.incident}: declared {severity_title(declared.severity)} by {declared.runbook}: {said.title}"
    output.show(declared, Group(plain(sentence), plain(page.text, "green" if page.well else "bold red")), as_json)
    if not page.well:
        raise Failure(f"nobody has been reached yet: {page.text}", ExitCode.not_reached)
