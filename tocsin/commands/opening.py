"""`declare`: an incident opened by hand, and what became of its first page."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Annotated, Final

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
from tocsin.view.outside import outgoing
from tocsin.view.plain import plain
from workflows.policy.runbook.names import severity_title
from workflows.policy.views.results import Outgoing

app = typer.Typer()
BY_ITSELF: Final = "goes out by itself"


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
    public: Annotated[
        str, Option(metavar="WORDS", help="What it is called in public: We are investigating WORDS.")
    ] = "",
    by: Annotated[str, Option("--by", metavar="NAME", help="Who declares it, if not you.")] = "",
    yes: Annotated[bool, Option("--yes", "-y", help="Do not ask before something goes out to the public.")] = False,
    as_json: AsJson = False,
) -> None:
    """Open an incident by hand, by the running installation's runbook, and say who rings and what goes out."""
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
            public=public,
        )
        may_ask = not (yes or as_json) and sys.stdin.isatty()
        asyncio.run(_declare(said, by or me(), may_ask, as_json))
    except ValidationError as error:
        raise badly_put(error) from None


async def _declare(said: Declaration, by: str, may_ask: bool, as_json: bool) -> None:
    reached = await desk()
    agreed = may_ask and _agreed(await reached.preview_public(said))
    declared = await reached.declare(said, by)
    page = declared.first_page
    sentence = f"{declared.incident}: declared {severity_title(declared.severity)} by {declared.runbook}: {said.title}"
    rings = plain(page.text, "green" if page.well else "bold red")
    out = () if agreed else outgoing(declared.outgoing, BY_ITSELF)
    unforeseen = [plain(declared.unforeseen, "yellow")] if declared.unforeseen else []
    output.show(declared, Group(plain(sentence), rings, *out, *unforeseen), as_json)
    if not page.well:
        raise Failure(f"nobody has been reached yet: {page.text}", ExitCode.not_reached)


def _agreed(out: Sequence[Outgoing]) -> bool:
    """Was somebody asked, once? Raises Failure when they say no."""
    if not out:
        return False
    output.out.print(Group(*outgoing(out, BY_ITSELF)))
    if not typer.confirm("Open the incident?", default=True):
        raise Failure('nothing was opened; for other words say --public "..."')
    return True
