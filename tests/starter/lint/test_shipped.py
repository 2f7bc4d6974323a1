"""The runbooks that ship, and the schema by which editors check them."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from starter.runbooks.library import read
from starter.runbooks.schema import schema
from tests.starter.lint.book import GOOD, TODAY
from tocsin.commands.runbook_lint import look_at

FOLDER = Path(__file__).parents[3] / "runbooks"
RUNBOOKS = sorted(FOLDER.glob("*.yaml"))
each = pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)


def as_editors_see_it(text: str) -> object:
    """An editor knows no dates: to JSON, they are words."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))


def complaints(text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(as_editors_see_it(text))]


@each
def test_there_is_nothing_to_say_against_it(path: Path) -> None:
    assert look_at(read(path), TODAY) == []


@each
def test_an_editor_finds_its_schema_and_nothing_wrong(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=runbook.schema.json\n")
    assert complaints(text) == []


def test_the_committed_schema_is_that_of_the_program() -> None:
    committed = (FOLDER / "runbook.schema.json").read_text(encoding="utf-8")
    assert json.loads(committed) == schema(), (
        "write it anew: .venv/bin/tocsin runbook schema > runbooks/runbook.schema.json"
    )


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize(
    ("instead_of", "written", "where"),
    [
        ("every: 4h", "every: 4", "$.severities.sev1.duties[3].every"),
        ("every: 4h", "every: four hours", "$.severities.sev1.duties[3].every"),
        ("title: Outage", "titel: Outage", "$.severities.sev1"),
        ("  sev2:\n", "  sev5:\n", "$.severities"),
        ('begin: "22:00"', "begin: 22", "$.calendar.quiet_hours"),
        ("[2026-12-25, 2027-01-01]", "{land: DE}", "$.calendar.holidays"),
    ],
)
def test_the_schema_sees_what_the_program_would_refuse(instead_of: str, written: str, where: str) -> None:
    assert any(complaint.startswith(where) for complaint in complaints(GOOD.replace(instead_of, written, 1)))


@pytest.mark.parametrize("holidays", ["[2026-12-25]", "{country: DE}", "{country: DE, subdivision: BY}"])
def test_the_schema_knows_both_ways_to_write_holidays(holidays: str) -> None:
    assert complaints(GOOD.replace("[2026-12-25, 2027-01-01]", holidays)) == []


def test_the_schema_says_what_a_key_is_for() -> None:
    tier = schema()["$defs"]["Tier"]["properties"]
    assert tier["managers_of"]["description"] == "Also the managers of whoever holds these roles."
    assert schema()["$defs"]["Severity"]["properties"]["repeat_after"]["default"] == "5m"
