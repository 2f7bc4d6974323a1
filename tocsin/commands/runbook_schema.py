"""`runbook schema`: the JSON Schema of a runbook, by which editors complete and check."""

import json

import typer

from starter.runbooks import schema as runbook_schema
from tocsin.output import out

app = typer.Typer()


@app.command()
def schema() -> None:
    """Print the JSON Schema of runbooks, for editors and other programs."""
    out.print(json.dumps(runbook_schema.schema(), indent=2), markup=False, highlight=False, soft_wrap=True)
