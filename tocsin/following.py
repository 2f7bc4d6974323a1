"""What a command goes by: the running installation. What the caller's shell says otherwise is named, not followed."""

from collections.abc import Iterator

import settings
from settings import Settings
from tocsin import output
from tocsin.failure import Failure
from tocsin.library import library
from tocsin.view.plain import plain
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.installation import Installation, content_hash


def followed(there: Installation, name: str) -> Runbook:
    """The installation's runbook of that name; without one, its default. Raises Failure, SettingsError."""
    wanted = name or there.default
    if wanted in there.runbooks:
        _say_what_is_not_used(there, there.runbooks[wanted])
        return there.runbooks[wanted]
    has = ", ".join(sorted(there.runbooks)) or "none"
    raise Failure(f"there is no runbook {wanted!r}: the running installation has {has}{_here(wanted)}")


def _here(name: str) -> str:
    if name.endswith((".yaml", ".yml")):
        return "; a command takes the name of a runbook that is loaded there, never a file"
    chosen = settings.load()
    if name not in library(chosen).runbooks:
        return ""
    where = chosen.runbooks or "one that ships with Tocsin"
    return f"; yours ({where}) is not loaded there: set TOCSIN_RUNBOOKS where the worker runs, and start it again"


def _say_what_is_not_used(there: Installation, book: Runbook) -> None:
    unused = "; ".join(_not_used(there, book, settings.load()))
    if unused:
        output.err.print(plain(f"not used here: {unused}", "yellow"))


def _not_used(there: Installation, book: Runbook, chosen: Settings) -> Iterator[str]:
    for setting, here, said in (
        ("runbook", chosen.runbook, there.default),
        ("speed", chosen.speed, there.speed),
        ("no_pager", chosen.no_pager, there.no_pager),
    ):
        if setting in chosen.model_fields_set and here != said:
            yield f"TOCSIN_{setting.upper()}={here}, for the running installation has {said}"
    ours = library(chosen).runbooks.get(book.runbook) if chosen.runbooks else None
    if ours is not None and content_hash(ours) != content_hash(book):
        both = f"({content_hash(ours)}, and loaded there is {content_hash(book)})"
        yield f"your {book.runbook} in {chosen.runbooks} {both}"
