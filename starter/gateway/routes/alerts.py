"""POST /webhooks/<source>: the same for every source. Verify, translate, group, deliver, and only then answer."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from starter.gateway.gateway import Gateway, in_time
from starter.gateway.routes.accepted import REFUSALS, Accepted, answer, deliver
from starter.gateway.routes.holding import hold
from starter.intake import grouping
from starter.intake.ignoring import set_aside
from starter.intake.translating import translated
from starter.sources.reading import Reading, Webhook
from starter.sources.source import Source
from starter.sources.table import SOURCES

OF_THEIR_OWN = {"cloudwatch", "pagerduty"}
"""Sources that do more than send alerts: each has a module here."""
QUERY = (
    "`?runbook=name` chooses the runbook for incidents that these alerts open; "
    "`?severity=word` how grave those are that do not say so themselves."
)
_PARAMETERS = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("runbook", "severity")]


class Direct(APIRoute):
    """An endpoint that is given the request as it is, and whose answer is sent as it is: FastAPI only documents it.

    What FastAPI does for others costs more than to translate an alert, and in a storm the rate depends on it.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return self.endpoint


def router(gateway: Gateway) -> APIRouter:
    routes = APIRouter(tags=["webhooks"], route_class=Direct)
    for name, source in SOURCES.items():
        if name not in OF_THEIR_OWN:
            _serve(routes, gateway, source)
    return routes


def described(source: Source) -> dict[str, Any]:
    """What the OpenAPI document says of a source's body."""
    examples = {name: {"summary": name, "value": body} for name, body in source.examples.items()}
    content = {"schema": source.schema or {"type": "object"}, "examples": examples}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


async def take(gateway: Gateway, source: Source, webhook: Webhook, runbook: str | None) -> Accepted:
    """What a genuine webhook brings, handed on. Raises Refusal."""
    return await accept(gateway, source, webhook, translated(source, webhook, gateway.settings.max_body_bytes), runbook)


async def accept(gateway: Gateway, source: Source, webhook: Webhook, sent: Reading, runbook: str | None) -> Accepted:
    """Raises Refusal."""
    if sent.unreadable:
        gateway.unreadable(source, sent.unreadable, webhook)
    elif sent.unread:
        why = next(alert.summary for alert in sent.alerts if alert.unreadable)
        gateway.partly_unreadable(source, sent.unread, why, webhook)
    book, problems = gateway.runbook(runbook)
    reading = grouping.with_severity(sent, webhook.query.get("severity", ""), book.intake)
    if gateway.replays.knows(source.name, reading.delivery_id, webhook.received_at):
        gateway.counts[source.name, "repeated"] += 1
        return Accepted(ignored="delivered before")
    if not reading.alerts:
        gateway.counts[source.name, "ignored"] += 1
        return Accepted(ignored=reading.ignored, problems=[*problems, *reading.problems])
    reading, ignored = set_aside(source.name, reading, book, webhook.received_at)
    rest, held = await hold(gateway, source.name, reading, book, webhook.received_at)
    delivery = grouping.group(source.name, rest, book, webhook.received_at).but(problems)
    accepted = await deliver(gateway, source.name, delivery, webhook.received_at, reading.delivery_id, held, ignored)
    accepted.unreadable = reading.unreadable or None
    if accepted.accepted and not held:
        gateway.replays.remember(source.name, reading.delivery_id, webhook.received_at)
    return accepted


def _serve(routes: APIRouter, gateway: Gateway, source: Source) -> None:
    async def webhook(request: Request) -> Response:
        async with in_time(source):
            webhook = await gateway.webhook(request, source)
            return answer(await take(gateway, source, webhook, request.query_params.get("runbook")))

    routes.add_api_route(
        f"/webhooks/{source.name}",
        webhook,
        methods=["POST"],
        status_code=202,
        response_model=Accepted,
        name=f"{source.name} webhook",
        description=f"{source.about}\n\n{QUERY}",
        responses=REFUSALS,
        openapi_extra={**described(source), "parameters": _PARAMETERS},
    )
