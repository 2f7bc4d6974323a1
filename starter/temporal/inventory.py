"""Takes an inventory: lists what is open, then asks each incident and review how it stands."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from starter.temporal.incidents import Incidents
from starter.temporal.results import FoundIncident, NobodyWorks, NothingOpen, RefusedByIncident, ReviewSummary, Summary
from starter.temporal.reviews import Reviews
from workflows.policy.review.results import OwedNow, ReviewStatus
from workflows.policy.views.results import Status
from workflows.policy.watches.digest import Inventory, OwedToReview, StillOpen

QUERIES_AT_ONCE = 20
OVER = ("resolved", "cancelled")
"""Phases in which an incident is only watched until it closes."""
One = TypeVar("One")
A = TypeVar("A")


async def take(incidents: Incidents, reviews: Reviews) -> Inventory:
    """How everything stands that is open. Raises Unreachable."""
    return await asked(
        await incidents.list(),
        await reviews.list(),
        lambda one: incidents.status(one.workflow_id),
        lambda one: reviews.status(FoundIncident(workflow_id=one.workflow_id, incident=one.incident)),
        datetime.now(UTC),
    )


async def asked(
    incidents: Iterable[Summary],
    reviews: Iterable[ReviewSummary],
    ask: Callable[[Summary], Awaitable[Status]],
    ask_review: Callable[[ReviewSummary], Awaitable[ReviewStatus]],
    now: datetime,
) -> Inventory:
    """What does not answer is in it with what its list entry says. Reviews of drills are left out: their deadlines are
    in compressed time."""
    slots = asyncio.Semaphore(QUERIES_AT_ONCE)
    unresolved = [one for one in incidents if one.phase not in OVER]
    known = await asyncio.gather(*(_answer(ask, one, slots) for one in unresolved))
    opened = list(reviews)
    statuses = await asyncio.gather(*(_answer(ask_review, one, slots) for one in opened))
    return Inventory(
        taken_at=now,
        incidents=tuple(_incident(one, status) for one, status in zip(unresolved, known, strict=True)),
        owed=tuple(_owed(each, status) for status in statuses if status and status.speed == 1 for each in status.owed),
        silent_reviews=tuple(one.incident for one, status in zip(opened, statuses, strict=True) if status is None),
    )


async def _answer(ask: Callable[[One], Awaitable[A]], one: One, slots: asyncio.Semaphore) -> A | None:
    async with slots:
        try:
            return await ask(one)
        except (NobodyWorks, NothingOpen, RefusedByIncident):
            return None


def _incident(one: Summary, status: Status | None) -> StillOpen:
    listed = StillOpen(
        incident=one.incident,
        title=one.title,
        severity=one.severity,
        service=one.service,
        commander=one.commander,
        declared_at=one.started_at,
        answers=status is not None,
    )
    if status is None:
        return listed
    incident = status.incident
    signs = [at for at in (incident.alive_at, incident.updated_at) if at is not None]
    known = {"acknowledged_by": incident.acknowledged_by, "alive_at": max(signs, default=incident.acknowledged_at)}
    return listed.model_copy(update=known)


def _owed(each: OwedNow, status: ReviewStatus) -> OwedToReview:
    return OwedToReview(
        incident=status.record.incident,
        title=status.record.title,
        what=each.title,
        kind="follow-up" if each.kind == "follow-up" else "review",
        owner=", ".join(each.people) or each.role or "nobody",
        due_at=each.due_at,
    )
