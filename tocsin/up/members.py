"""Who is in the sandbox: in its Slack everybody and each group that some runbook names, and who is on call there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from worker.pager import paged
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


def schedules(books: Iterable[Runbook]) -> list[tuple[str, str]]:
    """At the sandbox's PagerDuty: the id of each schedule or escalation policy, and somebody who takes turns in it."""
    found: dict[str, list[str]] = {}
    for book in books:
        for somebody in book.people.values():
            if somebody.on_call and (where := somebody.on_call.pagerduty):
                found.setdefault(where.schedule or where.escalation_policy, _free(book))
    return [(where, name) for where, names in found.items() for name in names]


def _free(book: Runbook) -> list[str]:
    """Of those who hold no post, whoever no tier calls anyway: one person in two tiers would be a fault."""
    people = {person: about.name for person, about in book.people.items() if about.on_call is None}
    called = paged(book)
    return [name for person, name in people.items() if person not in called] or list(people.values())


def _user_id(number: int, person: str) -> str:
    """As Slack's look, and the same at each start. The number keeps `a-b` and `ab` apart."""
    return f"U{number:02}{re.sub('[^A-Z0-9]', '', person.upper())}"
