"""The command line as a whole."""

import os
from pathlib import Path
from typing import Annotated

import typer
from typer import Option
from typer.core import TyperGroup

from tocsin import lazy
from tocsin.commands.table import ROWS
from tocsin.dressing import dress

app = typer.Typer(
    name="tocsin",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="""Runs your incident procedure, and cannot forget.

    Start with `tocsin demo`, or with `tocsin up` and an alert. INCIDENT may be left out while only one is open.

    Exit codes: 0 done; 1 refused, not found or badly put; 2 nobody was reached (no server, or no worker).""",
)
lazy.add(app, ROWS)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        typer.echo(f"tocsin {metadata.version('tocsin')}")
        raise typer.Exit


@app.callback()
def everywhere(
    state_dir: Annotated[
        Path | None,
        Option(help="Where `tocsin up` keeps its database and addresses (TOCSIN_STATE_DIR).", show_default=False),
    ] = None,
    version: Annotated[  # noqa: ARG001 (its callback ends the command)
        bool, Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    if state_dir is not None:
        os.environ["TOCSIN_STATE_DIR"] = str(state_dir.absolute())


def command_line() -> TyperGroup:
    """All of it, as it is run."""
    whole = typer.main.get_command(app)
    assert isinstance(whole, TyperGroup)
    dress(whole)
    return whole
