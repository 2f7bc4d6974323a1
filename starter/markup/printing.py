"""Which characters of a stranger's text are shown. One rule for every page, picture and terminal.

What does not print could turn a line around, hide what stands in it, or make one name look like another: it is shown as
a mark. Two that do not print are part of how people write, and stay where they do their work: the joiners of Arabic
and Indic letters and of emoji (https://www.unicode.org/faq/indic.html#21, https://www.unicode.org/reports/tr51/).
"""

import re
from itertools import chain, pairwise
from typing import Final
from unicodedata import category

UNPRINTABLE_MARK: Final = "\N{REPLACEMENT CHARACTER}"
_JOINERS: Final = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_JOINED_LETTER: Final = re.compile(
    "["
    "\u0620-\u08ff\ufb50-\ufdff\ufe70-\ufefc"  # Arabic, Syriac, N'Ko, Mandaic
    "\u0900-\u0dff\U00011000-\U00011fff"  # Indic
    "\u1000-\u109f\u1780-\u18af\u1a20-\u1c4f\ua800-\uabff"  # Myanmar, Khmer, Mongolian, and their neighbours
    "\U00010d00-\U00010d3f\U0001e900-\U0001e95f"  # Rohingya, Adlam
    "]"
)
_OF_EMOJI: Final = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")
"""What may stand between an emoji and its joiner: how it looks, and its skin."""


def printed(text: str, breaks: str = "\n\t") -> str:
    """`breaks`: characters that move what follows, where that is harmless."""
    if text.isprintable():
        return text
    return "".join(
        each if _prints(each) or each in breaks or (each in _JOINERS and _joins(before)) else UNPRINTABLE_MARK
        for before, each in pairwise(chain(" ", text))
    )


def _prints(character: str) -> bool:
    """Spaces that break no line, or are narrow, are those of numbers and French."""
    return character.isprintable() or category(character) == "Zs"


def _joins(before: str) -> bool:
    return category(before) == "So" or bool(_JOINED_LETTER.match(before) or _OF_EMOJI.match(before))
