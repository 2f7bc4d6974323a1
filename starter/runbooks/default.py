"""Which runbook is followed by whoever names none."""

from settings import Settings, SettingsError
from starter.runbooks.library import Library
from starter.runbooks.problems import closest

SHIPPED_DEFAULT = "company"


def default_runbook(library: Library, settings: Settings) -> str:
    """TOCSIN_RUNBOOK; without it the only one that there is, else `company`. It need not be loaded."""
    if settings.runbook is None and settings.runbooks and len(library.runbooks) == 1:
        return next(iter(library.runbooks))
    return settings.runbook or SHIPPED_DEFAULT


def require_default(library: Library, settings: Settings) -> None:
    """Raises SettingsError when it is not loaded: no alert that names none could open anything."""
    default = default_runbook(library, settings)
    if default in library.runbooks:
        return
    where = f" in {settings.runbooks}" if settings.runbooks else ""
    if settings.runbook:
        said = f"TOCSIN_RUNBOOK: the runbook {default!r} is not loaded{where}. {closest(default, library.runbooks)}"
    elif library.runbooks:
        several = ", ".join(sorted(library.runbooks))
        said = f"TOCSIN_RUNBOOK: set it to the runbook for what names none; there are several{where}: {several}"
    else:
        said = f"TOCSIN_RUNBOOKS: there is no runbook{where} that can be used"
    raise SettingsError("\n  ".join((said.rstrip(". "), *map(str, library.problems))))
