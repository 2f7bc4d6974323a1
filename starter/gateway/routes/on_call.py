"""/api/v1/on-call"""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Query, Request

from starter.desk import on_call as desk
from starter.desk.on_call import OverrideRequest, PostOnCall
from starter.desk.temporal_desk import published_runbook
from starter.gateway.access import Access, Actor
from starter.gateway.documented import API, API_DONE, API_READ, FOR_WHOM, described_body
from starter.gateway.said import FOR, asked, event_id
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.shifts import Shifts


def router(access: Access, incidents: Incidents) -> APIRouter:
    routes = APIRouter(prefix=API, tags=["api"])
    known, installations = Shifts(incidents.connection), Installations(incidents.connection)
    responder = Depends(access.whoever_may("respond"))

    @routes.get("/on-call", dependencies=[Depends(access.whoever_may("read"))], responses=API_READ)
    async def on_call(days: Annotated[int, Query(ge=1, le=14)] = 7) -> list[PostOnCall]:
        """Who is on call, now and in the days ahead, of every post that has a rota."""
        there = await installations.current()
        return await desk.on_call(there, known, datetime.now(UTC), timedelta(days=days))

    described = described_body(OverrideRequest.model_json_schema(), {FOR: FOR_WHOM})

    @routes.post("/on-call/{post}/override", responses=API_DONE, openapi_extra=described)
    async def override(post: str, request: Request, actor: Annotated[Actor, responder]) -> PostOnCall:
        """Somebody takes a stretch of another's shift; the newest of several counts."""
        wanted, by = await asked(request, actor, OverrideRequest)
        there, now = await installations.current(), datetime.now(UTC)
        book = published_runbook(there, wanted.runbook)
        event = desk.overridden(book, post, wanted, by, now, event_id(request, actor) or uuid4().hex)
        await known.signal(book.runbook, post, event)
        found = await desk.on_call(there, known, now, timedelta(days=7), book.runbook)
        return next(each for each in found if each.post == post)

    return routes
