"""What `--help` says of each command."""

import re
import shlex

import pytest
import typer

from tests.docs.tables import every_command
from tests.tocsin.conftest import Tocsin
from tocsin.app import app
from tocsin.examples import EXAMPLES

COMMANDS = {
    name.removeprefix("tocsin "): command for name, command in every_command("tocsin", typer.main.get_group(app))
}


def test_every_command_has_an_example_and_every_example_a_command() -> None:
    assert EXAMPLES.keys() == COMMANDS.keys()


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_an_example_can_be_typed_as_it_is(line: str) -> None:
    program, *words = shlex.split(line)
    name = next(" ".join(words[:count]) for count in (2, 1) if " ".join(words[:count]) in COMMANDS)
    assert line in EXAMPLES[name]
    command = COMMANDS[name]
    with command.make_context(name, words[len(name.split()) :]):
        assert program == "tocsin"


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize("name", ["", *COMMANDS])
async def test_it_says_whole_at_any_width_what_may_be_typed(
    tocsin: Tocsin, name: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", columns)  # read from the environment when it was imported
    shown = await tocsin(*name.split(), "--help")
    assert shown.code == 0
    assert "…" not in shown.out
    assert not re.search(r"<(bool|str|list|int|float|path)", shown.out)
    said = " ".join(re.sub(r"[│\s]+", " ", shown.out).split())
    for option in (opt for each in (COMMANDS[name].params if name else ()) for opt in each.opts if opt[:2] == "--"):
        assert f" {option} " in said
    for example in EXAMPLES.get(name, ()):
        assert example in said
