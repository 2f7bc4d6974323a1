"""The one path of all commands that tell an incident what happened.

Such a command is a function that returns an event. Its positional parameters are the words after `[INCIDENT]` on the
command line, its keyword parameters are options. `event_command` adds what all of them have (which incident, who says
it, `--json`), finds the incident, asks it, and prints what changed.
"""

import asyncio
import inspect
import re
import sys
from collections.abc import Callable, Sequence
from inspect import Parameter
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from typer import Option

from starter.desk.meaning import Unlisted
from starter.desk.verbs import VERB_BY_NAME, VerbGroup
from tocsin import output
from tocsin.commands.arguments import WHICH_INCIDENT, AsJson, By, is_whole_id, me, not_blank
from tocsin.commands.session import desk
from tocsin.failure import Failure, badly_put
from workflows.policy.incident.events import Event
from workflows.policy.views.results import UpdateResult

if TYPE_CHECKING:
    from starter.desk.desk import Desk

VIA = "command line"
_ID_BEGINNING = re.compile(r"\d{4}|(incident|review)-")
"""How the id of an incident begins, or that of a workflow."""


def event_command(
    app: typer.Typer, name: str, group: VerbGroup = "incidents"
) -> Callable[[Callable[..., Event]], Callable[..., Event]]:
    """Make a command of a function that returns the event of the verb of that name."""
    verb = VERB_BY_NAME[group, name]

    def register(event_of: Callable[..., Event]) -> Callable[..., Event]:
        parameters = inspect.signature(event_of).parameters.values()
        takes = [parameter for parameter in parameters if parameter.kind is Parameter.POSITIONAL_ONLY]

        def run(
            context: typer.Context,
            by: str,
            preview: bool,
            as_json: bool,
            unlisted: bool = False,
            **options: object,
        ) -> None:
            incident, own = split(context.args, takes)
            event = _checked(event_of, own, options).model_copy(update={"by": by or me(), "via": VIA})
            do = _foresee if preview else _signal
            asyncio.run(do(incident, event, unlisted, as_json))

        options = [parameter for parameter in parameters if parameter not in takes]
        common = (*_COMMON, _UNLISTED) if verb.names_somebody else _COMMON
        run.__signature__ = inspect.Signature([*options, *common])  # type: ignore[attr-defined] # for typer
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


async def _signal(incident: str, event: Event, unlisted: bool, as_json: bool) -> None:
    """Imports Temporal's client, which `--help` does without."""
    from tocsin.commands.calling import check, shown

    changed = await _asked(await desk(), incident, event, unlisted, may_ask=not as_json and sys.stdin.isatty())
    output.show(changed, shown(changed), as_json)
    check(changed)


async def _foresee(incident: str, event: Event, unlisted: bool, as_json: bool) -> None:
    from tocsin.view.changes import foreseen

    try:
        answer = await (await desk()).foresee(incident, event, unlisted=unlisted)
    except Unlisted as who:
        raise Failure(f"{who}. For somebody else say --unlisted") from None
    output.show(answer, foreseen(answer), as_json)


async def _asked(reached: "Desk", incident: str, event: Event, unlisted: bool, *, may_ask: bool) -> UpdateResult:
    """Raises Failure when somebody is named whom the runbook does not list, and nobody says that this is meant."""
    try:
        return await reached.ask(incident, event, unlisted=unlisted)
    except Unlisted as who:
        if may_ask and typer.confirm(f"{who}\nIs somebody else meant all the same?"):
            return await reached.ask(incident, event, unlisted=True)
        raise Failure(f"{who}. For somebody else say --unlisted") from None


def split(words: Sequence[str], takes: Sequence[Parameter]) -> tuple[str, Sequence[str]]:
    """Which incident (empty: none is named), and the command's own words. Raises Failure.

    The incident comes first and may be left out: a first word that may be either is taken for it if it looks so.
    """
    names = ("INCIDENT",) * (len(words) > len(takes)) + tuple(parameter.name.upper() for parameter in takes)
    for name, word in zip(names, words, strict=False):
        not_blank(name, word, f"this command takes {_usage(takes)}")
    needed = sum(parameter.default is Parameter.empty for parameter in takes)
    if len(words) == needed and words and is_whole_id(words[0]):
        raise Failure(
            f"{words[0]} is the id of an incident, and more belongs to it: this command takes {_usage(takes)}"
        )
    if not needed <= len(words) <= len(takes) + 1:
        raise Failure(f"this command takes {_usage(takes)}")
    if len(words) == needed or (len(words) <= len(takes) and not _is_id(words[0])):
        return "", words
    return words[0], words[1:]


def _is_id(word: str) -> bool:
    return is_whole_id(word) or (" " not in word and _ID_BEGINNING.match(word) is not None)


def _usage(takes: Sequence[Parameter]) -> str:
    own = (name if p.default is Parameter.empty else f"[{name}]" for p in takes for name in (p.name.upper(),))
    return " ".join(("[INCIDENT]", *own))


_COMMON = (
    Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context),
    Parameter("by", Parameter.KEYWORD_ONLY, default="", annotation=By),
    Parameter(
        "preview",
        Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, Option("--preview", help="Show what it would change, and change nothing.")],
    ),
    Parameter("as_json", Parameter.KEYWORD_ONLY, default=False, annotation=AsJson),
)


_UNLISTED = Parameter(
    "unlisted",
    Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[bool, Option("--unlisted", help="It may be somebody whom the runbook does not list.")],
)


def _checked(event_of: Callable[..., Event], own: Sequence[str], options: dict[str, object]) -> Event:
    """Raises Failure when a word is not what the event takes."""
    try:
        return event_of(*own, **options)
    except ValidationError as error:
        raise badly_put(error) from None
