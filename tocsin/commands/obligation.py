"""`obligation sent|not-applicable`: a human says how a legal clock ended. Nothing else ends one."""

from typing import Annotated

import typer
from typer import Option

from tocsin.commands.arguments import Reason
from tocsin.commands.event_command import event_command
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
