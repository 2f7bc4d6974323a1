"""The entry of `tocsin` and `python -m tocsin`: runs a command, and says in one line what went wrong."""

import os
import sys
from collections.abc import Sequence

from temporalio.service import RPCError

from settings import SettingsError
from starter.temporal.results import LookupFailed, NobodyWorks, RefusedByIncident, Unpublished, Unreachable
from starter.temporal.setup import SetupFailed
from tocsin.app import app
from tocsin.demo.play import NeverClosed
from tocsin.failure import ExitCode, Failure
from tocsin.output import err
from tocsin.up.folder import FolderInUse
from tocsin.up.ports import PortTaken
from tocsin.up.supervisor import PartFailed
from tocsin.view.plain import plain

EXPECTED: dict[type[Exception], ExitCode] = {
    SettingsError: ExitCode.refused,
    RefusedByIncident: ExitCode.refused,
    LookupFailed: ExitCode.refused,
    FolderInUse: ExitCode.refused,
    PortTaken: ExitCode.refused,
    NeverClosed: ExitCode.refused,
    PartFailed: ExitCode.refused,
    SetupFailed: ExitCode.refused,
    NobodyWorks: ExitCode.not_reached,
    Unreachable: ExitCode.not_reached,
    Unpublished: ExitCode.not_reached,
    RPCError: ExitCode.not_reached,
}


def main() -> None:
    code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit(): the SDK's threads can crash an interpreter that finalizes (temporalio/sdk-python#300).
    os._exit(code)


def run(words: Sequence[str] | None = None) -> int:
    """Runs a command (by default that of the command line) and returns its exit code. Only a bug leaves a traceback."""
    try:
        app(words)
    except SystemExit as end:
        return _of_typer(end.code)
    except Failure as failure:
        err.print(plain(str(failure)))
        return failure.code
    except tuple(EXPECTED) as error:
        err.print(plain(str(error)))
        return next(code for kind, code in EXPECTED.items() if isinstance(error, kind))
    return ExitCode.done


def _of_typer(code: object) -> int:
    """Typer says 2 when it does not understand the command line; ours means that nobody was reached."""
    return ExitCode.refused if code == 2 else int(str(code or 0))


if __name__ == "__main__":
    main()
