"""Will somebody be there? What is missing in the days ahead, said before the night on which it would be found out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Literal

from workflows.policy.rota.shift import NOBODY, Shift
from workflows.policy.rota.shifts import gaps
from workflows.policy.runbook.callees import callees
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.calendar import clock
from workflows.policy.time.durations import DAY
from workflows.policy.wire.bounded import Line
from workflows.policy.wire.model import Instant, Wire

COVERED_FOR = 14 * DAY
"""How far ahead is looked."""
Rosters = Mapping[str, Sequence[Shift]]
"""Of each post its shifts, which tile the time that is looked at."""


class CoverageGap(Wire):
    """Something that is missing in the days ahead."""

    kind: Literal["nobody", "twice", "unreachable"]
    """nobody: a post is held by nobody. twice: two tiers of a ladder are one person. unreachable: no pager knows who is
    on call, nor the post."""
    post: str
    """Whose rota it is said of."""
    who: Line = NOBODY
    begins_at: Instant
    ends_at: Instant
    times: int = 1
    """So often in these days; from and until are of the first time."""
    why: Line
    """What it says to people, but for the times."""

    @property
    def key(self) -> str:
        """Known by it again the next day."""
        return f"{self.kind}/{self.post}/{self.who}/{self.begins_at:%Y%m%dT%H%M}"

    def in_words(self, zone: str, now: datetime) -> str:
        begin, end = clock(zone, self.begins_at, now), clock(zone, self.ends_at, now)
        more = f", and {self.times - 1} more times in {COVERED_FOR.days} days" if self.times > 1 else ""
        return f"{self.why} from {begin} to {end}{more}"


class CoverageQuestion(Wire):
    """What is missing of one post in the days that begin then?"""

    runbook: str
    post: str
    begin: Instant


class CoverageGaps(Wire):
    gaps: tuple[CoverageGap, ...] = ()


def coverage(
    book: Runbook, rosters: Rosters, begin: datetime, end: datetime, reached: frozenset[str] | None = None
) -> tuple[CoverageGap, ...]:
    """What is missing between the two; `reached` are the people and posts whom a pager knows, if that is known."""
    found = (*_nobody(book, rosters), *_twice(book, rosters, begin, end), *_unreachable(book, rosters, reached))
    return tuple(sorted(found, key=lambda each: each.begins_at))


def _nobody(book: Runbook, rosters: Rosters) -> Iterator[CoverageGap]:
    for post, shifts in rosters.items():
        yield from _said("nobody", post, NOBODY, gaps(shifts), f"nobody is {book.person_name(post)}")


def _twice(book: Runbook, rosters: Rosters, begin: datetime, end: datetime) -> Iterator[CoverageGap]:
    """Of severities that call the same posts, it is said of the gravest."""
    seen: set[tuple[str, str]] = set()
    for name, severity in sorted(book.severities.items()):
        called = [(number, post) for number, tier in enumerate(severity.escalation, 1) for post in callees(book, tier)]
        for (one, first), (other, second) in combinations(called, 2):
            if one == other or first == second or (first, second) in seen or not {first, second} & rosters.keys():
                continue
            seen.add((first, second))
            both = _both(_of(rosters, first, begin, end), _of(rosters, second, begin, end))
            for who, times in both.items():
                why = f"tiers {one} and {other} of {severity_title(name)} are both {book.person_name(who)}"
                yield from _said("twice", second if second in rosters else first, who, times, why)


def _of(rosters: Rosters, post: str, begin: datetime, end: datetime) -> Sequence[Shift]:
    """A person is there all the time."""
    return rosters.get(post) or (Shift(who=post, begins_at=begin, ends_at=end),)


def _both(first: Sequence[Shift], second: Sequence[Shift]) -> dict[str, list[Shift]]:
    """By person, when they hold both."""
    found: dict[str, list[Shift]] = {}
    for one in first:
        for other in second:
            begin, ends = max(one.begins_at, other.begins_at), [end for end in (one.ends_at, other.ends_at) if end]
            if one.who == other.who != NOBODY and (not ends or begin < min(ends)):
                found.setdefault(one.who, []).append(
                    Shift(who=one.who, begins_at=begin, ends_at=min(ends, default=None))
                )
    return found


def _unreachable(book: Runbook, rosters: Rosters, reached: frozenset[str] | None) -> Iterator[CoverageGap]:
    for post, shifts in rosters.items():
        if reached is None or post in reached or book.people[post].reach:
            continue
        has_ways = {person for person, somebody in book.people.items() if somebody.reach}  # said where one is missing
        for who in dict.fromkeys(shift.who for shift in shifts if shift.who not in reached | has_ways | {NOBODY}):
            times = [shift for shift in shifts if shift.who == who]
            yield from _said("unreachable", post, who, times, f"no pager knows {book.person_name(who)}, who is on call")


def _said(
    kind: Literal["nobody", "twice", "unreachable"], post: str, who: str, times: Sequence[Shift], why: str
) -> Iterator[CoverageGap]:
    if times and times[0].ends_at is not None:
        begin, end = times[0].begins_at, times[0].ends_at
        yield CoverageGap(kind=kind, post=post, who=who, begins_at=begin, ends_at=end, times=len(times), why=why)
