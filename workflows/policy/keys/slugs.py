"""What a workflow is about, in its id: a few words for whoever reads Temporal's own list. Names of strangers become
letters, digits and hyphens, and few of them."""

import re
import unicodedata
from itertools import filterfalse
from typing import Final

LONGEST_SLUG: Final = 40
_LONGEST_READ: Final = 1000
"""Characters of a name that words are looked for in."""
_LETTERS_AND_DIGITS: Final = re.compile(r"[a-z0-9]+")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_CODE: Final = 12
"""A longer word with digits in it is a number, a hash or a secret: it tells nobody anything, or too much."""


def slug(name: str) -> tuple[str, bool]:
    """The first words of a name, and whether that is all there is to it, but for case, accents and punctuation."""
    letters = name[:_LONGEST_READ]
    letters = letters.lower() if letters.isascii() else unicodedata.normalize("NFKD", letters).lower()
    read = letters if letters.isascii() else "".join(filterfalse(unicodedata.combining, letters))
    plain = _UUID.sub(" ", read)
    words = _LETTERS_AND_DIGITS.findall(plain)
    kept = [word for word in words if len(word) <= _LONGEST_CODE or word.isalpha()]
    whole = "-".join(kept)
    short = _cut(whole)
    is_all = short == whole and len(kept) == len(words) and plain == read and letters.isascii()
    return short, bool(short) and is_all and len(name) <= _LONGEST_READ


def _cut(whole: str) -> str:
    """After a word, if there is one that fits."""
    if len(whole) <= LONGEST_SLUG:
        return whole
    return whole[: LONGEST_SLUG + 1].rpartition("-")[0] or whole[:LONGEST_SLUG]
