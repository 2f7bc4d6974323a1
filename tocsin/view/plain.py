"""Texts from outside, made harmless: rich would read markup in them, and a terminal its own control sequences."""

from datetime import datetime

from rich.console import Group
from rich.padding import Padding
from rich.table import Column
from rich.text import Text

from starter.markup.printing import printed

ENDLESS = 10_000
"""Characters of a line that is cut nowhere."""


def plain(text: str, style: str = "") -> Text:
    """Just these characters. What does not print (a terminal's escape sequences begin so) is shown as U+FFFD."""
    return Text(printed(text, breaks="\n"), style)


def indented(text: str, style: str = "") -> Group:
    """What belongs to the line above. No line is filled up with spaces to the right: a pipe is as wide as can be."""
    return Group(*(Padding(plain(line, style), (0, 0, 0, 4), expand=False) for line in text.split("\n")))


def typed(heading: str) -> Column:
    """A column of what people type again, an id or a name: the others make room for it."""
    return Column(heading, no_wrap=True, overflow="fold")


def moment(at: datetime | None, today: datetime | None = None) -> str:
    """UTC, to the second; with its date unless that is the date of `today`."""
    if at is None:
        return ""
    if today is not None and at.date() == today.date():
        return f"{at:%H:%M:%S}"
    return f"{at:%Y-%m-%d %H:%M:%S}"
