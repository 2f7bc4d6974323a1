"""What can be said against a runbook that is well-formed, and the vocabulary for saying it."""

from dataclasses import dataclass
from typing import Literal

RunbookPath = tuple[int | str, ...]
"""Where in the runbook: `("severities", "sev1", "escalation", 0)`."""
Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """An error is what will not do what it says; a warning is what its author may not have meant."""

    path: RunbookPath
    level: Level
    what: str
    why: str
    instead: str


def error(path: RunbookPath, what: str, why: str, instead: str) -> Finding:
    return Finding(path, "error", what, why, instead)


def warning(path: RunbookPath, what: str, why: str, instead: str) -> Finding:
    return Finding(path, "warning", what, why, instead)


def listed(words: tuple[str, ...]) -> str:
    """`a, b and c`."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
