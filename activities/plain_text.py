"""Alert text is data: what of it may reach a vendor, and how much of it (rule 9)."""

import re
import unicodedata
from collections.abc import Iterable

INVISIBLE = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Bidirectional controls: they make a text read differently from what it is. https://www.unicode.org/reports/tr9/"""

LINK_IN_TEXT = re.compile(r"https?://[^\s<>\"'`()\[\]{}]+(?<![.,:;?!])")
"""An address in a text, without the brackets and the full stop around it."""

QUOTE = 200
"""Characters of a vendor's own words in an error message."""


def clean(text: str, limit: int) -> str:
    """`text` without control and bidirectional characters and lone surrogates, cut to `limit` characters."""
    visible = "".join(c for c in INVISIBLE.sub("", text) if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"


def one_line(text: str, limit: int) -> str:
    return clean(" ".join(text.split()), limit)


def quote(words: str, secrets: Iterable[str]) -> str:
    """A vendor's own words, fit for an error message: one short line, in which no secret can be echoed."""
    for secret in filter(None, secrets):
        words = words.replace(secret, "***")
    return one_line(words, QUOTE)
