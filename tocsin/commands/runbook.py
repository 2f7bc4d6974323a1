"""The commands for those who write runbooks: one module each."""

import typer

from tocsin.commands import runbook_schema

app = typer.Typer(no_args_is_help=True, help="Write a runbook, and know what it will do before it does it.")

app.command("schema")(runbook_schema.schema)
