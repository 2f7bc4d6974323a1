"""How much of a text is kept. An incident's state has an end, whatever is sent to it (`Bounds`).

What is said is cut, not refused: whoever sends a megabyte may still have something to say. It is measured as it travels
and is stored, in bytes of JSON, where a letter may take four and a control character six.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain
from typing import Annotated

from pydantic import AfterValidator

LONGEST_LINE = 200
"""Bytes of a line."""
LONGEST_FOREIGN_NAME = 60
"""Bytes of what somebody is called elsewhere."""
LABELS = 12_500
"""Bytes of all labels of one alert, or of one incident, together."""
FEW_LABELS = 4000
"""Bytes of those that several alerts have in common."""
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""No clock shows another time. From here a zone, a duration or a reminder reaches no end of the calendar, where Python
raises OverflowError, nor the year 2262, where nanoseconds end in Temporal's visibility stores."""
BYTES_A_CHARACTER = 6
"""Bytes of a character at most: a short text fits without being weighed."""


def moment(value: datetime) -> datetime:
    """In UTC, between the first and the last that a clock shows."""
    if value.year < EARLIEST.year:
        return EARLIEST
    if value.year >= LATEST.year:
        return LATEST
    at = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return min(max(at, EARLIEST), LATEST)


def day(value: date) -> date:
    return min(max(value, EARLIEST.date()), LATEST.date())


def cut(text: str, most: int) -> str:
    """So many characters, as vendors count them."""
    return text if len(text) <= most else text[: most - 1] + "…"


@lru_cache(maxsize=4096)
def weight(text: str) -> int:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return len(text)  # JSON writes it as it is, which is nearly always so, and asked for each label of each alert
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def fit(text: str, most: int) -> str:
    """So much of the text as weighs at most that."""
    if len(text) * BYTES_A_CHARACTER <= most or (len(text) <= most and weight(text) <= most):
        return text
    text, room = text[:most], most - weight("…")
    while weight(text) > room:
        text = text[: min(len(text) - 1, len(text) * room // weight(text))]
    return text + "…"


def identity(name: str) -> str:
    """A name that things are told apart by: never cut, which would make two of them one."""
    return name if len(name) <= 32 and weight(name) <= 32 else hashlib.sha256(name.encode()).hexdigest()[:32]


def newest(texts: Sequence[str], most: int, heaviest: int) -> int:
    """How many of the last texts are kept: so many, or as many as weigh so much together; the last one always."""
    if sum(map(weight, texts[-most:])) <= heaviest:
        return min(len(texts), most)
    kept, together = 0, 0
    for text in reversed(texts[-most:]):
        together += weight(text)
        if kept and together > heaviest:
            break
        kept += 1
    return kept


def fitting(labels: dict[str, str], most: int = LABELS) -> dict[str, str]:
    """The first of them, as many as fit, each cut to a line."""
    longest = max(map(len, chain(labels, labels.values())), default=0)
    if BYTES_A_CHARACTER * longest <= LONGEST_LINE and BYTES_A_CHARACTER * (longest + 1) * 2 * len(labels) <= most:
        return labels
    together, kept = 0, {}
    for name, value in ((fit(name, LONGEST_LINE), fit(value, LONGEST_LINE)) for name, value in labels.items()):
        together += weight(name) + weight(value) + 6
        if together > most:
            break
        kept[name] = value
    return kept


Day = Annotated[date, AfterValidator(day)]
Line = Annotated[str, AfterValidator(lambda text: fit(text, LONGEST_LINE))]
ForeignName = Annotated[str, AfterValidator(lambda text: fit(text, LONGEST_FOREIGN_NAME))]
Text = Annotated[str, AfterValidator(lambda text: fit(text, 3000))]
Identity = Annotated[str, AfterValidator(identity)]
Labels = Annotated[dict[str, str], AfterValidator(fitting)]
FewLabels = Annotated[dict[str, str], AfterValidator(lambda labels: fitting(labels, FEW_LABELS))]
