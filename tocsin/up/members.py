"""Who is in the sandbox's Slack: everybody whom some runbook names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workflows.policy.runbook.model import Runbook


@dataclass(frozen=True)
class SlackMember:
    person: str
    user_id: str
    name: str


def slack_members(books: Iterable[Runbook]) -> list[SlackMember]:
    """One for each person; whom several runbooks name is named as in the first of them."""
    names: dict[str, str] = {}
    for book in books:
        for person, about in book.people.items():
            names.setdefault(person, about.name)
    return [SlackMember(person, _user_id(n, person), names[person]) for n, person in enumerate(sorted(names), 1)]


def _user_id(number: int, person: str) -> str:
    """As Slack's look, and the same at each start. The number keeps `a-b` and `ab` apart."""
    return f"U{number:02}{re.sub('[^A-Z0-9]', '', person.upper())}"
