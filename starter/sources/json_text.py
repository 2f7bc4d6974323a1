"""JSON as senders really write it, when a strict parser has given up. What comes out can be written down anywhere.

Half an emoji (a text that was cut), a byte order mark, another encoding, control characters, a NUL at the end, a number
without end, a form around it: none of that is a reason to lose an alert.
"""

import json
import re
from urllib.parse import parse_qsl

from pydantic import JsonValue

DEPTH = 100
"""Levels of nesting; deeper stands nothing that anybody reads, and it is as good as missing."""
DIGITS = 300
"""Of a number; Python refuses to read more than 4,300."""
FIELDS = 50
"""Of a form."""
HEAVIEST = 400_000
"""What is read in one go, by the cheapest look: a list or an object takes as long as eight values. It takes a tenth of
a second at most, in which nobody else is served; the largest bodies of real senders weigh a fifth of that."""
WEIGHT_OF_A_LIST = 8
LOOKED_AT_ONCE = 65_536
"""Characters that are looked at in one go."""
_NO_UTF8 = {0xDC00 + byte: chr(byte) for byte in range(0x80, 0x100)}
_LONE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile("[ \t\r\n\0\ufeff]*")


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= DIGITS else None


DECODER = json.JSONDecoder(strict=False, parse_int=_whole_number)


def is_too_much(body: bytes) -> bool:
    """Would reading it keep everybody else waiting? What stands in texts is looked away from only if there is much."""
    if weight_of(body) <= HEAVIEST:
        return False
    plain, together, in_text = body.replace(rb"\\", b"").replace(rb"\"", b""), 0, 0
    for at in range(0, len(plain), LOOKED_AT_ONCE):
        parts = plain[at : at + LOOKED_AT_ONCE].split(b'"')
        together += weight_of(b"".join(parts[in_text::2]))
        if together > HEAVIEST:
            return True
        in_text = (in_text + len(parts) - 1) % 2
    return False


def weight_of(body: bytes) -> int:
    """How long reading it takes, by the cheapest look (`HEAVIEST`)."""
    return WEIGHT_OF_A_LIST * (body.count(b"{") + body.count(b"[")) + body.count(b",")


def forgiving(body: bytes) -> JsonValue:
    """Raises ValueError for what is no JSON by any reading."""
    text = decoded(body)
    try:
        value, end = DECODER.raw_decode(text, blank(text, 0))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        return _in_a_form(text)
    if blank(text, end) < len(text) and not isinstance(value, dict | list):
        raise ValueError("more than one value")  # rubbish may begin with a number
    return clean(value)


def decoded(body: bytes) -> str:
    """UTF-8, 16 or 32, as its first bytes say. A byte that is no UTF-8 is the character that it is in Latin-1."""
    encoding = json.detect_encoding(body)
    if not encoding.startswith("utf-8"):
        return body.decode(encoding, "replace")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        text = body.decode(encoding, "surrogateescape")
    return "".join(text[at : at + LOOKED_AT_ONCE].translate(_NO_UTF8) for at in range(0, len(text), LOOKED_AT_ONCE))


def blank(text: str, at: int) -> int:
    """Where the next thing stands."""
    found = _SPACE.match(text, at)
    return found.end() if found else at


def clean(value: JsonValue, levels: int = DEPTH) -> JsonValue:
    """Without lone surrogates, which are no text and cannot be sent on."""
    if isinstance(value, str):
        return value if value.isascii() else _LONE.sub("\ufffd", value)
    if isinstance(value, list):
        return [clean(each, levels - 1) for each in value] if levels else None
    if isinstance(value, dict):
        return {_LONE.sub("\ufffd", name): clean(each, levels - 1) for name, each in value.items()} if levels else None
    return value


def _in_a_form(text: str) -> JsonValue:
    """`payload=...`, as GitHub and others send it to whoever asks for a form."""
    found = dict(parse_qsl(text, max_num_fields=FIELDS)).get("payload", "")
    if is_too_much(found.encode(errors="replace")):
        raise ValueError("too many values")
    try:
        value: JsonValue = DECODER.decode(found)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return clean(value)
