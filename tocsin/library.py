"""The runbooks: those of TOCSIN_RUNBOOKS, else those that ship with Tocsin."""

from pathlib import Path

from settings import Settings
from starter import runbooks
from starter.runbooks import Library

_HERE = Path(__file__).parent
SHIPPED = (_HERE / "runbooks", _HERE.parent / "runbooks")
"""In an installed package; in a checkout."""


def library(settings: Settings) -> Library:
    return runbooks.load(settings.runbooks or next(folder for folder in SHIPPED if folder.is_dir()))
