"""`digest`: what the daily digest would say now."""

import asyncio

import typer

from tocsin import output
from tocsin.commands.arguments import AsJson
from tocsin.commands.session import gateway_api, incidents
from tocsin.failure import ExitCode, Failure
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
        raise Failure("no worker is running: nothing is being paged", ExitCode.not_reached)


async def _take() -> Inventory:
    if api := gateway_api():
        return (await api.get("digest", {"as_sent": "true"})).read(Inventory)
    from starter.temporal.inventory import take
    from starter.temporal.reviews import Reviews

    known = (await incidents()).without_private()
    return await take(known, Reviews(known))
