"""The digest: once a day, what is still open and who owes what; nothing on a day on which there is nothing to say.

An `Inventory` is what was found when it was taken; `compose` makes of it the text that people read. What does not fit
is counted, never dropped in silence.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from workflows.policy.effects.effects import Email, Post
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.durations import roughly
from workflows.policy.wire.bounded import cut
from workflows.policy.wire.model import Instant, Wire

FORGOTTEN = timedelta(hours=8)
"""Without a sign of life for so long, an acknowledged incident is said to be forgotten: a working day."""
SOON = timedelta(days=3)
"""Due is what a review owes within that time: from a Friday to a Monday. The rest is left to a later digest."""
MOST = 20
"""Lines of each kind in a message: those that matter most come first."""
DIGEST_TITLE, DIGEST_LINE = 60, 160
"""Characters."""


class StillOpen(Wire):
    """An incident that is not resolved."""

    incident: str
    title: str
    severity: str
    service: str = ""
    commander: str = ""
    declared_at: Instant
    answers: bool = True
    """Its workflow said how it stands; otherwise the rest is not known."""
    acknowledged_by: str = ""
    alive_at: Instant | None = None
    """The last sign of life of whoever acknowledged it."""


class OwedToReview(Wire):
    """Something that somebody owes to the review of an incident."""

    incident: str
    title: str
    """Of the incident."""
    what: str
    kind: Literal["review", "follow-up"]
    owner: str
    due_at: Instant


class Inventory(Wire):
    """How things stand."""

    taken_at: Instant
    incidents: tuple[StillOpen, ...] = ()
    """The gravest."""
    by_severity: dict[str, int] = {}
    """How many are open, those among them."""
    owed: tuple[OwedToReview, ...] = ()
    silent_reviews: tuple[str, ...] = ()
    """Incidents whose reviews are open and did not say what they owe."""
    unread_reviews: int = 0
    """So many more are open; what they owe is due later."""


class DigestOrder(Wire):
    """The argument of the workflow `digest`."""

    post: Post
    mail: Email | None = None
    zone: str
    """There is one digest for each day there, however often it is asked for."""


class Digested(Wire):
    """The workflow's result."""

    said: bool
    """False: there was nothing to say."""
    problems: tuple[str, ...] = ()
    """Ways by which it did not get through."""


def is_forgotten(open_one: StillOpen, now: datetime) -> bool:
    return bool(open_one.acknowledged_by) and open_one.alive_at is not None and now - open_one.alive_at >= FORGOTTEN


def compose(inventory: Inventory, most: int) -> str:
    """In words; empty when there is nothing to say. At most so many lines of each kind, and how many more there are."""
    now = inventory.taken_at
    soon = [one for one in inventory.owed if one.kind == "follow-up" or one.due_at <= now + SOON]
    late = [one for one in soon if one.kind == "review" and one.due_at < now]
    due = [one for one in soon if one.kind == "review" and one.due_at >= now]
    follow_ups = [one for one in soon if one.kind == "follow-up"]
    parts = (
        _still_open(inventory, most),
        _part("Reviews overdue", [_review(one, now) for one in _by_time(late)], most),
        _part("Reviews due soon", [_review(one, now) for one in _by_time(due)], most),
        _part("Open follow-ups", list(_follow_ups(follow_ups, now)), most, len(follow_ups)),
        _part("Reviews that do not say what they owe", [f"• {each}" for each in inventory.silent_reviews], most),
        f"{inventory.unread_reviews:,} more reviews are open" if inventory.unread_reviews else "",
    )
    return "\n\n".join(part for part in parts if part)


def _still_open(inventory: Inventory, most: int) -> str:
    listed = _by_gravity(inventory.incidents)[:most]
    shown = Counter(one.severity for one in listed)
    rest = Counter(inventory.by_severity or Counter(one.severity for one in inventory.incidents)) - shown
    lines = [_incident(one, inventory.taken_at) for one in listed]
    if rest:
        by_severity = ", ".join(f"{count:,} {severity_title(severity)}" for severity, count in sorted(rest.items()))
        lines.append(f"… and {rest.total():,} more: {by_severity}")
    return "\n".join((f"Still open ({shown.total() + rest.total():,})", *lines)) if lines else ""


def _part(heading: str, lines: Sequence[str], most: int, count: int | None = None) -> str:
    if not lines:
        return ""
    more = [f"… and {len(lines) - most} more"] if len(lines) > most else []
    return "\n".join((f"{heading} ({len(lines) if count is None else count})", *lines[:most], *more))


def _by_gravity(incidents: Iterable[StillOpen]) -> list[StillOpen]:
    return sorted(incidents, key=lambda one: (one.severity, one.declared_at))


def _by_time(owed: Iterable[OwedToReview]) -> list[OwedToReview]:
    return sorted(owed, key=lambda one: (one.due_at, one.incident))


def _incident(one: StillOpen, now: datetime) -> str:
    said = f"• {severity_title(one.severity)} {one.incident} {cut(one.title, DIGEST_TITLE)}"
    said += f", open for {roughly(now - one.declared_at)}"
    return _line(f"{said}: {_standing(one, now)}")


def _standing(one: StillOpen, now: datetime) -> str:
    if not one.answers:
        return "its workflow does not answer"
    if not one.acknowledged_by:
        return "nobody has acknowledged it"
    alive = roughly(now - one.alive_at) if one.alive_at else ""
    silence = f", no sign of life for {alive}" if is_forgotten(one, now) else ""
    return f"acknowledged by {one.acknowledged_by}{silence}"


def _review(one: OwedToReview, now: datetime) -> str:
    return _line(f"• {one.incident} {cut(one.title, DIGEST_TITLE)}: {one.what}, {one.owner}, {_when(one, now)}")


def _follow_ups(owed: Iterable[OwedToReview], now: datetime) -> Iterator[str]:
    """By owner, and of each the most urgent first."""
    by_owner = sorted(owed, key=lambda one: (one.owner, one.due_at, one.incident))
    for owner, theirs in groupby(by_owner, key=lambda one: one.owner):
        yield from (_line(f"• {owner}: {one.what} ({one.incident}), {_when(one, now)}") for one in theirs)


def _when(one: OwedToReview, now: datetime) -> str:
    return f"{roughly(now - one.due_at)} late" if one.due_at < now else f"due in {roughly(one.due_at - now)}"


def _line(text: str) -> str:
    """One line, whatever an alert or a person put into it."""
    return cut(" ".join(text.split()), DIGEST_LINE)
