"""Whom the pages of a runbook ring, and whether anything leads to them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from workflows.policy.rota.shift import NOBODY, Shift
from workflows.policy.runbook.callees import callees
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.reach import WAY_TITLES

Rosters = Mapping[str, Sequence[Shift]]
"""Of each post its shifts, which tile the time that is looked at."""


class LeadsNowhere(NamedTuple):
    """One of somebody's ways, and what the settings lack for it."""

    person: str
    step: int
    way: str
    missing: str


class Reachability(NamedTuple):
    """Whom a page reaches, by a worker's settings."""

    reached: frozenset[str] = frozenset()
    """People and posts that one of their ways leads to; of those who have none, whom a pager knows."""
    nowhere: tuple[LeadsNowhere, ...] = ()


class PersonCalled(NamedTuple):
    """Somebody whom a page rings: by themselves, or while they hold a post."""

    post: str
    who: str
    times: Sequence[Shift] = ()


def called(book: Runbook, rosters: Rosters, reach: Reachability) -> Iterator[PersonCalled]:
    """A post that something leads to is rung itself; any other, whoever holds it."""
    for post, shifts in rosters.items():
        if post in reach.reached or book.people[post].reach:
            yield PersonCalled(post, post)
            continue
        for who in dict.fromkeys(shift.who for shift in shifts if shift.who != NOBODY):
            yield PersonCalled(post, who, [shift for shift in shifts if shift.who == who])
    tiers = (tier for severity in book.severities.values() for tier in severity.escalation)
    people = dict.fromkeys(person for tier in tiers for person in callees(book, tier))
    yield from (PersonCalled(person, person) for person in people if book.people[person].on_call is None)


def lost_ways(
    book: Runbook, reach: Reachability, called: PersonCalled
) -> Iterator[tuple[Literal["unreachable", "missing"], str, str]]:
    """What is wrong with the ways to them: a word for it, which of them, and a sentence."""
    name, when = book.person_name(called.who), "who is on call" if called.times else "whom a tier calls"
    if called.who not in reach.reached:
        has_ways = called.who in book.people and bool(book.people[called.who].reach)
        yield "unreachable", "any", f"{'no way leads to' if has_ways else 'no pager knows'} {name}, {when}"
    for lost in reach.nowhere:
        if lost.person == called.who:
            title = WAY_TITLES[lost.way]
            yield "missing", str(lost.step), f"{title} does not lead to {name}, {when} ({lost.missing})"
