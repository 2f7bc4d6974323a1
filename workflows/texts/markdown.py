"""Text in a Markdown document: what alerts and people said stays text (rule 9), and is legible in the source.

Only what CommonMark (https://spec.commonmark.org/0.31.2/#backslash-escapes) and GitHub's tables would take for markup
is escaped.
"""

import re
from collections.abc import Iterable, Sequence

MARKUP = re.compile(r"[\\`*\[\]<>|~]|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_])")
AT_THE_BEGINNING = re.compile(r"^([ \t]*)([#+=-]|\d{1,9}(?=[.)]))", re.MULTILINE)
INDENTED = re.compile(r"^[ \t]+", re.MULTILINE)


class Markdown(str):
    """Markup of our own making: not escaped again."""

    __slots__ = ()


def literal(text: str) -> Markdown:
    """Shows as it is written, be it in a paragraph, a list or a heading."""
    escaped = MARKUP.sub(lambda found: "\\" + found.group(), INDENTED.sub("", text))
    return Markdown(AT_THE_BEGINNING.sub(_first, escaped))


def _first(found: re.Match[str]) -> str:
    mark = found.group(2)
    return found.group(1) + (f"{mark}\\" if mark.isdigit() else f"\\{mark}")


def shown(value: object) -> object:
    """What a document's template puts in place of a value."""
    return literal(value) if isinstance(value, str) and not isinstance(value, Markdown) else value


def line(text: str) -> str:
    return literal(" ".join(text.split()))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Markdown:
    """Cells are texts, and are escaped."""
    lines = [head, ["---"] * len(head), *([line(cell) for cell in row] for row in rows)]
    return Markdown("\n".join(f"| {' | '.join(row)} |" for row in lines))
