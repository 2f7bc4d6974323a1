"""`digest`: what the daily digest would say now."""

import asyncio

import typer

from starter.temporal.inventory import take
from starter.temporal.results import NobodyWorks
from starter.temporal.reviews import Reviews
from tocsin import output
from tocsin.commands.arguments import AsJson
from tocsin.commands.session import incidents
from tocsin.view.plain import plain
from workflows.policy.watches.digest import Inventory, compose

app = typer.Typer()

MOST_LISTED = 10_000


@app.command()
def digest(as_json: AsJson = False) -> None:
    """What is still open, and who owes what: the daily digest as it would be now. Nothing is sent."""
    inventory = asyncio.run(_take())
    output.show(
        inventory, plain(compose(inventory, MOST_LISTED) or "nothing is open, and nobody owes anything"), as_json
    )
    if inventory.incidents and not any(one.answers for one in inventory.incidents):
        raise NobodyWorks("no worker is running")


async def _take() -> Inventory:
    known = (await incidents()).without_private()
    return await take(known, Reviews(known))
