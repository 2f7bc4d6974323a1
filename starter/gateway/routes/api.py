"""/api/v1/...: what people do to incidents and reviews, and how these stand."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ValidationError

from starter.desk.answers import (
    Declaration,
    Declared,
    KeptFollowUp,
    ListedObligation,
    Remembered,
    ShownIncident,
    ShownReview,
)
from starter.gateway.access import Access, Actor
from starter.gateway.desks import Desks
from starter.gateway.documented import API, API_DONE, API_READ, FOR_WHOM, described_body
from starter.gateway.said import FOR, asked, event_id, part, unusable
from starter.temporal.results import ListPage, ReviewSummary, Summary
from workflows.policy.views.results import Outgoing, PlanView

MOST_ROWS = 100
"""Of one page."""
PageAsked = Annotated[int, Query(ge=1, le=1_000_000)]
SizeAsked = Annotated[int, Query(ge=1, le=MOST_ROWS)]


def router(access: Access, desks: Desks) -> APIRouter:
    routes = APIRouter(prefix=API, tags=["api"])
    _declare(routes, access, desks)
    _preview_public(routes, access, desks)
    _incidents(routes, access, desks)
    _reviews(routes, access, desks)
    return routes


def _declare(routes: APIRouter, access: Access, desks: Desks) -> None:
    @routes.post(
        "/incidents",
        status_code=201,
        responses=API_DONE,
        openapi_extra=described_body(Declaration.model_json_schema(), {FOR: FOR_WHOM}),
    )
    async def declare(request: Request, actor: Annotated[Actor, Depends(access.whoever_may("respond"))]) -> Declared:
        """Open an incident; the answer says who rings."""
        wanted, by = await asked(request, actor, Declaration)
        desks.check_may_say(actor, wanted)
        try:
            return await desks.of(actor).declare(wanted, by, event_id(request, actor))
        except ValidationError as error:
            raise unusable(error) from None


def _preview_public(routes: APIRouter, access: Access, desks: Desks) -> None:
    @routes.post(
        "/incidents/preview",
        responses=API_DONE,
        openapi_extra=described_body(Declaration.model_json_schema(), {FOR: FOR_WHOM}),
    )
    async def preview_public(
        request: Request, actor: Annotated[Actor, Depends(access.whoever_may("respond"))]
    ) -> list[Outgoing]:
        """What people outside would read by themselves, if that were declared. It opens nothing."""
        wanted, _ = await asked(request, actor, Declaration)
        try:
            return list(await desks.of(actor).preview_public(wanted))
        except ValidationError as error:
            raise unusable(error) from None


def _incidents(routes: APIRouter, access: Access, desks: Desks) -> None:
    reader = Depends(access.whoever_may("read"))

    @routes.get("/incidents", responses=API_READ)
    async def incidents(
        actor: Annotated[Actor, reader], page: PageAsked = 1, size: SizeAsked = 20, closed: bool = False
    ) -> ListPage[Summary]:
        """Those that are open, the most urgent first, and then closed ones if they are wanted."""
        return await desks.of(actor).incidents(page, size, closed=closed)

    @routes.get("/incidents/{incident}", responses=API_READ)
    async def incident(incident: str, actor: Annotated[Actor, reader]) -> ShownIncident | Remembered:
        """How it stands and what comes next; without a worker, what its history knows by itself."""
        return await desks.of(actor).show(part(incident))

    @routes.get("/incidents/{incident}/plan", responses=API_READ)
    async def plan(incident: str, actor: Annotated[Actor, reader]) -> PlanView | Remembered:
        """What comes next, when, and why."""
        return await desks.of(actor).plan(part(incident))


def _reviews(routes: APIRouter, access: Access, desks: Desks) -> None:
    reader = Depends(access.whoever_may("read"))

    @routes.get("/reviews", responses=API_READ)
    async def reviews(
        actor: Annotated[Actor, reader], page: PageAsked = 1, size: SizeAsked = 20, closed: bool = False
    ) -> ListPage[ReviewSummary]:
        """Those that are open, what is due first at the top, and then closed ones if they are wanted."""
        return await desks.of(actor).reviews(page, size, closed=closed)

    @routes.get("/reviews/{incident}", responses=API_READ)
    async def review(incident: str, actor: Annotated[Actor, reader]) -> ShownReview | Remembered:
        """What is owed, by whom and by when, and what has been done."""
        return await desks.of(actor).show_review(part(incident))

    @routes.get("/followups", responses=API_READ)
    async def followups(actor: Annotated[Actor, reader], incident: str = "") -> list[KeptFollowUp]:
        """Of one incident, or of all that are open."""
        return await desks.of(actor).follow_ups(incident)

    @routes.get("/obligations", responses=API_READ)
    async def obligations(actor: Annotated[Actor, reader], incident: str = "") -> list[ListedObligation]:
        """Legal clocks that run: of one incident, or of all that are open. What runs out first is at the top."""
        return await desks.of(actor).obligations(incident)
