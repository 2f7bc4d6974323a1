"""/api/v1/runbooks, and /api/v1/incidents/ID/adopt"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from starter.desk.answers import Adoption, AdoptionRequest
from starter.desk.installation_desk import InstallationDesk
from starter.gateway.access import Access, Actor
from starter.gateway.desks import Desks
from starter.gateway.documented import API, API_DONE, API_PREVIEWED, API_READ, FOR_WHOM, VIA_API, described_body
from starter.gateway.said import FOR, asked, event_id, part
from workflows.policy.views.results import UpdateResult
from workflows.policy.watches.installation import Publication


def router(access: Access, desks: Desks, desk: InstallationDesk) -> APIRouter:
    routes = APIRouter(prefix=API, tags=["api"])
    responder = Depends(access.whoever_may("respond"))
    schema = AdoptionRequest.model_json_schema()

    @routes.get("/runbooks", dependencies=[Depends(access.whoever_may("read"))], responses=API_READ)
    async def runbooks() -> Publication:
        """Which runbooks the running installation has loaded, and by which contents."""
        return await desk.publication()

    @routes.post(
        "/incidents/{incident}/adopt", responses=API_DONE, openapi_extra=described_body(schema, {FOR: FOR_WHOM})
    )
    async def adopt(incident: str, request: Request, actor: Annotated[Actor, responder]) -> UpdateResult:
        """Let it go on by its runbook as the installation has it now."""
        wanted, by = await asked(request, actor, AdoptionRequest)
        return await desks.of(actor).adopt(part(incident), wanted.runbook, by, VIA_API, event_id(request, actor))

    @routes.post(
        "/incidents/{incident}/adopt/preview",
        responses=API_PREVIEWED,
        openapi_extra=described_body(schema, {FOR: FOR_WHOM}, keyed=False),
    )
    async def preview(incident: str, request: Request, actor: Annotated[Actor, responder]) -> Adoption:
        """What that would change now in its plan. It changes nothing."""
        wanted, _ = await asked(request, actor, AdoptionRequest)
        return await desks.of(actor).foresee_adoption(part(incident), wanted.runbook)

    return routes
