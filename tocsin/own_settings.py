"""The few settings of the caller that a command needs when it tells an incident something.

All the others are the worker's and the gateway's: to read and check them takes longer than the command itself, and one
that is wrong must not keep anybody from acknowledging. Both readings agree: `settings.load()` says the same.
"""

import os
from pathlib import Path

from dotenv import dotenv_values

from tocsin.failure import Failure

USUAL_STATE_DIR = "~/.local/state/tocsin"


def state_dir() -> Path:
    """Where `tocsin up` keeps its addresses."""
    if "TOCSIN_STATE_DIR_FILE" in os.environ:
        import settings

        return settings.load().state_dir
    return Path(said("TOCSIN_STATE_DIR") or USUAL_STATE_DIR).expanduser()


def said(variable: str) -> str:
    """What the environment says, or `.env`; empty if neither does."""
    return os.environ.get(variable) or _in_dotenv(variable)


def secret(variable: str) -> str:
    """The same, or what the file holds that `<variable>_FILE` names."""
    if not os.environ.get(variable) and (path := os.environ.get(f"{variable}_FILE")):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"{variable}_FILE: {path} cannot be read: {error}") from None
    return said(variable)


def _in_dotenv(variable: str) -> str:
    """A file that cannot be read says nothing: whoever needs all settings says what is wrong with it."""
    try:
        return dotenv_values(".env").get(variable) or ""
    except (OSError, UnicodeDecodeError):
        return ""
