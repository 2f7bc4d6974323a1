"""Alert text is data: what of it may reach a vendor, and how much of it (rule 9)."""

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote as percent_encoded

INVISIBLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but for tab and line feed; bidirectional controls, which make a text read differently from what it
is (https://www.unicode.org/reports/tr9/); lone surrogates."""

LINK_IN_TEXT = re.compile(r"https?://[^\s<>\"'`()\[\]{}]+(?<![.,:;?!])")
"""An address in a text, without the brackets and the full stop around it."""

QUOTE = 200
"""Characters of a vendor's own words in an error message."""
SHORTEST_FORM: Final = 4
"""Characters of an encoded secret without its padding: what is shorter stands in many words."""


def clean(text: str, limit: int) -> str:
    """`text` without control and bidirectional characters and lone surrogates, cut to `limit` characters."""
    visible = INVISIBLE.sub("", text)
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"


def one_line(text: str, limit: int) -> str:
    return clean(" ".join(text.split()), limit)


def quote(words: str, secrets: Iterable[str]) -> str:
    """A vendor's own words, fit for an error message: one short line, in which no secret can be echoed, in no form in
    which it is sent: Basic and SMTP's logins are base64, addresses and forms are percent-encoded."""
    forms = {form for secret in secrets if secret for form in _as_sent(secret)}
    for form in sorted(forms, key=len, reverse=True):  # what is a part of another must not leave the rest of it
        words = words.replace(form, "***")
    return one_line(words, QUOTE)


def login(user: str, password: str) -> tuple[str, ...]:
    """What of a login is as secret as its password: Basic's (RFC 7617) and SMTP's PLAIN (RFC 4616)."""
    return (password, f"{user}:{password}", f"\0{user}\0{password}") if password else ()


def _as_sent(secret: str) -> Iterator[str]:
    yield secret
    yield percent_encoded(secret, safe="")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(secret.encode(errors="replace")).decode()
        yield encoded
        if len(unpadded := encoded.rstrip("=")) >= SHORTEST_FORM:
            yield unpadded
