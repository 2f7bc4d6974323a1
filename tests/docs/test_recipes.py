"""The lists of files in CONTRIBUTING's recipes are those that a real change touches."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from settings.pagers import PAGERS
from starter.sources.table import SOURCES
from tests.docs.markdown import ROOT, read
from tocsin.commands import events
from tocsin.commands.table import ROWS
from workflows.durable.deliveries import delivery
from workflows.policy.effects.effects import OutsideEffect
from workflows.policy.incident.events import Event
from workflows.policy.runbook.terms import Duty

RECIPES = read(ROOT / "CONTRIBUTING.md")
BESIDE = ("CHANGELOG.md", "docs/adr/", "docs/cases.md", "tests/")
"""What any change may touch; of tests a recipe lists only what every such change needs."""
VENDORS = ("slack", "statuspage", "jira")
PLACE = re.compile(r"<\w+>")
LATEST_SOURCES = ("azure", "datadog", "google-cloud", "new-relic", "uptime-kuma")
"""Nothing but what makes them a source speaks of them."""


@dataclass(frozen=True)
class Recipe:
    """One of the blocks of files; `title` is the heading above it."""

    title: str
    files: tuple[str, ...]

    def of(self, member: str) -> Iterator[str]:
        """The files for one that is there already."""
        for file in self.files:
            yield grown(PLACE.sub(member.replace("-", "_"), file.replace("<page>", member)))


def grown(file: str) -> str:
    """A module that has become a package is still the one that the recipe means."""
    package = f"{file.removesuffix('.py')}/__init__.py"
    return package if not (ROOT / file).is_file() and (ROOT / package).is_file() else file


def recipes() -> dict[str, Recipe]:
    found: dict[str, Recipe] = {}
    for block in re.finditer(r"^```files\n(.*?)^```$", RECIPES.text, re.MULTILINE | re.DOTALL):
        heading = re.findall(r"^## To add an? (.*)$", RECIPES.text[: block.start()], re.MULTILINE)[-1]
        title = "event" if heading in found else heading.removesuffix(" of alerts")
        found[title] = Recipe(title, tuple(line.split("  ")[0] for line in block[1].splitlines()))
    return found


def mentions(file: str, name: str) -> bool:
    text = (ROOT / file).read_text(encoding="utf-8", errors="replace") + file
    return re.search(name.replace("-", "[-_ ]"), text, re.IGNORECASE) is not None


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [file for file in listed.stdout.splitlines() if (ROOT / file).is_file()]


def test_there_is_a_recipe_for_each_usual_change() -> None:
    assert list(recipes()) == [
        "vendor", "kind of effect", "pager", "kind of duty", "key to the runbook's format", "command", "event", "source"
    ]  # fmt: skip


@pytest.mark.parametrize("recipe", recipes().values(), ids=lambda recipe: recipe.title)
def test_every_file_of_a_recipe_that_is_no_new_one_exists(recipe: Recipe) -> None:
    assert [file for file in recipe.files if "<" not in file and not (ROOT / file).is_file()] == []


def members() -> Iterator[tuple[str, str, str]]:
    """(recipe, one that is there already, how its files call it)"""
    yield from (("source", name, name) for name in SOURCES)
    # PagerDuty is older, and more than a pager; Opsgenie's page is a part of docs/reach.md.
    yield from (("pager", name.lower(), name) for name in PAGERS if name not in ("PagerDuty", "Opsgenie"))
    yield from (("vendor", name, name) for name in VENDORS)
    yield from (("command", row.module.rpartition(".")[2], row.name) for row in ROWS)
    for effect in get_args(OutsideEffect):
        example = effect.model_construct()
        yield "kind of effect", effect.__name__, f"{effect.__name__}|{delivery(example).activity}|{example.kind}\\b"
    yield from (("kind of duty", kind, kind) for kind in get_args(Duty.model_fields["kind"].annotation))


@pytest.mark.parametrize(("recipe", "member", "name"), list(members()))
def test_each_that_is_there_has_the_files_of_the_recipe_and_stands_in_them(recipe: str, member: str, name: str) -> None:
    files = list(recipes()[recipe].of(member))
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert [file for file in files if not mentions(file, name)] == []


@pytest.mark.parametrize(("recipe", "member"), [("pager", "ntfy"), *(("source", name) for name in LATEST_SOURCES)])
def test_a_recipe_leaves_out_no_file_that_one_needed(recipe: str, member: str) -> None:
    needed = {file for file in tracked() if not file.startswith(BESIDE) and mentions(file, member)}
    assert needed - set(recipes()[recipe].of(member)) - {"CONTRIBUTING.md"} == set()


def test_each_event_that_a_command_sends_stands_in_the_files_of_its_recipe() -> None:
    sent = [name for name, each in vars(events).items() if isinstance(each, type) and issubclass(each, Event)]
    assert len(sent) > 5
    assert [(name, file) for name in sent for file in recipes()["event"].files if not mentions(file, name)] == []


def test_every_adapter_is_held_by_the_contract_that_keeps_vendors_from_temporal() -> None:
    """The contract names modules, so a new one would be forgotten without a word."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (held,) = [each["source_modules"] for each in contracts if each["name"].startswith("only perform.py speaks")]
    there = {f"activities.{file.stem}" for file in Path(ROOT / "activities").glob("*.py")}
    assert there - set(held) == {f"activities.{name}" for name in ("__init__", "perform", "temporal")}
