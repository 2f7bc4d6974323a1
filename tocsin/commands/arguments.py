"""Arguments and options that several commands share."""

import getpass
from typing import Annotated

from typer import Argument, Option

WHICH = "INCIDENT is its id, or enough of its beginning; it may be left out while only one is open."

IncidentId = Annotated[str, Argument(metavar="INCIDENT", help=WHICH, show_default=False)]
By = Annotated[str, Option("--by", metavar="NAME", help="Who does it, if not you.", show_default=False)]
AsJson = Annotated[bool, Option("--json", help="Print JSON for programs.")]
Reason = Annotated[str, Option("--reason", help="Why; goes on the timeline.", show_default=False)]


def me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return "someone"
