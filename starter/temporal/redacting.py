"""What people and vendors say is redacted where it leaves for Temporal, whichever way it came: here, and nowhere else.

Alerts are redacted before (`starter/sources/credentials.py`): their words are in the ids of their incidents, too.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from pydantic import BaseModel

from workflows.policy.incident.opening import OpenRequest
from workflows.policy.wire.bounded import BYTES_A_CHARACTER, LONGEST_LINE, cut, weight

FREE_TEXTS: Final[Mapping[str, int]] = {
    "text": 3000, "reason": 3000, "reference": 3000, "link": 3000, "title": 300, "public": 200,
}  # fmt: skip
"""Fields in which somebody says something in words of their own, and how many characters each may have."""

FRAGMENT: Final = 200
"""Characters. As long may a secret be of which only the beginning is there, because a text was cut."""

Redact = Callable[[str], str]
W = TypeVar("W", bound=BaseModel)


def redacted(said: W, mask: Redact | None) -> W:
    """Names by which something is found (people, duties, tickets, ids) stay as they are."""
    if mask is None:
        return said
    given = {name: getattr(said, name, None) for name in FREE_TEXTS}
    words = {
        name: cut(mask(_whole(text, FREE_TEXTS[name])), FREE_TEXTS[name])
        for name, text in given.items()
        if isinstance(text, str) and text
    }
    return said.model_copy(update=words) if words else said


def redacted_opening(said: OpenRequest, mask: Redact | None) -> OpenRequest:
    """Of somebody who declares, or expects a heartbeat: the service, labels and links are words, too."""
    if mask is None:
        return said
    service = mask(_whole(said.service, LONGEST_LINE))
    labels = {
        mask(_whole(name, LONGEST_LINE)): mask(_whole(value, LONGEST_LINE)) for name, value in said.labels.items()
    }
    links = tuple((mask(label), mask(url)) for label, url in said.links)
    return redacted(said, mask).model_copy(update={"service": service, "labels": labels, "links": links})


def _whole(text: str, most: int) -> str:
    """A text that was cut to so many bytes has no end: what is cut in the middle is recognized no more."""
    if not text.endswith("…") or weight(text) < most - 2 * BYTES_A_CHARACTER:
        return text
    return f"{text[: -min(FRAGMENT, len(text) // 2)]}…"
