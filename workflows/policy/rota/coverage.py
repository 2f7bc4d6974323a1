"""Will somebody be there? What is missing in the days ahead, said before the night on which it would be found out."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import combinations
from typing import Literal

from workflows.policy.rota.reached import PersonCalled, Reachability, Rosters, called, lost_ways
from workflows.policy.rota.recurring import BEGUN, ONGOING, CoverageWindow, lasts
from workflows.policy.rota.shift import NOBODY, Shift
from workflows.policy.rota.shifts import gaps
from workflows.policy.runbook.callees import callees
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.runbook.people import Condition
from workflows.policy.runbook.terms import Tier
from workflows.policy.time.calendar import clock
from workflows.policy.time.durations import DAY, HOUR
from workflows.policy.wire.bounded import Line
from workflows.policy.wire.model import Instant, Wire

COVERED_FOR = 14 * DAY
"""How far ahead is looked."""


GapKind = Literal["nobody", "twice", "unreachable", "missing"]


class CoverageGap(Wire):
    """Something that is missing in the days ahead."""

    kind: GapKind
    """nobody: a post is held by nobody. twice: two tiers of a ladder are one person. unreachable: nothing leads to who
    is on call, nor to the post. missing: one of their ways leads nowhere."""
    post: str
    """Whose rota it is said of; somebody whom a tier calls and who holds none."""
    who: Line = NOBODY
    begins_at: Instant
    ends_at: Instant
    times: int = 1
    """So often in these days; from and until are of the first time."""
    always: bool = False
    """Whatever the time."""
    pattern: Line = ""
    """When it comes round, or when it ends, or that it goes `on`: by this it is known again the next day, when other
    times lie ahead."""
    why: Line
    """What it says to people, but for the times."""

    @property
    def subject(self) -> str:
        return f"{self.kind}/{self.post}/{self.who}/"

    @property
    def key(self) -> str:
        return f"{self.subject}{self.pattern}"

    def in_words(self, zone: str, now: datetime) -> str:
        if self.always:
            return self.why
        begin, end = clock(zone, self.begins_at, now), clock(zone, self.ends_at, now)
        if self.pattern == ONGOING:
            return f"{self.why} from {begin} on, as far as is known"
        more = f", and {self.times - 1} more times in {COVERED_FOR.days} days" if self.times > 1 else ""
        return f"{self.why} from {begin} to {end}{more}"


class CoverageQuestion(Wire):
    """What is missing of one post in the days that begin then?"""

    runbook: str
    post: str = ""
    """Empty: of whoever holds none."""
    begin: Instant
    roster: tuple[Shift, ...] = ()
    """Its own, as it was found out just now."""


class CoverageGaps(Wire):
    gaps: tuple[CoverageGap, ...] = ()
    home: str = ""
    """The runbook's channel; empty if it is not loaded."""
    zone: str = "UTC"

    @property
    def is_loaded(self) -> bool:
        return bool(self.home)


def in_the_days_ahead(gaps: Iterable[CoverageGap], zone: str, now: datetime, runbook: str) -> str:
    """A message. Several runbooks have posts of the same name, and one channel."""
    return "\n".join((f"⚠️ On call in the days ahead ({runbook}):", *(f"• {gap.in_words(zone, now)}" for gap in gaps)))


def known_by(found: Iterable[CoverageGap], failed: Collection[CoverageGap]) -> tuple[str, ...]:
    """The keys of those of which people have heard: what could not be said is new the next time, too."""
    return tuple(gap.key for gap in found if gap not in failed)


def unsaid(found: Iterable[CoverageGap], said: Collection[str]) -> list[CoverageGap]:
    """Those that are new, by the keys of what was said before."""
    gaps = list(found)
    ended = {each for each in said if each.endswith(f"/{ONGOING}")} - {gap.key for gap in gaps}
    return [gap for gap in gaps if not _was_said(gap, said, ended)]


def _was_said(gap: CoverageGap, said: Collection[str], ended: Collection[str]) -> bool:
    """As it is; or when it seemed to go on, and its end was not known yet; or before it began, when its length was."""
    if gap.key in said or (gap.times == 1 and f"{gap.subject}{ONGOING}" in ended):
        return True
    known = (each.removeprefix(gap.subject) for each in said if each.startswith(gap.subject))
    left = gap.ends_at - gap.begins_at
    return gap.pattern.startswith(BEGUN) and any(left <= lasts(pattern) + HOUR for pattern in known)


