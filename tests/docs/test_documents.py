"""What the documents name exists, and what they show works."""

import json
import re
from collections.abc import Collection
from pathlib import Path

import pytest
import pytest_asyncio
import typer
from ruamel.yaml import YAML
from temporalio.client import Client

from settings import Settings
from starter.gateway.app import create_app
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.docs.markdown import FILES, ROOT, read
from tocsin.app import app

# A file or folder of ours: it begins with something that the tree has, and has no placeholder in it.
OURS = re.compile(r"(?P<first>[\w.-]+)(/[\w.-]+)*/?")
TOP = {path.name for path in ROOT.iterdir()} - {"tocsin", "build"}  # a command; what benchmarks write
every = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


@every
def test_links_lead_somewhere(path: Path) -> None:
    for target in read(path).links():
        assert target.startswith("https://") or (path.parent / target).exists(), target


@every
def test_files_that_are_named_exist(path: Path) -> None:
    for span in read(path).spans():
        found = OURS.fullmatch(span)
        if found and found["first"] in TOP:
            assert (ROOT / span).exists(), span


@every
def test_make_targets_and_copied_files_exist(path: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for command in read(path).commands():
        if command[0] == "make":
            assert command[1] in targets, command
        if command[0] == "cp":
            assert (ROOT / command[1]).exists(), command


@every
def test_the_program_knows_the_commands_that_are_shown(path: Path) -> None:
    group = typer.main.get_group(app)
    its_own = {"--help"}.union(*(parameter.opts for parameter in group.params))
    for program, *arguments in read(path).commands():
        if program in ("tocsin", ".venv/bin/tocsin") and arguments[0] not in its_own:
            name, *rest = arguments
            assert name in group.commands, f"tocsin {name}"
            if rest:
                group.commands[name].make_context(name, rest)


@every
def test_modules_and_scripts_that_are_run_exist(path: Path) -> None:
    for command in read(path).commands():
        if command[:2] == [".venv/bin/python", "-m"]:
            assert (ROOT / command[2].replace(".", "/")).with_suffix(".py").exists(), command
        elif command[0] == ".venv/bin/python":
            assert (ROOT / command[1]).exists(), command


@every
def test_settings_that_are_named_exist_and_take_the_values_that_are_shown(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    document = read(path)
    for name in re.findall(r"\bTOCSIN_([A-Z_]*[A-Z])", document.text):
        assert name.removesuffix("_FILE").lower() in Settings.model_fields, f"TOCSIN_{name}"
    monkeypatch.chdir(tmp_path)
    for name, value in re.findall(r"\b(TOCSIN_[A-Z_]+(?<!_FILE))='([^']*)'", document.text):
        monkeypatch.setenv(name, value)
        assert getattr(Settings(), name.removeprefix("TOCSIN_").lower())
        monkeypatch.delenv(name)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def addresses() -> Collection[str]:
    """Those of the gateway."""
    client = await Client.connect("127.0.0.1:1", lazy=True)
    gateway = create_app(Settings(), Library(), Incidents(client))
    return {*gateway.openapi()["paths"], gateway.docs_url or ""}


@every
def test_addresses_of_the_gateway_exist(path: Path, addresses: Collection[str]) -> None:
    text = read(path).text
    for address in re.findall(r"(?:`|:8080)(/(?:webhooks/[\w-]+|healthz|readyz|docs))\b", text):
        assert address in addresses, address


@every
def test_yaml_and_json_can_be_read(path: Path) -> None:
    document = read(path)
    for block in document.blocks("yaml"):
        assert YAML(typ="safe", pure=True).load(block)
    for block in document.blocks("json"):
        assert json.loads(block)


@every
def test_every_code_block_is_of_a_kind_that_is_tested(path: Path) -> None:
    pasted = {"text", "handlebars", "javascript"} if path.parent.name == "sources" else set()  # each source's own tests
    listed = {"files"} if path.name == "CONTRIBUTING.md" else set()  # test_recipes.py
    assert set(re.findall(r"^```(\w+)", read(path).text, re.MULTILINE)) <= {"sh", "yaml", "json"} | pasted | listed


@every
def test_lines_can_be_read_in_a_terminal(path: Path) -> None:
    whole = ("|", "![", '  "')  # a row, a picture, a text in JSON
    too_long = [line for line in read(path).text.splitlines() if len(line) > 120 and not line.startswith(whole)]
    assert not too_long
