"""Who is meant by a name that was found in a calendar or at PagerDuty: if it is one, a person of the runbook."""

import re
from collections.abc import Iterable, Mapping

from workflows.policy.wire.bounded import LONGEST_LINE, fit

_BETWEEN_WORDS = re.compile(r"[\s._-]+")
_BRACKETS = re.compile(r"\s*\(.*?\)\s*$")


def person_meant(people: Mapping[str, str], written: Iterable[str]) -> str:
    """The key of the first who is one of the `people` (names by their keys); else the first name as it was written.

    By key, by name, by the part of an address before its @; or named within a longer text, `Ann Lee is on call`, if it
    names one of them and no other.
    """
    given = [text.strip() for text in written if text.strip()]
    known = {_plain(name): key for key, name in people.items()} | {_plain(key): key for key in people}
    for text in given:
        plain = _plain(_BRACKETS.sub("", text).partition("@")[0])
        if plain in known:
            return known[plain]
    for text in given:
        within = {key for plain, key in known.items() if f" {plain} " in f" {_words(text)} "}
        if len(within) == 1:
            return within.pop()
    return fit(" ".join(given[0].split()), LONGEST_LINE) if given else ""


def _plain(text: str) -> str:
    return _BETWEEN_WORDS.sub(" ", text.casefold()).strip()


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
