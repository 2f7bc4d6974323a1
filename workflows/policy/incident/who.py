"""Is it the same person? People are written as they come: by their name in the runbook, as people write it, by an
address or a handle, with what they came through. An address is somebody's only as a whole, as the runbook has it under
`email`: anybody may have one that begins like a name."""

import re

from workflows.policy.runbook.model import Runbook
from workflows.policy.wire.bounded import LONGEST_LINE, fit

COMMANDER_ROLE = "commander"
"""The role that leads an incident."""
NOBODY_KNOWN = ("", "someone", "someone at pagerduty")
"""How those are written of whom nothing is known."""
NOT_MAPPED = "not mapped"
"""Stands at the end, in brackets, of whom a chat shows by a name that they chose themselves: it proves nothing, and so
they are nobody of the runbook, whatever they call themselves."""
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_THROUGH = re.compile(r"\s+(via\s.*|through\s.*|\(.*\))$")


def is_known(written: str) -> bool:
    return written.strip().casefold() not in NOBODY_KNOWN


def is_same(book: Runbook, one: str, other: str) -> bool:
    """Never of somebody of whom nothing is known."""
    return is_known(one) and is_known(other) and _plain(book, one) == _plain(book, other)


def in_book(book: Runbook, written: str) -> tuple[str, ...]:
    """The person of the runbook that is meant, so that they can be mentioned; nobody if it is none of them."""
    plain = _plain(book, written)
    return (plain,) if plain in book.people else ()


def reachable(book: Runbook, written: str) -> tuple[str, ...]:
    """The same, or else the address that somebody is written as."""
    plain = _plain(book, written)
    return (plain,) if plain in book.people or is_address(plain) else ()


def is_address(written: str) -> bool:
    return _ADDRESS.fullmatch(written) is not None


def as_people_read(book: Runbook, written: str) -> str:
    """By their name in the runbook, with what they came through; whom it does not know, as they came."""
    for person in in_book(book, written):
        name = book.person_name(person)
        through = _THROUGH.search(written.rstrip())
        return written if written.startswith(name) else fit(f"{name}{through[0] if through else ''}", LONGEST_LINE)
    return written


def _plain(book: Runbook, written: str) -> str:
    if written.rstrip().endswith(f"{NOT_MAPPED})"):
        return written.strip()
    plain = _THROUGH.sub("", written.strip().casefold()).lstrip("@")
    if "@" in plain:
        return next((key for key, person in book.people.items() if person.email.casefold() == plain), plain)
    plain = re.sub(r"[\s._]+", "-", plain)
    names = {re.sub(r"[\s._]+", "-", person.name.casefold()): key for key, person in book.people.items()}
    return plain if plain in book.people else names.get(plain, plain)
