"""POST /webhooks/<source>: the same for every source. `admission` verifies, `pipeline` does the rest."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from starter.gateway.accepted import REFUSALS, Accepted, answer
from starter.gateway.admission import Admission, in_time
from starter.gateway.pipeline import Pipeline
from starter.sources.source import Source
from starter.sources.table import SOURCES

OF_THEIR_OWN = {"cloudwatch", "pagerduty"}
"""Sources that do more than send alerts: each has a module here."""
QUERY_PARAMETERS = (
    "`?runbook=name` chooses the runbook for incidents that these alerts open; "
    "`?severity=word` how grave those are that do not say so themselves."
)
_PARAMETERS = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("runbook", "severity")]


class Direct(APIRoute):
    """An endpoint that is given the request as it is, and whose answer is sent as it is: FastAPI only documents it.

    What FastAPI does for others costs more than to translate an alert, and in a storm the rate depends on it.
    """

    def __init__(self, path: str, endpoint: Callable[[Request], Awaitable[Response]], **documented: Any) -> None:
        super().__init__(path, endpoint, **documented)
        self.app = _directly(endpoint)


def _directly(endpoint: Callable[[Request], Awaitable[Response]]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await endpoint(Request(scope, receive))
        await response(scope, receive, send)

    return app


def router(admission: Admission, pipeline: Pipeline) -> APIRouter:
    routes = APIRouter(tags=["webhooks"], route_class=Direct)
    for name, source in SOURCES.items():
        if name not in OF_THEIR_OWN:
            _serve(routes, admission, pipeline, source)
    return routes


def described(source: Source) -> dict[str, Any]:
    """What the OpenAPI document says of a source's body."""
    examples = {name: {"summary": name, "value": body} for name, body in source.examples.items()}
    content = {"schema": source.schema or {"type": "object"}, "examples": examples}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _serve(routes: APIRouter, admission: Admission, pipeline: Pipeline, source: Source) -> None:
    async def webhook(request: Request) -> Response:
        async with in_time(source):
            webhook = await admission.webhook(request, source)
            return answer(await pipeline.take(source, webhook, request.query_params.get("runbook")))

    routes.add_api_route(
        f"/webhooks/{source.name}",
        webhook,
        methods=["POST"],
        status_code=202,
        response_model=Accepted,
        name=f"{source.name} webhook",
        description=f"{source.about}\n\n{QUERY_PARAMETERS}",
        responses=REFUSALS,
        openapi_extra={**described(source), "parameters": _PARAMETERS},
    )
