"""/api/v1/digest and /api/v1/report"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from starter.gateway.access import Access, Actor
from starter.gateway.desks import Desks
from starter.gateway.documented import API, API_READ
from starter.gateway.routes.board_books import drawn
from starter.pictures.report import picture
from starter.report.counting import counted
from starter.report.figures import ReportFigures
from starter.report.reading import read
from starter.sources.reading import FieldProblem, Unreadable
from starter.temporal.inventory import take
from starter.temporal.reviews import Reviews
from workflows.policy.time.durations import DAY, Duration
from workflows.policy.views.summary import ClosedIncident
from workflows.policy.watches.digest import Inventory
from workflows.policy.wire.model import Instant

REPORTED_FOR = 30 * DAY
LONGEST_REPORT = 400 * DAY
"""Temporal keeps no more."""
ReportedSpan = Annotated[Duration, Query(description="so long before `until`, such as 30d or 4w")]
ReportedUntil = Annotated[Instant | None, Query(description="not included; now if left out")]
ReportedBook = Annotated[str, Query(description="only incidents of this one")]


def router(access: Access, desks: Desks) -> APIRouter:
    routes = APIRouter(prefix=API, tags=["api"])
    reader = Depends(access.whoever_may("read"))

    async def read_for(
        actor: Actor, span: Duration, until: Instant | None, runbook: str
    ) -> tuple[ReportFigures, tuple[ClosedIncident, ...]]:
        if not DAY / 24 <= span <= LONGEST_REPORT:
            problem = FieldProblem("span", f"from 1h to {LONGEST_REPORT.days}d")
            raise Unreadable("the request cannot be used", (problem,))
        end = until or datetime.now(UTC)
        seen, past = await read(desks.known_to(actor), end - span, end, runbook, lambda _: None)
        return seen, counted(past.records, end - span, end)

    @routes.get("/digest", responses=API_READ)
    async def digest(
        actor: Annotated[Actor, reader],
        as_sent: Annotated[bool, Query(description="as everybody in the channel reads it: nothing private")] = False,
    ) -> Inventory:
        """What the daily digest is made of, as it would be now: what is open, and who owes what."""
        known = desks.incidents.without_private() if as_sent else desks.known_to(actor)
        return await take(known, Reviews(known))

    @routes.get("/report", responses=API_READ)
    async def report(
        actor: Annotated[Actor, reader],
        span: ReportedSpan = REPORTED_FOR,
        until: ReportedUntil = None,
        runbook: ReportedBook = "",
    ) -> ReportFigures:
        """How many incidents there were, how soon answered and resolved, and who was not reached."""
        return (await read_for(actor, span, until, runbook))[0]

    @routes.get("/report.svg", responses=API_READ, response_class=Response)
    async def report_picture(
        actor: Annotated[Actor, reader],
        span: ReportedSpan = REPORTED_FOR,
        until: ReportedUntil = None,
        runbook: ReportedBook = "",
    ) -> Response:
        """The same as a picture."""
        return drawn(picture(*await read_for(actor, span, until, runbook)))

    return routes
