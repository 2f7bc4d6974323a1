"""Texts of strangers, made fit to keep and to show. What enters a history is bounded, whatever is sent."""

import hashlib
import re
from collections.abc import Mapping
from itertools import chain
from urllib.parse import urlsplit

MAX_LABELS = 40
LONGEST_TEXT, LONGEST_VALUE, LONGEST_WORD, LONGEST_URL = 500, 200, 100, 2000
"""Characters. Ours: what people read at a glance, and, for an address, what `workflows.policy.runbook.links` takes."""
LONGEST_SENT = 16_384
"""Characters of one text that anything is looked for in."""

# Bidirectional controls and zero-width marks make a text look like another; lone surrogates are no text.
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_PLAIN_LINK = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[1-9][0-9]{0,3})?(?:[/?#][!-~]*)?", re.IGNORECASE | re.ASCII
)
"""Of a host by name or by numbers: nothing in it could keep anybody from taking it apart."""
_FOLLOWABLE_LINK = re.compile(r"https?://[^\s\x00-\x20\x7f]+", re.IGNORECASE)


def line(text: str, limit: int) -> str:
    """One line of at most `limit` characters, without control characters."""
    text = text[: 4 * limit]
    if not text.isprintable() or "  " in text:  # most are, and need no search
        text = _CONTROL.sub(" ", text)
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def apart(text: str, limit: int) -> str:
    """Like `line`, for what somebody is called: of two names that differ the lines differ, too."""
    shown = line(text, limit)
    if shown == text:
        return shown
    mark = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]
    return f"{line(text, limit - len(mark) - 1)}~{mark}"


def recognizable(text: str) -> str:
    """A text that is far too long, cut so that another one is still another: what is told apart by it stays apart."""
    if len(text) <= LONGEST_SENT:
        return text
    whole = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return f"{text[: LONGEST_SENT - len(whole) - 1]} {whole}"


def labels(given: Mapping[str, str]) -> dict[str, str]:
    """Labels that fit: their number and size are cut."""
    if len(given) <= MAX_LABELS and _fit_as_they_are(given):
        return dict(given)
    return {line(name, LONGEST_WORD): line(value, LONGEST_VALUE) for name, value in list(given.items())[:MAX_LABELS]}


def owned(own: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """What a sender says itself goes before what its users have attached: by name, and where not all labels fit."""
    said = {name: value for name, value in own.items() if value}
    return {**said, **tags, **said}


_ODDLY_SPACED = re.compile(r"^ |  | \||\| | $")


def _fit_as_they_are(given: Mapping[str, str]) -> bool:
    """Most do, and to look at all of them at once costs least."""
    together = "|".join(chain(given, given.values()))
    spaced = " " in together and bool(_ODDLY_SPACED.search(together))
    return (
        together.isprintable() and not spaced and max(map(len, chain(given, given.values())), default=0) <= LONGEST_WORD
    )


def link(url: str) -> str:
    """The address if it is one that a person can follow, otherwise nothing. Never a part of one."""
    if len(url) > LONGEST_URL:
        return ""
    return url if _PLAIN_LINK.fullmatch(url) or (_FOLLOWABLE_LINK.fullmatch(url) and _has_a_host(url)) else ""


def _has_a_host(url: str) -> bool:
    """`http://[` and a port of letters are no address; whoever takes them apart raises ValueError."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def fingerprint(labels: Mapping[str, str]) -> str:
    """An identity for an alert that came without one."""
    return hashlib.sha256(repr(sorted(labels.items())).encode()).hexdigest()[:16]
