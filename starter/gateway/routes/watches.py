"""/api/v1/silences and /api/v1/heartbeats"""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Path, Request
from pydantic import ValidationError

from starter.desk.installation_desk import InstallationDesk
from starter.desk.watch_answers import (
    BeginsTooLate,
    HeartbeatRequest,
    ListedHeartbeat,
    ListedSilence,
    SilenceRequest,
)
from starter.gateway.access import Access, Actor
from starter.gateway.desks import Desks
from starter.gateway.documented import API, API_DONE, API_READ, FOR_WHOM, VIA_API, described_body
from starter.gateway.said import FOR, W, asked, event_id, made, on_behalf_of, said, unusable
from starter.sources.reading import FieldProblem, Unreadable
from workflows.policy.watches.heartbeat import Paused, Removed, Unpaused
from workflows.policy.watches.silence import Expired, Extended, SilenceSummary

HeartbeatInPath = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,59}$")]


def router(access: Access, desks: Desks, desk: InstallationDesk) -> APIRouter:
    routes = APIRouter(prefix=API, tags=["api"])
    _silences(routes, access, desks, desk)
    _heartbeats(routes, access, desk)
    return routes


def _span(*, keyed: bool) -> dict[str, Any]:
    return described_body(
        {"properties": {"duration": {"type": "string", "description": "such as 2h"}}, "required": ["duration"]},
        {FOR: FOR_WHOM},
        keyed=keyed,
    )


def _silences(routes: APIRouter, access: Access, desks: Desks, desk: InstallationDesk) -> None:
    responder = Depends(access.whoever_may("respond"))

    @routes.get("/silences", dependencies=[Depends(access.whoever_may("read"))], responses=API_READ)
    async def silences() -> list[ListedSilence]:
        """Which alerts are being held, by whom, why, and until when."""
        return await desk.silences()

    described = described_body(SilenceRequest.model_json_schema(), {FOR: FOR_WHOM})

    @routes.post("/silences", status_code=201, responses=API_DONE, openapi_extra=described)
    async def silence(request: Request, actor: Annotated[Actor, responder]) -> SilenceSummary:
        """Hold alerts that match; what fires and has not resolved when it ends opens its incident then."""
        wanted, by = await asked(request, actor, SilenceRequest)
        desks.check_may_say(actor, wanted)
        try:
            return await desk.silence(wanted, by, event_id(request, actor))
        except ValidationError as error:
            raise unusable(error) from None
        except BeginsTooLate as error:
            raise Unreadable("the body cannot be used", (FieldProblem("starts_at", str(error)),)) from None

    @routes.post("/silences/{silence}/extend", responses=API_DONE, openapi_extra=_span(keyed=True))
    async def extend(silence: str, request: Request, actor: Annotated[Actor, responder]) -> SilenceSummary:
        """Let it end later."""
        return await desk.extend(silence, await _event(request, actor, Extended, ("duration",)))

    @routes.post("/silences/{silence}/expire", status_code=204, responses=API_DONE)
    async def expire(silence: str, request: Request, actor: Annotated[Actor, responder]) -> None:
        """End it now."""
        await desk.expire(silence, await _event(request, actor, Expired, ()))


def _heartbeats(routes: APIRouter, access: Access, desk: InstallationDesk) -> None:
    responder, chief = Depends(access.whoever_may("respond")), Depends(access.whoever_may("admin"))

    @routes.get("/heartbeats", dependencies=[Depends(access.whoever_may("read"))], responses=API_READ)
    async def heartbeats() -> list[ListedHeartbeat]:
        """Which senders must call in time, and how they stand."""
        return await desk.heartbeats()

    described = described_body(HeartbeatRequest.model_json_schema(), {}, keyed=False)

    @routes.put("/heartbeats/{name}", responses=API_DONE, openapi_extra=described)
    async def expect(name: HeartbeatInPath, request: Request, actor: Annotated[Actor, chief]) -> ListedHeartbeat:
        """Expect a sender to call every so often, or change what is expected of it."""
        wanted, _ = await asked(request, actor, HeartbeatRequest)
        try:
            return await desk.expect(name, wanted)
        except ValidationError as error:
            raise unusable(error) from None

    @routes.delete("/heartbeats/{name}", status_code=204, responses=API_DONE)
    async def forget(name: HeartbeatInPath, actor: Annotated[Actor, chief]) -> None:
        """Expect it no longer."""
        await desk.remove(name, Removed(by=actor.by(), via=VIA_API))

    @routes.post("/heartbeats/{name}/pause", responses=API_DONE, openapi_extra=_span(keyed=False))
    async def pause(name: HeartbeatInPath, request: Request, actor: Annotated[Actor, responder]) -> ListedHeartbeat:
        """Expect no beat for a while."""
        return await desk.pause(name, await _event(request, actor, Paused, ("duration", "reason")))

    @routes.post("/heartbeats/{name}/resume", responses=API_DONE)
    async def resume(name: HeartbeatInPath, request: Request, actor: Annotated[Actor, responder]) -> ListedHeartbeat:
        """It must beat again, an interval from now."""
        return await desk.resume(name, await _event(request, actor, Unpaused, ()))


async def _event(request: Request, actor: Actor, event: type[W], fields: tuple[str, ...]) -> W:
    given = await said(request, (*fields, FOR))
    known = {"by": actor.by(on_behalf_of(given)), "via": VIA_API, "id": event_id(request, actor) or uuid4().hex}
    written = {name: value for name, value in given.items() if name != FOR}
    return made(event, {**written, **known})
