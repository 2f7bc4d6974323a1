"""`obligation list|sent|not-applicable`: legal clocks. A human says how each ended, and nothing else ends one."""

import asyncio
from typing import Annotated

import typer
from typer import Argument, Option

from starter.desk.answers import ListedObligation
from tocsin import output
from tocsin.commands.arguments import AsJson, Reason
from tocsin.commands.event_command import event_command
from tocsin.commands.session import desk
from tocsin.view import obligations as view
from workflows.policy.incident.events import Event
from workflows.policy.incident.obligation_events import ObligationNotApplicable, ObligationSent

app = typer.Typer(no_args_is_help=True, help="What a law or a contract wants told to somebody, and by when.")


@event_command(app, "sent", "obligations")
def sent(
    name: str = "",
    /,
    *,
    reference: Annotated[str, Option(help="By which it can be found there: a number, an address.")] = "",
    text: Annotated[str, Option(help="What there is to say about it.")] = "",
) -> Event:
    """Say that it was told to whom it is owed: NAME is what `show` calls it; the only one that runs if left out."""
    return ObligationSent(obligation=name, reference=reference, text=text)


@event_command(app, "not-applicable", "obligations")
def not_applicable(name: str = "", /, *, reason: Reason = "") -> Event:
    """Say that it need not be told; you stand for that, with a reason."""
    return ObligationNotApplicable(obligation=name, reason=reason)


@app.command("list")
def list_(
    incident: Annotated[
        str, Argument(metavar="INCIDENT", help="Of this incident alone, by its id or enough of it.", show_default=False)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Which legal clocks run for open incidents and reviews, by their deadlines, the first at the top."""
    found = asyncio.run(_list(incident))
    output.show(found, view.listed(found), as_json)


async def _list(part: str) -> list[ListedObligation]:
    return await (await desk()).obligations(part)
