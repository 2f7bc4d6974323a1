"""The commands for those who write runbooks: one module each."""

import typer

from tocsin import lazy
from tocsin.lazy import CommandRow

app = typer.Typer(no_args_is_help=True, help="Write a runbook, and know what it will do before it does it.")
lazy.add(
    app,
    (
        CommandRow(
            "lint",
            "tocsin.commands.runbook_lint",
            "What is wrong in runbooks, and what to write instead.",
            group="runbook",
        ),
        CommandRow(
            "preview",
            "tocsin.commands.runbook_preview",
            "What a runbook would do, line by line, and why.",
            group="runbook",
        ),
        CommandRow(
            "list",
            "tocsin.commands.runbook_list",
            "Which runbooks the running installation has loaded.",
            group="runbook",
        ),
        CommandRow(
            "adopt",
            "tocsin.commands.runbook_adopt",
            "Let a running incident go on by its runbook as it is now.",
            group="runbook",
        ),
        CommandRow(
            "schema", "tocsin.commands.runbook_schema", "The JSON Schema of runbooks, for editors.", group="runbook"
        ),
    ),
)
