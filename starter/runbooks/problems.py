"""What is wrong with a runbook, and where: file, line, column, path, and what to do about it."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Loc = Sequence[int | str]


@dataclass(frozen=True)
class Problem:
    file: str
    message: str
    line: int = 1
    column: int = 1
    path: str = ""
    """`severities.sev1.escalation[0].page`; empty when it concerns the whole file."""
    advice: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: " + (f"{self.path}: " if self.path else "")
        return where + self.message + (f". {self.advice}" if self.advice else "")


def written(loc: Loc) -> str:
    """A location as people write it: `escalation[0].page`."""
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def closest(word: str, known: Iterable[str]) -> str:
    """`Did you mean ...?`, or else what there is to choose from."""
    words = sorted(known)
    if near := difflib.get_close_matches(word, words, n=1):
        return f"Did you mean `{near[0]}`?"
    return f"Known here: {', '.join(words)}" if words else ""
