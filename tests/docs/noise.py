"""How many messages an incident of each procedure is, minute by minute: the table in docs/slack.md.

python -m tests.docs.noise
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tests.docs.markdown import ROOT
from tests.runbooks.courses import NAMES, CourseIncident, after, book, live, minute_of
from workflows.policy.effects.effects import Post
from workflows.policy.incident.events import Acknowledged, Event, RoleAssigned, UpdatePosted

DOCUMENT = ROOT / "docs/slack.md"
TABLE = re.compile(r"(?<=<!-- messages by minute -->\n\n).*(?=\n<!-- end -->)", re.DOTALL)
SPANS = ((0, 5), (5, 15), (15, 30), (30, 60), (60, 76))
BEFORE: dict[tuple[str, bool], tuple[int, ...]] = {
    ("company", False): (7, 4, 6, 13, 9), ("company", True): (12, 1, 2, 7, 2),
    ("lma", False): (8, 1, 2, 5, 4), ("lma", True): (14, 1, 1, 4, 2),
    ("lumi", False): (8, 4, 6, 13, 9), ("lumi", True): (13, 1, 2, 6, 2),
    ("samia", False): (12, 7, 7, 17, 11), ("samia", True): (16, 4, 3, 10, 4),
    ("standard", False): (8, 4, 6, 13, 9), ("standard", True): (12, 1, 2, 6, 2),
}  # fmt: skip
"""As it was on 2026-11-26, before there was a card: counted by this script on the program of that day."""


class Said(NamedTuple):
    """A message that a channel gets."""

    minute: float
    duty: str
    channel: str


@cache
def messages(name: str, *, busy: bool) -> tuple[Said, ...]:
    """Of a SEV-1 that nobody ends: all that is said in its first 76 minutes, but for what stands below a question."""
    incident = live(name, "sev1")
    for minute, event in _busy(name) if busy else ():
        after(incident, minute)
        incident.happen(event)
    return tuple(_said(after(incident, SPANS[-1][1] - 0.01)))


def _busy(name: str) -> Iterator[tuple[float, Event]]:
    """Answered after two minutes, all roles taken in the next, and no update forgotten."""
    yield 2, Acknowledged(by="Ann")
    for role in book(name).severity("sev1").roles:
        yield 3, RoleAssigned(by="Ann", role=role, person="ann")
    for minute in (11, 23, 35, 47, 59, 71):
        yield minute, UpdatePosted(by="Ann", text="we know more")


def _said(incident: CourseIncident) -> Iterator[Said]:
    own = incident.incident.references.get("thread", "").partition(":")[2]
    for at, demand in incident.sent:
        effect = demand.effect
        if isinstance(effect, Post) and effect.to.thread in (None, own):
            yield Said(minute_of(incident, at), demand.duty, effect.to.channel)


def counted(name: str, *, busy: bool) -> tuple[int, ...]:
    minutes = [each.minute for each in messages(name, busy=busy)]
    return tuple(sum(begin <= minute < end for minute in minutes) for begin, end in SPANS)


def table() -> str:
    spans = " | ".join(f"{begin} to {end} min" for begin, end in SPANS)
    rows = [f"| SEV-1 of | people | {spans} | together |", f"| --- | --- |{' --- |' * (len(SPANS) + 1)}"]
    for name in NAMES:
        for busy in (False, True):
            before, now = BEFORE[name, busy], counted(name, busy=busy)
            cells = [f"{old} → {new}" for old, new in zip((*before, sum(before)), (*now, sum(now)), strict=True)]
            rows.append(f"| {name} | {'at work' if busy else 'none'} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(TABLE.sub(lambda _: table(), text), encoding="utf-8")


if __name__ == "__main__":
    main()
