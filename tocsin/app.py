"""The command line as a whole."""

import os
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from tocsin.commands import (
    digest,
    events,
    followup,
    heartbeat,
    opening,
    page_test,
    parts,
    reading,
    report,
    review,
    route,
    runbook,
    silence,
)

app = typer.Typer(
    name="tocsin",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="""Runs your incident procedure, and cannot forget.

    Start with `tocsin demo`, or with `tocsin up` and an alert. INCIDENT may be left out while only one is open.

    Exit codes: 0 done; 1 refused, not found or badly put; 2 nobody was reached (no server, or no worker).""",
)


@app.callback()
def everywhere(
    state_dir: Annotated[
        Path | None,
        Option(help="Where `tocsin up` keeps its database and addresses (TOCSIN_STATE_DIR).", show_default=False),
    ] = None,
) -> None:
    if state_dir is not None:
        os.environ["TOCSIN_STATE_DIR"] = str(state_dir.absolute())


for panel, group in (
    ("Run", parts.app),
    ("Steer", opening.app),
    ("Steer", events.app),
    ("Look", reading.app),
    ("Look", digest.app),
    ("Look", report.app),
    ("Try", page_test.app),
    ("Write", route.app),
):
    for command in group.registered_commands:
        command.rich_help_panel = panel
    app.add_typer(group)
app.add_typer(heartbeat.app, name="heartbeat", rich_help_panel="Watch")
app.add_typer(silence.app, name="silence", rich_help_panel="Watch")
app.add_typer(review.app, name="review", rich_help_panel="Afterwards")
app.add_typer(followup.app, name="followup", rich_help_panel="Afterwards")
app.add_typer(runbook.app, name="runbook", rich_help_panel="Write")
