"""Takes an inventory: what is open and who owes what, as far as lists show it. No workflow is asked."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from starter.temporal.drills import in_real_time
from starter.temporal.incidents import Incidents
from starter.temporal.results import ListPage, ReviewSummary, Summary
from starter.temporal.reviews import Reviews
from workflows.policy.watches.digest import Inventory, OwedToReview, StillOpen

GRAVEST_LISTED: Final = 20
"""Incidents that are said; the rest is counted."""
REVIEWS_READ: Final = 100
"""Of more, those are read of which something is due first."""


async def take(incidents: Incidents, reviews: Reviews) -> Inventory:
    """How everything stands that is open. Raises Unreachable."""
    gravest, by_severity = await incidents.unresolved(GRAVEST_LISTED)
    worked = not gravest or await incidents.connection.is_worked()
    return inventory(gravest, by_severity, await reviews.page(size=REVIEWS_READ), datetime.now(UTC), worked=worked)


def inventory(
    gravest: Iterable[Summary],
    by_severity: dict[str, int],
    reviews: ListPage[ReviewSummary],
    now: datetime,
    *,
    worked: bool = True,
) -> Inventory:
    """Reviews of drills are left out: their deadlines are in compressed time."""
    real = [one for one in reviews.rows if not one.drill]
    return Inventory(
        taken_at=now,
        incidents=tuple(_incident(in_real_time(one), worked=worked) for one in gravest),
        by_severity=by_severity,
        owed=tuple(owed for one in real for owed in _owed(one)),
        silent_reviews=tuple(one.incident for one in real if one.debts is None),
        unread_reviews=reviews.total - len(reviews.rows),
    )


def _incident(one: Summary, *, worked: bool) -> StillOpen:
    return StillOpen(
        incident=one.incident,
        title=one.title,
        severity=one.severity,
        service=one.service,
        commander=one.commander,
        declared_at=one.started_at,
        answers=one.seen and worked,
        acknowledged_by=one.acknowledged_by,
        alive_at=one.alive_at,
    )


def _owed(review: ReviewSummary) -> Iterator[OwedToReview]:
    for debt in review.debts.debts if review.debts else ():
        yield OwedToReview(incident=review.incident, title=review.title, **dict(debt))
