"""Commands whose modules are imported when they are used: somebody waits for each import at 3 a.m.

Until then a command is its row: what lists of commands say of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from tocsin.dressing import dress

if TYPE_CHECKING:  # typer's own copy of click has no public name
    from typer._click import Context


@dataclass(frozen=True)
class CommandRow:
    name: str
    module: str
    """It has an `app` with this command; or its `app` is this group of commands."""
    summary: str
    """The first paragraph of the command's help."""
    panel: str | None = None
    group: str = ""
    """Which group of commands it is in; empty: none."""


def add(app: typer.Typer, rows: Iterable[CommandRow]) -> None:
    for row in rows:
        app.command(row.name, cls=_of(row), help=row.summary, rich_help_panel=row.panel)(_stands_in)


class LazyCommand(TyperCommand):
    row: CommandRow

    @cached_property
    def loaded(self) -> TyperCommand | TyperGroup:
        group = typer.main.get_group(vars(import_module(self.row.module))["app"])
        found = group.commands.get(self.row.name, group)
        assert isinstance(found, TyperCommand | TyperGroup)
        dress(found, f"{self.row.group} {self.row.name}".strip())
        return found

    def make_context(
        self, info_name: str | None, args: list[str], parent: "Context | None" = None, **extra: Any
    ) -> "Context":
        """Of the real command: from here on typer knows no other."""
        return self.loaded.make_context(info_name, args, parent, **extra)


def _of(row: CommandRow) -> type[LazyCommand]:
    return type("LazyCommand", (LazyCommand,), {"row": row})


def _stands_in() -> None:
    """Never called: the context is the real command's."""
