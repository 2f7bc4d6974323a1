"""How a command ends when it cannot do what was asked: one line for people, and an exit code for scripts."""

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class ExitCode(enum.IntEnum):
    done = 0
    refused = 1
    """Not found, not allowed, badly put, or failed."""
    not_reached = 2
    """No server, or no worker: what was asked may be recorded, but nobody acts on it."""


class Failure(Exception):
    """Ends the command with a sentence on standard error."""

    def __init__(self, message: str, code: ExitCode = ExitCode.refused) -> None:
        super().__init__(message)
        self.code = code


def badly_put(error: "ValidationError") -> Failure:
    """What is wrong with which argument."""
    problems = (
        f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}"
        for e in error.errors(include_url=False)
    )
    return Failure("; ".join(problems))
