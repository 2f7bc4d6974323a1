"""`doctor`: is what Tocsin is connected to set up as it has to be?"""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text
from typer import Argument

import settings
from chat.doctor import Examined, examine
from tocsin import output
from tocsin.commands.arguments import AsJson
from tocsin.failure import Failure
from tocsin.library import library

app = typer.Typer()


class Examinee(StrEnum):
    slack = "slack"


@app.command()
def doctor(
    what: Annotated[Examinee, Argument(help="What is looked at.")] = Examinee.slack, as_json: AsJson = False
) -> None:
    """Is Slack set up as it has to be: token, scopes, the way in, channels, people. It changes nothing."""
    found = asyncio.run(_examined())
    output.show(found, _table(found), as_json)
    if wrong := sum(not each.well for each in found):
        raise Failure(f"{what}: {wrong} of {len(found)} are not as they have to be")


async def _examined() -> list[Examined]:
    chosen = settings.load()
    return [each async for each in examine(chosen, library(chosen).runbooks.values())]


def _table(found: list[Examined]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for each in found:
        said = f"{each.said}: {each.remedy}" if each.remedy else each.said
        grid.add_row(Text("ok", "green") if each.well else Text("wrong", "red"), Text(each.what), Text(said))
    return grid
