"""The entry of `tocsin` and `python -m tocsin`: runs a command, and says in one line what went wrong."""

import os
import sys
from collections.abc import Sequence

from tocsin.app import command_line
from tocsin.failure import ExitCode, Failure
from tocsin.output import err
from tocsin.view.plain import plain


def main() -> None:
    code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit(): the SDK's threads can crash an interpreter that finalizes (temporalio/sdk-python#300).
    os._exit(code)


def run(words: Sequence[str] | None = None) -> int:
    """Runs a command (by default that of the command line) and returns its exit code. Only a bug leaves a traceback."""
    try:
        command_line()(words)
    except SystemExit as end:
        return _of_typer(end.code)
    except Failure as failure:
        err.print(plain(str(failure)))
        return failure.code
    except _expected() as error:
        err.print(plain(str(error)))
        return _code_of(error)
    return ExitCode.done


def _expected() -> tuple[type[Exception], ...]:
    from tocsin.expected import EXPECTED

    return tuple(EXPECTED)


def _code_of(error: Exception) -> ExitCode:
    from tocsin.expected import code_of

    return code_of(error)


def _of_typer(code: object) -> int:
    """Typer says 2 when it does not understand the command line; ours means that nobody was reached."""
    return ExitCode.refused if code == 2 else int(str(code or 0))


if __name__ == "__main__":
    main()
