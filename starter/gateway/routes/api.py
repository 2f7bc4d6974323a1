"""/api/v1/...: what people do to incidents and reviews, and how these stand."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ValidationError

from starter.desk.answers import Called, Declaration, Declared, KeptFollowUp, Remembered, ShownIncident, ShownReview
from starter.desk.desk import Desk
from starter.desk.verbs import VERBS, Verb
from starter.gateway.access import Access, Actor
from starter.gateway.errors import ErrorBody
from starter.gateway.said import FOR, asked, event_id, on_behalf_of, said, unusable
from starter.temporal.results import ListPage, ReviewSummary, Summary
from workflows.policy.views.results import Outgoing, PlanView, UpdateResult

API = "/api/v1"
VIA_API = "API"
ONLY_ONE = "-"
"""Instead of an id: the only one that is open."""
MOST_ROWS = 100
"""Of one page."""
API_READ: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "no token that is known here"},
    403: {"model": ErrorBody, "description": "the token's scope does not allow it"},
    404: {"model": ErrorBody, "description": "not exactly one is meant; the text lists those that could be"},
    422: {"model": ErrorBody, "description": "a field is wrong; the problems name it"},
    503: {"model": ErrorBody, "description": "Temporal is away, or no worker answers"},
}
API_DONE: dict[int | str, dict[str, Any]] = API_READ | {
    202: {"model": ErrorBody, "description": "recorded, but no worker is running: nothing is being paged"},
    400: {"model": ErrorBody, "description": "no JSON"},
    409: {"model": ErrorBody, "description": "the incident says no; the text is its reason"},
    413: {"model": ErrorBody, "description": "too long"},
}
FOR_WHOM = {"type": "string", "description": "for whom you do it; it stands beside your name, marked as unproved"}
SOMEBODY_ELSE = "unlisted"
_SAID_BESIDE = {
    FOR: FOR_WHOM,
    SOMEBODY_ELSE: {"type": "boolean", "description": "it may be somebody whom the runbook does not list"},
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 200},
    "description": "the same key again changes nothing: make one for each thing that you do",
}
PageAsked = Annotated[int, Query(ge=1, le=1_000_000)]
SizeAsked = Annotated[int, Query(ge=1, le=MOST_ROWS)]


def router(access: Access, desk: Desk) -> APIRouter:
    routes = APIRouter(prefix=API, tags=["api"])
    _declare(routes, access, desk)
    _preview_public(routes, access, desk)
    for verb in VERBS:
        _serve(routes, access, desk, verb)
    _incidents(routes, access, desk)
    _reviews(routes, access, desk)
    return routes


def _declare(routes: APIRouter, access: Access, desk: Desk) -> None:
    @routes.post(
        "/incidents",
        status_code=201,
        responses=API_DONE,
        openapi_extra=described_body(Declaration.model_json_schema(), {FOR: FOR_WHOM}),
    )
    async def declare(request: Request, actor: Annotated[Actor, Depends(access.whoever_may("respond"))]) -> Declared:
        """Open an incident; the answer says who rings."""
        wanted, by = await asked(request, actor, Declaration)
        try:
            return await desk.declare(wanted, by, event_id(request, actor))
        except ValidationError as error:
            raise unusable(error) from None


def _preview_public(routes: APIRouter, access: Access, desk: Desk) -> None:
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
            return list(await desk.preview_public(wanted))
        except ValidationError as error:
            raise unusable(error) from None


def _serve(routes: APIRouter, access: Access, desk: Desk, verb: Verb) -> None:
    beside = _SAID_BESIDE if verb.names_somebody else {FOR: FOR_WHOM}

    async def act(
        incident: str, request: Request, actor: Annotated[Actor, Depends(access.whoever_may("respond"))]
    ) -> UpdateResult | Called:
        given = await said(request, (*verb.fields, *beside))
        known = {"by": actor.by(on_behalf_of(given)), "via": VIA_API, "id": event_id(request, actor)}
        try:
            event = verb.event_of(given, **known)
        except ValidationError as error:
            raise unusable(error) from None
        return await desk.ask(_part(incident), event, unlisted=given.get(SOMEBODY_ELSE) is True)

    routes.add_api_route(
        f"/{verb.group}/{{incident}}/{verb.name}",
        act,
        methods=["POST"],
        name=f"{verb.group} {verb.name}",
        description=verb.about,
        responses=API_DONE,
        openapi_extra=described_body(verb.schema, beside),
    )


def _incidents(routes: APIRouter, access: Access, desk: Desk) -> None:
    reader = [Depends(access.whoever_may("read"))]

    @routes.get("/incidents", dependencies=reader, responses=API_READ)
    async def incidents(page: PageAsked = 1, size: SizeAsked = 20, closed: bool = False) -> ListPage[Summary]:
        """Those that are open, the most urgent first, and then closed ones if they are wanted."""
        return await desk.incidents(page, size, closed=closed)

    @routes.get("/incidents/{incident}", dependencies=reader, responses=API_READ)
    async def incident(incident: str) -> ShownIncident | Remembered:
        """How it stands and what comes next; without a worker, what its history knows by itself."""
        return await desk.show(_part(incident))

    @routes.get("/incidents/{incident}/plan", dependencies=reader, responses=API_READ)
    async def plan(incident: str) -> PlanView | Remembered:
        """What comes next, when, and why."""
        return await desk.plan(_part(incident))


def _reviews(routes: APIRouter, access: Access, desk: Desk) -> None:
    reader = [Depends(access.whoever_may("read"))]

    @routes.get("/reviews", dependencies=reader, responses=API_READ)
    async def reviews(page: PageAsked = 1, size: SizeAsked = 20, closed: bool = False) -> ListPage[ReviewSummary]:
        """Those that are open, what is due first at the top, and then closed ones if they are wanted."""
        return await desk.reviews(page, size, closed=closed)

    @routes.get("/reviews/{incident}", dependencies=reader, responses=API_READ)
    async def review(incident: str) -> ShownReview | Remembered:
        """What is owed, by whom and by when, and what has been done."""
        return await desk.show_review(_part(incident))

    @routes.get("/followups", dependencies=reader, responses=API_READ)
    async def followups(incident: str = "") -> list[KeptFollowUp]:
        """Of one incident, or of all that are open."""
        return await desk.follow_ups(incident)


def _part(incident: str) -> str:
    return "" if incident == ONLY_ONE else incident


def described_body(schema: Any, beside: dict[str, Any], *, keyed: bool = True) -> dict[str, Any]:
    """`keyed`: sent again with its Idempotency-Key, it counts once."""
    whole = {**schema, "properties": {**schema["properties"], **beside}, "additionalProperties": False}
    body = {"required": bool(whole.get("required")), "content": {"application/json": {"schema": whole}}}
    return {"requestBody": body, "parameters": [_IDEMPOTENCY_KEY] if keyed else []}
