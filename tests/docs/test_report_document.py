"""docs/report.md against what the command prints."""

import json

import typer

from starter.report import figures
from starter.temporal.results import Result
from tests.docs.markdown import ROOT, read
from tests.docs.tables import every_command
from tocsin.app import app

DOCUMENT = read(ROOT / "docs/report.md")
MODELS = [
    model
    for model in vars(figures).values()
    if isinstance(model, type) and issubclass(model, Result) and model is not Result
]


def test_the_example_is_what_is_printed() -> None:
    (block,) = DOCUMENT.blocks("json")
    shown = figures.ReportFigures.model_validate_json(block)
    assert json.loads(block) == shown.model_dump(mode="json")


def test_every_field_and_option_is_explained() -> None:
    rows = {
        span.split(" ")[0] for line in DOCUMENT.text.splitlines() if line.startswith("| `") for span in line.split("`")
    }
    options = {
        name
        for parameter in dict(every_command("tocsin", typer.main.get_group(app)))["tocsin report"].params
        for name in parameter.opts
        if name.startswith("--")
    }
    assert rows >= {*options, *(field for model in MODELS for field in model.model_fields)}
