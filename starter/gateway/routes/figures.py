"""/api/v1/digest and /api/v1/report"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from starter.gateway.access import Access, Actor
from starter.gateway.desks import Desks
from starter.gateway.documented import API, API_READ
from starter.report.figures import ReportFigures
from starter.report.reading import read
from starter.sources.reading import FieldProblem, Unreadable
from starter.temporal.inventory import take
from starter.temporal.reviews import Reviews
from workflows.policy.time.durations import DAY, Duration
from workflows.policy.watches.digest import Inventory
from workflows.policy.wire.model import Instant

REPORTED_FOR = 30 * DAY
LONGEST_REPORT = 400 * DAY
"""Temporal keeps no more."""


def router(access: Access, desks: Desks) -> APIRouter:
    routes = APIRouter(prefix=API, tags=["api"])
    reader = Depends(access.whoever_may("read"))

    @routes.get("/digest", responses=API_READ)
    async def digest(actor: Annotated[Actor, reader]) -> Inventory:
        """What the daily digest is made of, as it would be now: what is open, and who owes what."""
        known = desks.known_to(actor)
        return await take(known, Reviews(known))

    @routes.get("/report", responses=API_READ)
    async def report(
        actor: Annotated[Actor, reader],
        span: Annotated[Duration, Query(description="so long before `until`, such as 30d or 4w")] = REPORTED_FOR,
        until: Annotated[Instant | None, Query(description="not included; now if left out")] = None,
        runbook: Annotated[str, Query(description="only incidents of this one")] = "",
    ) -> ReportFigures:
        """How many incidents there were, how soon answered and resolved, and who was not reached."""
        if not DAY / 24 <= span <= LONGEST_REPORT:
            problem = FieldProblem("span", f"from 1h to {LONGEST_REPORT.days}d")
            raise Unreadable("the request cannot be used", (problem,))
        end = until or datetime.now(UTC)
        figures, _ = await read(desks.known_to(actor), end - span, end, runbook, lambda _: None)
        return figures

    return routes
