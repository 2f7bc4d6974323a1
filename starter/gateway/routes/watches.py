"""/api/v1/silences and /api/v1/heartbeats"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import uuid4

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ValidationError

from starter.desk import watching
from starter.desk.temporal_desk import published_runbook
from starter.desk.watching import HeartbeatRequest, ListedHeartbeat, ListedSilence, SilenceRequest
from starter.gateway.access import Access, Actor
from starter.gateway.routes.api import API, API_DONE, API_READ, FOR_WHOM, VIA_API, described_body
from starter.gateway.said import FOR, event_id, on_behalf_of, said, unusable
from starter.sources.reading import FieldProblem, Unreadable
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.silences import Silences
from workflows.policy.watches.heartbeat import Paused, Removed, Unpaused
from workflows.policy.watches.silence import Expired, Extended, SilenceSummary

W = TypeVar("W", bound=BaseModel)
HeartbeatInPath = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,59}$")]


def router(access: Access, incidents: Incidents) -> APIRouter:
    routes = APIRouter(prefix=API, tags=["api"])
    _silences(routes, access, Silences(incidents.connection))
    _heartbeats(routes, access, incidents)
    return routes


def _span() -> dict[str, Any]:
    return described_body(
        {"properties": {"duration": {"type": "string", "description": "such as 2h"}}, "required": ["duration"]},
        {FOR: FOR_WHOM},
    )


def _silences(routes: APIRouter, access: Access, known: Silences) -> None:
    responder = Depends(access.whoever_may("respond"))

    @routes.get("/silences", dependencies=[Depends(access.whoever_may("read"))], responses=API_READ)
    async def silences() -> list[ListedSilence]:
        """Which alerts are being held, by whom, why, and until when."""
        return await watching.silences(known)

    described = described_body(SilenceRequest.model_json_schema(), {FOR: FOR_WHOM})

    @routes.post("/silences", status_code=201, responses=API_DONE, openapi_extra=described)
    async def silence(request: Request, actor: Annotated[Actor, responder]) -> SilenceSummary:
        """Hold alerts that match; what fires and has not resolved when it ends opens its incident then."""
        asked, by = await _asked(request, actor, SilenceRequest)
        try:
            card = watching.new_silence(asked, by, datetime.now(UTC))
        except ValidationError as error:
            raise unusable(error) from None
        except ValueError as error:
            raise Unreadable("the body cannot be used", (FieldProblem("starts_at", str(error)),)) from None
        await known.add(card)
        return card

    @routes.post("/silences/{silence}/extend", responses=API_DONE, openapi_extra=_span())
    async def extend(silence: str, request: Request, actor: Annotated[Actor, responder]) -> SilenceSummary:
        """Let it end later."""
        return await known.extend(silence, await _event(request, actor, Extended, ("duration",)))

    @routes.post("/silences/{silence}/expire", status_code=204, responses=API_DONE)
    async def expire(silence: str, request: Request, actor: Annotated[Actor, responder]) -> None:
        """End it now."""
        await watching.expire(known, silence, await _event(request, actor, Expired, ()))


def _heartbeats(routes: APIRouter, access: Access, incidents: Incidents) -> None:
    known = Heartbeats(incidents.connection)
    responder, chief = Depends(access.whoever_may("respond")), Depends(access.whoever_may("admin"))

    @routes.get("/heartbeats", dependencies=[Depends(access.whoever_may("read"))], responses=API_READ)
    async def heartbeats() -> list[ListedHeartbeat]:
        """Which senders must call in time, and how they stand."""
        return await watching.heartbeats(known)

    described = described_body(HeartbeatRequest.model_json_schema(), {})

    @routes.put("/heartbeats/{name}", responses=API_DONE, openapi_extra=described)
    async def expect(name: HeartbeatInPath, request: Request, actor: Annotated[Actor, chief]) -> ListedHeartbeat:
        """Expect a sender to call every so often, or change what is expected of it."""
        asked, _ = await _asked(request, actor, HeartbeatRequest)
        there = await Installations(incidents.connection).current()
        try:
            spec = watching.new_spec(name, asked, there, published_runbook(there, asked.runbook))
        except ValidationError as error:
            raise unusable(error) from None
        await known.add(name, spec)
        return await watching.heartbeat(known, name)

    @routes.delete("/heartbeats/{name}", status_code=204, responses=API_DONE)
    async def forget(name: HeartbeatInPath, actor: Annotated[Actor, chief]) -> None:
        """Expect it no longer."""
        await known.signal(name, Removed(by=actor.by(), via=VIA_API))

    @routes.post("/heartbeats/{name}/pause", responses=API_DONE, openapi_extra=_span())
    async def pause(name: HeartbeatInPath, request: Request, actor: Annotated[Actor, responder]) -> ListedHeartbeat:
        """Expect no beat for a while."""
        event = await _event(request, actor, Paused, ("duration", "reason"))
        return await watching.signal_heartbeat(known, name, event)

    @routes.post("/heartbeats/{name}/resume", responses=API_DONE)
    async def resume(name: HeartbeatInPath, request: Request, actor: Annotated[Actor, responder]) -> ListedHeartbeat:
        """It must beat again, an interval from now."""
        return await watching.signal_heartbeat(known, name, await _event(request, actor, Unpaused, ()))


async def _asked(request: Request, actor: Actor, model: type[W]) -> tuple[W, str]:
    """What is asked for, and by whom. Raises Refusal, Unreadable."""
    given = await said(request, (*model.model_fields, FOR))
    by = actor.by(on_behalf_of(given))
    return _made(model, {name: value for name, value in given.items() if name != FOR}), by


async def _event(request: Request, actor: Actor, event: type[W], fields: tuple[str, ...]) -> W:
    given = await said(request, (*fields, FOR))
    known = {"by": actor.by(on_behalf_of(given)), "via": VIA_API, "id": event_id(request, actor) or uuid4().hex}
    return _made(event, {**given, **known})


def _made(model: type[W], given: Mapping[str, object]) -> W:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise unusable(error) from None
