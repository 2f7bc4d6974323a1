"""What other rooms raise when something goes wrong in a way that needs no traceback, and how a command ends then.

Imported when something has gone wrong: these come with what a command may do without.
"""

from temporalio.service import RPCError

from settings import SettingsError
from starter.temporal.results import LookupFailed, NobodyWorks, RefusedByIncident, Unpublished, Unreachable
from starter.temporal.setup import SetupFailed
from tocsin.failure import ExitCode

EXPECTED: dict[type[Exception], ExitCode] = {
    SettingsError: ExitCode.refused,
    RefusedByIncident: ExitCode.refused,
    LookupFailed: ExitCode.refused,
    SetupFailed: ExitCode.refused,
    NobodyWorks: ExitCode.not_reached,
    Unreachable: ExitCode.not_reached,
    Unpublished: ExitCode.not_reached,
    RPCError: ExitCode.not_reached,
}


def code_of(error: Exception) -> ExitCode:
    return next(code for kind, code in EXPECTED.items() if isinstance(error, kind))
