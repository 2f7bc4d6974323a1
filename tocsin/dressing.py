"""How `--help` looks: options without typer's types (`<list[str]>`), and examples at the end."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from tocsin.examples import EXAMPLES

if TYPE_CHECKING:  # typer's own copy of click has no public name
    from typer._click import Context, HelpFormatter


def dress(command: TyperCommand | TyperGroup, path: str = "") -> None:
    """`path`: the words that name it after `tocsin`."""
    for parameter in command.get_params(command.context_class(command)):
        if isinstance(parameter, TyperOption) and not parameter.type_descriptor.is_choice:
            parameter.metavar = parameter.metavar or _stands_for(parameter)
        elif isinstance(parameter, TyperArgument):
            parameter.display_type_rich = _no_type  # type: ignore[method-assign] # typer has no setting for it
    command.format_help = partial(_close, command.format_help)  # type: ignore[method-assign] # likewise
    if path in EXAMPLES:
        command.epilog = "\n\n".join(filter(None, ("For example:", *EXAMPLES[path], command.epilog)))
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            if isinstance(inner, TyperCommand | TyperGroup):
                dress(inner, f"{path} {name}".strip())


def _close(format_help: Callable[["Context", "HelpFormatter"], None], ctx: "Context", to: "HelpFormatter") -> None:
    """With the columns closer together: at 60 characters typer would cut the longest option."""
    from typer import rich_utils  # takes longer than all the rest of typer, and only help needs it

    rich_utils.STYLE_OPTIONS_TABLE_PADDING = (0, 1, 0, 0)  # type: ignore[assignment] # as rich's tables take it
    format_help(ctx, to)


def _stands_for(option: TyperOption) -> str:
    if option.is_flag:
        return ""
    return "N" if option.bare_type() == "int" else str(option.name).rpartition("_")[2].upper()


def _no_type(ctx: "Context") -> None:  # noqa: ARG001 (typer's)
    return None
