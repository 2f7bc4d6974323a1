"""The list of commands, which is read before any of them is imported."""

import typer
from typer.core import TyperGroup

from tocsin.app import app
from tocsin.commands import runbook
from tocsin.lazy import LazyCommand

PANEL = 80 - len("│ heartbeat   │")
"""As much room a summary has beside the longest name, in a terminal of 80 columns."""


def test_each_row_is_a_command_of_that_name_or_a_group_and_says_so_in_one_line() -> None:
    for group in map(typer.main.get_group, (app, runbook.app)):
        for name, listed in group.commands.items():
            assert isinstance(listed, LazyCommand)
            assert isinstance(listed.loaded, TyperGroup) or listed.loaded.name == name
            assert listed.help
            assert len(listed.help) <= PANEL


def test_no_command_of_a_module_is_missing_from_the_list() -> None:
    listed = typer.main.get_group(app).commands
    for each in listed.values():
        assert isinstance(each, LazyCommand)
        if isinstance(each.loaded, TyperGroup):
            continue
        of_its_module = typer.main.get_group(vars(__import__(each.row.module, fromlist=["app"]))["app"])
        assert of_its_module.commands.keys() <= listed.keys()
