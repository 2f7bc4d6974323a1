"""Bodies that a sender, its next version or an attacker might send instead."""

import copy
from collections.abc import Collection, Iterator
from typing import Any

from tests.starter.sources.fixture import JSON, Loc

HOSTILE = (
    "<!channel> <@U0123ABC> <https://evil.example|https://good.example>",
    "*bold* _it_ ~no~ `code` ```fence``` > quote\n# head",
    "{{ 7 * 7 }} {% for x in range(10) %} ${jndi:ldap://x} %s %(x)s {0.__class__}",
    "line\r\nbreak\x00null\x1b[31mred\x7f",
    "\u202egnp.exe\u202c \u2066isolate\u2069 \u200bzero\ufeff",
    "x" * 100_000,
    "é" * 50_000,
    " \t\n ",
    "'; DROP TABLE alerts; --",
)
UNICODE = "Ünïcödé 🔥 日本語 العربية"


def deep(levels: int) -> JSON:
    value: JSON = "bottom"
    for _ in range(levels):
        value = {"a": [value]}
    return value


WRONG: tuple[JSON, ...] = (
    None, True, 17, -1.5, 10**30, float("nan"), float("inf"), 1e308, "", "no such word", "x" * 10_000,
    [], [[]], [None], {}, {"a": {"b": "c"}}, ["a", 1, {}], deep(50),
)  # fmt: skip
"""In place of any value."""

NO_JSON = (
    b"", b"{", b"\xff\xfe", b"key=value", b'{"a": "\\ud800"', b"[" * 100_000, b'{"a":' * 100_000, b"1" * 5000 + b"x",
)  # fmt: skip
NO_BODY = (b"null", b"[]", b"{}", b"17", b"NaN", b'"text"', b"1e400", b"9" * 5000, b'{"alerts": [[]]}', b"[[[]]]")
"""JSON, and no delivery of anybody."""


def places(body: JSON, at: Loc = ()) -> Iterator[Loc]:
    """Where there is a value, the body itself not counted."""
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for part, value in inside:
        yield (*at, part)
        yield from places(value, (*at, part))


def replaced(body: JSON, at: Loc, value: JSON) -> JSON:
    changed = copy.deepcopy(body)
    holder: Any = changed
    for part in at[:-1]:
        holder = holder[part]
    holder[at[-1]] = value
    return changed


def without(body: JSON, at: Loc) -> JSON:
    changed = copy.deepcopy(body)
    holder: Any = changed
    for part in at[:-1]:
        holder = holder[part]
    del holder[at[-1]]
    return changed


def newer(body: JSON, maps: Collection[str]) -> JSON:
    """With fields that nobody knows yet, in every object but those of these names."""
    if isinstance(body, dict):
        inside = {name: value if name in maps else newer(value, maps) for name, value in body.items()}
        return {"brandNew": {"of": ["a", "later", "version"]}} | inside
    return [newer(value, maps) for value in body] if isinstance(body, list) else body


def reordered(body: JSON) -> JSON:
    """The same, its fields in another order."""
    if isinstance(body, dict):
        return {name: reordered(body[name]) for name in reversed(body)}
    return [reordered(value) for value in body] if isinstance(body, list) else body
