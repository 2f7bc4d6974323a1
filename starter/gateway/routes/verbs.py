"""/api/v1/incidents/ID/VERB and its siblings: each verb of the desk, and what it would change."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError

from starter.desk.answers import Called
from starter.desk.verbs import VERBS, Verb
from starter.gateway.access import Access, Actor
from starter.gateway.desks import Desks
from starter.gateway.documented import API, API_DONE, API_PREVIEWED, FOR_WHOM, VIA_API, described_body
from starter.gateway.said import FOR, event_id, on_behalf_of, part, said, unusable
from workflows.policy.incident.events import Event
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.results import UpdateResult

SOMEBODY_ELSE = "unlisted"
_SAID_BESIDE = {
    FOR: FOR_WHOM,
    "if_still": {
        "type": "string",
        "description": "the `mark` of the state that you saw: if it is another one by now, it is refused, and says why",
    },
}
_MAY_BE_UNLISTED = {
    SOMEBODY_ELSE: {"type": "boolean", "description": "it may be somebody whom the runbook does not list"}
}


def router(access: Access, desks: Desks) -> APIRouter:
    routes = APIRouter(prefix=API, tags=["api"])
    for verb in VERBS:
        _serve(routes, access, desks, verb)
        _preview(routes, access, desks, verb)
    return routes


def _serve(routes: APIRouter, access: Access, desks: Desks, verb: Verb) -> None:
    async def act(
        incident: str, request: Request, actor: Annotated[Actor, Depends(access.whoever_may("respond"))]
    ) -> UpdateResult | Called:
        event, unlisted = await _event_said(verb, request, actor)
        desks.check_may_say(actor, event)
        return await desks.of(actor).ask(part(incident), event, unlisted=unlisted)

    routes.add_api_route(
        f"/{verb.group}/{{incident}}/{verb.name}",
        act,
        methods=["POST"],
        name=f"{verb.group} {verb.name}",
        description=verb.about,
        responses=API_DONE,
        openapi_extra=described_body(verb.schema, _beside(verb)),
    )


def _preview(routes: APIRouter, access: Access, desks: Desks, verb: Verb) -> None:
    async def preview(
        incident: str, request: Request, actor: Annotated[Actor, Depends(access.whoever_may("respond"))]
    ) -> Foreseen:
        event, unlisted = await _event_said(verb, request, actor)
        return await desks.of(actor).foresee(part(incident), event, unlisted=unlisted)

    routes.add_api_route(
        f"/{verb.group}/{{incident}}/{verb.name}/preview",
        preview,
        methods=["POST"],
        name=f"{verb.group} {verb.name} preview",
        description="What that would change now: lines of the plan, who would be paged, what would go out to the "
        "public. It changes nothing.",
        responses=API_PREVIEWED,
        openapi_extra=described_body(verb.schema, _beside(verb), keyed=False),
    )


def _beside(verb: Verb) -> dict[str, Any]:
    return _SAID_BESIDE | _MAY_BE_UNLISTED if verb.names_somebody else _SAID_BESIDE


async def _event_said(verb: Verb, request: Request, actor: Actor) -> tuple[Event, bool]:
    """The event, and whether it may name somebody whom the runbook does not list. Raises Refusal, Unreadable."""
    given = await said(request, (*verb.fields, *_beside(verb)))
    known = {"by": actor.by(on_behalf_of(given)), "via": VIA_API, "id": event_id(request, actor)}
    try:
        return verb.event_of(given, **known), given.get(SOMEBODY_ELSE) is True
    except ValidationError as error:
        raise unusable(error) from None
