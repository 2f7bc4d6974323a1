"""docs/runbooks/preview.md against what the command prints."""

import json
from datetime import UTC, datetime, timedelta

import typer

from starter.runbooks import library
from tests.docs.markdown import ROOT, read
from tests.docs.tables import every_command
from tests.policy.effects import EVERY
from tocsin.app import app
from workflows.policy.simulation.preview import PreviewLine, Scenario, line_kind
from workflows.texts.preview import preview

DOCUMENT = read(ROOT / "docs/runbooks/preview.md")


def test_the_lines_that_are_shown_are_among_those_that_are_foreseen() -> None:
    book = library.load(ROOT / "runbooks").runbooks["company"]
    at = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    course = Scenario("sev1", at, ack_after=timedelta(minutes=7), resolve_after=timedelta(minutes=95))
    foreseen = {line.duty: line for line in preview(book, course)}
    (block,) = DOCUMENT.blocks("json")
    shown = [PreviewLine.model_validate(line, extra="forbid") for line in json.loads(block)]
    for line in shown:
        beginning = line.text.removesuffix("...")
        real = foreseen[line.duty]
        assert real.text.startswith(beginning)
        assert real.model_copy(update={"text": ""}) == line.model_copy(update={"text": ""})


def test_every_field_kind_and_option_is_explained() -> None:
    rows = [
        span for line in DOCUMENT.text.splitlines() if line.startswith("| `") for span in line.split("|")[1].split("`")
    ]
    command = dict(every_command("tocsin", typer.main.get_group(app)))["tocsin runbook preview"]
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    explained = {span.split(" ")[0] for span in rows}
    assert explained >= {*PreviewLine.model_fields, *filter(None, map(line_kind, EVERY)), *options}
