"""What pydantic says against a value, in the words of whoever wrote it: what is wrong, and what to write instead."""

import difflib
import re
from collections.abc import Callable, Mapping
from zoneinfo import available_timezones

from pydantic_core import ErrorDetails

Wording = tuple[str, str]
"""What, and instead (empty: nothing better is known than where it is documented)."""

A_COMMENT = "Put it in quotes if it has a `#`: what follows an unquoted `#` is a comment"
A_DURATION = "a duration is written like "
_NO_ZONE = re.compile(r"'(?P<zone>.*)' is no time zone")
_OTHER_CHARACTERS = re.compile(r"[^a-z0-9]+")
_QUOTED = re.compile(r"'([^']*)'")


def reworded(details: ErrorDetails) -> Wording:
    said = details["msg"].removeprefix("Value error, ")
    if zone := _NO_ZONE.match(said):
        return said, _zone(zone["zone"])
    if said.startswith(A_DURATION):
        return "is no duration", "Write it like " + said.removeprefix(A_DURATION)
    if details["type"] == "value_error":
        instead = said.partition(": write ")[2]
        return said, f"Write {instead}" if instead else ""
    known = _WORDINGS.get(details["type"])
    return known(details) if known else (said, "")


def _zone(written: str) -> str:
    """By its last part, in whatever case: people write their city."""
    cities = {zone.rsplit("/", 1)[-1].casefold(): zone for zone in sorted(available_timezones()) if "/" in zone}
    near = difflib.get_close_matches(written.rsplit("/", 1)[-1].casefold(), cities, n=1, cutoff=0.8)
    return f"Did you mean `{cities[near[0]]}`?" if near else "Write one like Europe/Berlin or UTC"


def _list(details: ErrorDetails) -> Wording:
    match details["input"]:
        case None:
            instead = "Write [...], with what goes in between the brackets"
        case Mapping():
            instead = "Begin each line with `- `"
        case value:
            instead = f"Write [{value}]"
    return "a list goes here", instead


def _text(details: ErrorDetails) -> Wording:
    match details["input"]:
        case None:
            return "is empty", A_COMMENT
        case list() | Mapping():
            return "a text goes here", "Write it without brackets"
        case value:
            return "a text goes here", f'Write "{value}"'


def _word(details: ErrorDetails) -> Wording:
    words = _QUOTED.findall(details.get("ctx", {}).get("expected", ""))
    written = str(details["input"])
    plain = {_plain(word): word for word in words}
    numbered = {word[-1]: word for word in words if word[-1:].isdigit()}
    near = difflib.get_close_matches(_plain(written), plain, n=1)
    meant = numbered.get(written) or (plain[near[0]] if near else "")
    what = f"{written!r} is none of {', '.join(map(repr, words))}"
    return what, f"Did you mean `{meant}`?" if meant else "Choose one of them"


def _pattern(details: ErrorDetails) -> Wording:
    pattern, written = str(details.get("ctx", {}).get("pattern", "")), str(details["input"])
    name = _OTHER_CHARACTERS.sub("-", written.casefold()).strip("-")
    if pattern.startswith("^#"):
        return "is no channel", f'Write "#{name}"'
    if pattern.startswith("^https?"):
        return "is no address", f"Write https://{written.removeprefix('//')}"
    if pattern.startswith("^[a-z0-9]"):
        return "is no name here", f"Write {name} (small letters, digits and dashes)"
    return details["msg"], ""


def _plain(word: str) -> str:
    """SEV-2 is sev2."""
    return _OTHER_CHARACTERS.sub("", word.casefold())


def _always(what: str, instead: str) -> Callable[[ErrorDetails], Wording]:
    return lambda _: (what, instead)


_WORDINGS: Mapping[str, Callable[[ErrorDetails], Wording]] = {
    "tuple_type": _list,
    "list_type": _list,
    "string_type": _text,
    "literal_error": _word,
    "string_pattern_mismatch": _pattern,
    "time_delta_type": _always("is no duration", "Write it like 15m, 2h, 1h 30m or 3d"),
    "time_delta_parsing": _always("is no duration", "Write it like 15m, 2h, 1h 30m or 3d"),
    "time_type": _always("is no time of the day", 'Write it like "09:00"'),
    "time_parsing": _always("is no time of the day", 'Write it like "09:00"'),
    "bool_type": _always("true or false goes here", "Write true or false"),
    "bool_parsing": _always("true or false goes here", "Write true or false"),
    "int_type": _always("a whole number goes here", "Write it without quotes, like 3"),
    "int_parsing": _always("a whole number goes here", "Write it without quotes, like 3"),
    "date_from_datetime_parsing": _always("is no day", "Write it like 2026-12-24"),
    "date_type": _always("is no day", "Write it like 2026-12-24"),
    "model_type": _always("keys and their values go here", "Write {key: value}, or a line `key: value` for each"),
    "dict_type": _always("keys and their values go here", "Write {key: value}, or a line `key: value` for each"),
}
