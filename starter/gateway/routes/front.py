"""GET /: the page for whoever opens the address that `up` prints; to strangers it says only whether it is ready."""

from collections.abc import Iterator
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from settings import Settings
from starter.gateway.access import Access
from starter.gateway.front_page import FRONT_HEADERS, FrontLinks, front_page
from starter.gateway.routes.health import Readiness, Watched, readiness


def router(watched: Watched, access: Access, settings: Settings) -> APIRouter:
    routes = APIRouter()
    namespace = watched.incidents.connection.client.namespace
    links = FrontLinks(settings.sandbox_url, settings.temporal_ui_url, namespace)

    @routes.get("/", include_in_schema=False)
    async def front(request: Request) -> Response:
        found = await readiness(watched)
        status = 200 if found.ready else 503
        if not access.may_know(request):
            return PlainTextResponse("ready\n" if found.ready else "not ready\n", status, FRONT_HEADERS)
        stuck = list(watched.stuck.problems(datetime.now(UTC)))
        remarks = [line for line in found.problems if line not in stuck]
        return HTMLResponse(front_page(links, list(what_is_wrong(found, stuck)), remarks), status, FRONT_HEADERS)

    return routes


def what_is_wrong(found: Readiness, stuck: list[str]) -> Iterator[str]:
    """Why nobody may be paged now."""
    if found.temporal != "reachable":
        yield found.temporal
    elif not found.ready:
        yield "the default runbook is not loaded: alerts stay with their senders"
    if found.canary and found.canary.problem:
        yield f"the canary did not come back: {found.canary.problem}"
    elif found.canary and found.canary.last_success_at is None:
        yield "no canary has come back since the gateway started: it is not yet known whether a worker pages people"
    yield from stuck
