"""The runbooks: those of TOCSIN_RUNBOOKS, else those that ship with Tocsin."""

from pathlib import Path

import settings
from settings import Settings
from starter.runbooks.library import Library, load
from tocsin.failure import Failure
from workflows.policy.runbook.model import Runbook

_HERE = Path(__file__).parent
SHIPPED = (_HERE / "runbooks", _HERE.parent / "runbooks")
"""In an installed package; in a checkout."""


def library(settings: Settings) -> Library:
    return load(settings.runbooks or next(folder for folder in SHIPPED if folder.is_dir()))


def named(books: Library, name: str) -> Runbook:
    """Raises Failure when there is none of this name."""
    if name in books.runbooks:
        return books.runbooks[name]
    complaints = "; ".join(map(str, books.problems))
    there_is = ", ".join(sorted(books.runbooks)) or "none"
    raise Failure(f"there is no runbook {name!r}; there is: {there_is}" + (f" ({complaints})" if complaints else ""))


def at(file_or_name: str) -> Runbook:
    """The runbook in a file, or that of a name. Raises Failure, SettingsError."""
    file = Path(file_or_name)
    if file.suffix not in (".yaml", ".yml"):
        return named(library(settings.load()), file_or_name)
    if not file.is_file():
        raise Failure(f"{file}: there is no such file")
    read = load(file)
    if read.problems:
        raise Failure("\n".join(map(str, read.problems)))
    return next(iter(read.runbooks.values()))
