"""The commands for those who write runbooks: one module each."""

import typer

from tocsin.commands import runbook_adopt, runbook_lint, runbook_list, runbook_preview, runbook_schema

app = typer.Typer(no_args_is_help=True, help="Write a runbook, and know what it will do before it does it.")

app.command("adopt")(runbook_adopt.adopt)
app.command("lint")(runbook_lint.lint)
app.command("list")(runbook_list.list_)
app.command("preview")(runbook_preview.preview)
app.command("schema")(runbook_schema.schema)