def coverage(
    book: Runbook, rosters: Rosters, begin: datetime, end: datetime, reach: Reachability | None = None
) -> tuple[CoverageGap, ...]:
    """What is missing between the two, in rosters that tile that time; whom a page reaches is looked at if it is
    known."""
    window = CoverageWindow(book.calendar.zone, begin, end)
    found = [*_nobody(book, rosters, window), *_twice(book, rosters, window)]
    if reach is not None:
        found += (gap for each in called(book, rosters, reach) for gap in _unreached(book, reach, each, window))
    return tuple(sorted(found, key=lambda each: each.begins_at))


def _nobody(book: Runbook, rosters: Rosters, window: CoverageWindow) -> Iterator[CoverageGap]:
    for post, shifts in rosters.items():
        for pattern, empty in window.by_pattern(gaps(shifts)).items():
            yield from _said("nobody", post, NOBODY, empty, f"nobody is {book.person_name(post)}", pattern)


def _twice(book: Runbook, rosters: Rosters, window: CoverageWindow) -> Iterator[CoverageGap]:
    """Of severities that call the same people, it is said of the gravest."""
    seen: set[tuple[str, str]] = set()
    for name, severity in sorted(book.severities.items()):
        calls = [
            (number, tier, who) for number, tier in enumerate(severity.escalation, 1) for who in callees(book, tier)
        ]
        for (one, tier, first), (other, later, second) in combinations(calls, 2):
            if one == other or (first, second) in seen:
                continue
            tiers = f"tiers {one} and {other} of {severity_title(name)} are both"
            if first == second:
                found = _always_both(book, tiers, first, window) if _follows(tier, later) else ()
            else:
                found = _both_at_times(book, rosters, tiers, (first, second), window)
            for gap in found:
                seen.add((first, second))
                yield gap


def _follows(tier: Tier, later: Tier) -> bool:
    """Both are called because nobody has answered, and not because the incident is of some kind, or lasts."""
    return tier.after < later.after and not any(each.once or each.when != Condition() for each in (tier, later))


def _always_both(book: Runbook, tiers: str, who: str, window: CoverageWindow) -> Iterator[CoverageGap]:
    why = f"{tiers} {book.person_name(who)}"
    return _said("twice", who, who, (Shift(who=who, begins_at=window.begin, ends_at=window.end),), why, always=True)


def _both_at_times(
    book: Runbook, rosters: Rosters, tiers: str, posts: tuple[str, str], window: CoverageWindow
) -> Iterator[CoverageGap]:
    first, second = posts
    post = second if second in rosters else first
    if post not in rosters:
        return
    for who, times in _both(_of(rosters, first, window), _of(rosters, second, window)).items():
        for pattern, held in window.by_pattern(times).items():
            yield from _said("twice", post, who, held, f"{tiers} {book.person_name(who)}", pattern)


def _of(rosters: Rosters, post: str, window: CoverageWindow) -> Sequence[Shift]:
    """A person is there all the time."""
    return rosters.get(post) or (Shift(who=post, begins_at=window.begin, ends_at=window.end),)


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


def _unreached(
    book: Runbook, reach: Reachability, called: PersonCalled, window: CoverageWindow
) -> Iterator[CoverageGap]:
    always = not called.times
    times = called.times or (Shift(who=called.who, begins_at=window.begin, ends_at=window.end),)
    for kind, what, why in lost_ways(book, reach, called):
        yield from _said(kind, called.post, called.who, times, why, what, always=always)


def _said(
    kind: GapKind,
    post: str,
    who: str,
    times: Sequence[Shift],
    why: str,
    pattern: str = "",
    *,
    always: bool = False,
) -> Iterator[CoverageGap]:
    if times and times[0].ends_at is not None:
        yield CoverageGap(
            kind=kind,
            post=post,
            who=who,
            begins_at=times[0].begins_at,
            ends_at=times[0].ends_at,
            times=len(times),
            always=always,
            pattern=pattern,
            why=why,
        )
