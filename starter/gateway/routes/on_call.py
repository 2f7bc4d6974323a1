"""/api/v1/on-call and /api/v1/page-tests"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from starter.desk.answers import PageTestAnswer, PageTestRequest
from starter.desk.installation_desk import InstallationDesk
from starter.desk.on_call_answers import OverrideRequest, PostOnCall
from starter.gateway.access import Access, Actor
from starter.gateway.documented import API, API_DONE, API_READ, FOR_WHOM, described_body
from starter.gateway.said import FOR, asked, event_id


def router(access: Access, desk: InstallationDesk) -> APIRouter:
    routes = APIRouter(prefix=API, tags=["api"])
    responder = Depends(access.whoever_may("respond"))

    @routes.get("/on-call", dependencies=[Depends(access.whoever_may("read"))], responses=API_READ)
    async def on_call(
        days: Annotated[int, Query(ge=1, le=14)] = 7,
        runbook: Annotated[str, Query(description="of this one alone")] = "",
    ) -> list[PostOnCall]:
        """Who is on call, now and in the days ahead, of every post that has a rota."""
        return await desk.on_call(runbook, days)

    described = described_body(OverrideRequest.model_json_schema(), {FOR: FOR_WHOM})

    @routes.post("/on-call/{post}/override", responses=API_DONE, openapi_extra=described)
    async def override(post: str, request: Request, actor: Annotated[Actor, responder]) -> PostOnCall:
        """Somebody takes a stretch of another's shift; the newest of several counts."""
        wanted, by = await asked(request, actor, OverrideRequest)
        return await desk.override(post, wanted, by, event_id(request, actor))

    whom = described_body(PageTestRequest.model_json_schema(), {FOR: FOR_WHOM}, keyed=False)

    @routes.post("/page-tests", status_code=201, responses=API_DONE, openapi_extra=whom)
    async def page_test(request: Request, actor: Annotated[Actor, responder]) -> PageTestAnswer:
        """Page somebody for real, marked TEST, through the worker. Nothing escalates."""
        wanted, by = await asked(request, actor, PageTestRequest)
        return await desk.page_test(wanted.person, by)

    return routes
