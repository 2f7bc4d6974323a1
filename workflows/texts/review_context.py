"""What the texts of a review say of what is owed."""

from datetime import datetime
from typing import TypedDict

from workflows.policy.effects.demand import Demand
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.keys.duty_keys import DutyKind, duty_of
from workflows.policy.review.nags import is_late, managers, remind_at
from workflows.policy.review.owed import OwedDuty, owed
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.calendar import clock
from workflows.policy.time.durations import roughly
from workflows.policy.wire.bounded import cut


class Due(TypedDict):
    """What somebody owes a review."""

    name: str
    """What commands call it."""
    command: str
    """What its owner types when it is done."""
    title: str
    owner: str
    by: str
    """Its deadline."""
    late: str
    """How long it is overdue; empty: it is not."""
    tasks: list[str]


def due(book: Runbook, review: Review, demand: Demand, now: datetime) -> list[Due]:
    """What a message is about."""
    return [_due(book, review, each, now) for each in _meant(book, review, demand)]


def title(book: Runbook, review: Review, demand: Demand) -> str | None:
    """Of the one thing that a message is about."""
    meant = _meant(book, review, demand)
    return meant[0].title if len(meant) == 1 else None


def manager(book: Runbook, review: Review, demand: Demand) -> str | None:
    """Who is told because it has waited so long."""
    if duty_of(demand.duty).kind is not DutyKind.REVIEW_OVERDUE:
        return None
    late = _meant(book, review, demand)
    found = dict.fromkeys(boss for each in late for boss in managers(book, review, each, demand.due_at))
    return ", ".join(book.person_name(boss) for boss in found) or None


def _meant(book: Runbook, review: Review, demand: Demand) -> list[OwedDuty]:
    """What a message is about: one thing, everything of somebody that is due soon or late, or all there is."""
    everything = owed(book, review)
    duty = duty_of(demand.duty)
    theirs = [each for each in everything if each.whose == duty.name]
    if duty.kind is DutyKind.REVIEW_REMIND:
        return [each for each in theirs if remind_at(book, each) == demand.due_at]
    if duty.kind is DutyKind.REVIEW_OVERDUE:
        return [each for each in theirs if is_late(book, each, demand.due_at)]
    one = [each for each in everything if each.asked_by == demand.duty]
    return one or list(everything)


def _due(book: Runbook, review: Review, each: OwedDuty, now: datetime) -> Due:
    people = ", ".join(as_people_read(book, person) for person in each.people)
    role = book.role_name(each.role) if each.role else ""
    return {
        "name": each.name,
        "command": _command(review, each),
        "title": each.title,
        "owner": " / ".join(part for part in (role, people) if part) or "nobody yet",
        "by": clock(book.calendar.zone, each.due_at, now),
        "late": roughly(now - each.due_at) if now > each.due_at else "",
        "tasks": list(each.duty.items) if each.duty else [],
    }


def _command(review: Review, each: OwedDuty) -> str:
    match each.kind:
        case "follow-up":
            return f"tocsin followup done {review.incident.id} {each.name.removeprefix('follow-up-')}"
        case "approval":
            return f"tocsin approve {review.incident.id} --draft {each.name}"
        case "document":
            return f"tocsin review submit {review.incident.id} {each.name} --link URL"
    return f"tocsin review submit {review.incident.id} {each.name}"


FIRST, LAST = 8, 16
"""Lines of the timeline that a message has room for."""


def happened(incident: Incident) -> list[str]:
    """The timeline for a message, in UTC: without what was only posted, and of a long one without its middle. Each day
    is named once."""
    entries = [entry for entry in incident.timeline if entry.kind != "post"]
    days = [None, *(entry.at.date() for entry in entries)]
    lines = [
        f"{'' if entry.at.date() == day else f'{entry.at:%a} {entry.at.day} {entry.at:%b} '}"
        f"{entry.at:%H:%M} {cut(entry.text, 120)}"
        for day, entry in zip(days, entries, strict=False)
    ]
    first, last = lines[:FIRST], lines[FIRST:][-LAST:]
    missing = len(lines) - len(first) - len(last) + incident.timeline_dropped
    return [*first, *([f"… {missing} more"] if missing else []), *last]
