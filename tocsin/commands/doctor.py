"""`doctor`: is what Tocsin is connected to set up as it has to be?"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text
from typer import Argument

import settings
from chat.doctor import Examined, examine
from settings import Settings
from tocsin import apprise_doctor, output
from tocsin.commands import session
from tocsin.commands.arguments import AsJson
from tocsin.failure import Failure
from tocsin.library import library
from tocsin.pagerduty_doctor import examine_pagerduty
from tocsin.rota_doctor import covered
from tocsin.up.folder import Folder
from worker.reachability import reachability
from workflows.policy.rota.coverage import COVERED_FOR
from workflows.policy.runbook.model import Runbook

app = typer.Typer()


class Examinee(StrEnum):
    slack = "slack"
    pagerduty = "pagerduty"
    on_call = "on-call"
    apprise = "apprise"


@app.command()
def doctor(
    what: Annotated[Examinee, Argument(help="What is looked at.")] = Examinee.slack, as_json: AsJson = False
) -> None:
    """Is Slack or PagerDuty set up as it has to be: tokens, scopes, the way in, people? Is somebody on call in the two
    weeks ahead? Does apprise know each address? It changes nothing."""
    found = asyncio.run(_examined(what))
    output.show(found, _table(found), as_json)
    if wrong := sum(not each.well for each in found):
        raise Failure(f"{what}: {wrong} of {len(found)} are not as they have to be")


async def _examined(what: Examinee) -> list[Examined]:
    chosen = settings.load()
    return [*_sandbox(chosen), *await _looked_at(what, chosen)]


def _sandbox(chosen: Settings) -> list[Examined]:
    """What `up` gives to its own parts is not known here: nothing that follows is about its stand-ins."""
    there = Folder(chosen.state_dir).running()
    if there is None or there.sandbox is None:
        return []
    said = f"`tocsin up` runs on stand-ins of its own ({there.sandbox}): what follows is of these settings alone"
    return [Examined(what="sandbox", well=True, said=said)]


async def _looked_at(what: Examinee, chosen: Settings) -> list[Examined]:
    if what is Examinee.apprise:
        return list(apprise_doctor.addresses(chosen))
    books = library(chosen).runbooks
    if what is Examinee.on_call:
        return await _covered(chosen, books)
    look = examine if what is Examinee.slack else examine_pagerduty
    return [each async for each in look(chosen, books.values())]


async def _covered(chosen: Settings, books: Mapping[str, Runbook]) -> list[Examined]:
    """By what the running installation knows: swaps, and what stands elsewhere. Whom pages reach is looked at if these
    settings connect anybody: without them they are those of a machine that only asks."""
    desk = await session.installation_desk()
    found = await desk.on_call("", COVERED_FOR.days)
    return covered(books, found, lambda book: reachability(book, chosen) if chosen.any_way else None, datetime.now(UTC))


def _table(found: list[Examined]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for each in found:
        said = f"{each.said}: {each.remedy}" if each.remedy else each.said
        grid.add_row(Text("ok", "green") if each.well else Text("wrong", "red"), Text(each.what), Text(said))
    return grid
