"""The one path of all commands that tell an incident what happened.

Such a command is a function that returns an event. Its positional parameters are the words after `[INCIDENT]` on the
command line, its keyword parameters are options. `event_command` adds what all of them have (which incident, who says
it, `--json`), finds the incident, asks it, and prints what changed.
"""

import asyncio
import inspect
import re
from collections.abc import Callable, Sequence
from inspect import Parameter
from typing import Literal

import typer
from pydantic import ValidationError

from tocsin import output
from tocsin.commands.arguments import WHICH_INCIDENT, AsJson, By, me
from tocsin.failure import Failure, badly_put
from workflows.policy.incident.events import Event

VIA = "command line"
Addressee = Literal["incident", "review", "either"]
"""either: an open incident, or after its end its review."""
_ID_BEGINNING = re.compile(r"\d{4}|(incident|review)-")
"""How the id of an incident begins, or that of a workflow."""


def event_command(
    app: typer.Typer, name: str, to: Addressee = "incident"
) -> Callable[[Callable[..., Event]], Callable[..., Event]]:
    """Make a command of a function that returns an event."""

    def register(event_of: Callable[..., Event]) -> Callable[..., Event]:
        parameters = inspect.signature(event_of).parameters.values()
        takes = [parameter for parameter in parameters if parameter.kind is Parameter.POSITIONAL_ONLY]

        def run(context: typer.Context, by: str, as_json: bool, **options: object) -> None:
            incident, own = split(context.args, takes)
            event = _checked(event_of, own, options).model_copy(update={"by": by or me(), "via": VIA})
            _signal(to, incident, event, as_json)

        options = (parameter for parameter in parameters if parameter not in takes)
        run.__signature__ = inspect.Signature([*options, *_COMMON])  # type: ignore[attr-defined] # for typer
        describe = app.command(
            name,
            help=inspect.getdoc(event_of),
            epilog=WHICH_INCIDENT,
            # The words are free: typer knows no optional argument before a required one.
            context_settings={"allow_extra_args": True},
            options_metavar=f"{_usage(takes)} [OPTIONS]",
        )
        describe(run)
        return event_of

    return register


def _signal(to: Addressee, incident: str, event: Event, as_json: bool) -> None:
    """Imports Temporal's client, which `--help` does without."""
    from tocsin.commands.asking import ask
    from tocsin.commands.calling import check, shown

    changed = asyncio.run(ask(to, incident, event))
    output.show(changed, shown(changed), as_json)
    check(changed)


def split(words: Sequence[str], takes: Sequence[Parameter]) -> tuple[str, Sequence[str]]:
    """Which incident (empty: none is named), and the command's own words. Raises Failure.

    The incident comes first and may be left out: a first word that may be either is taken for it if it looks so.
    """
    needed = sum(parameter.default is Parameter.empty for parameter in takes)
    if not needed <= len(words) <= len(takes) + 1:
        raise Failure(f"this command takes {_usage(takes)}")
    if len(words) == needed or (len(words) <= len(takes) and not _is_id(words[0])):
        return "", words
    return words[0], words[1:]


def _is_id(word: str) -> bool:
    return " " not in word and _ID_BEGINNING.match(word) is not None


def _usage(takes: Sequence[Parameter]) -> str:
    own = (name if p.default is Parameter.empty else f"[{name}]" for p in takes for name in (p.name.upper(),))
    return " ".join(("[INCIDENT]", *own))


_COMMON = (
    Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context),
    Parameter("by", Parameter.KEYWORD_ONLY, default="", annotation=By),
    Parameter("as_json", Parameter.KEYWORD_ONLY, default=False, annotation=AsJson),
)


def _checked(event_of: Callable[..., Event], own: Sequence[str], options: dict[str, object]) -> Event:
    """Raises Failure when a word is not what the event takes."""
    try:
        return event_of(*own, **options)
    except ValidationError as error:
        raise badly_put(error) from None
