"""POST /webhooks/<source>: the same for every source. Verify, translate, group, deliver, and only then answer."""

from typing import Any

from fastapi import APIRouter, Request

from starter import grouping
from starter.gateway import Gateway, in_time
from starter.routes.accepted import REFUSALS, Accepted, deliver
from starter.routes.holding import hold
from starter.sources.reading import Webhook
from starter.sources.source import Source
from starter.sources.table import SOURCES

RUNBOOK = "`?runbook=name` chooses the runbook for incidents that these alerts open."


def router(gateway: Gateway) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])
    for source in SOURCES.values():
        _serve(routes, gateway, source)
    return routes


def described(source: Source) -> dict[str, Any]:
    """What the OpenAPI document says of a source's body."""
    examples = {name: {"summary": name, "value": body} for name, body in source.examples.items()}
    content = {"schema": source.schema or {"type": "object"}, "examples": examples}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


async def take(gateway: Gateway, source: Source, webhook: Webhook, runbook: str | None) -> Accepted:
    """What a webhook brings, handed on. Raises Unreadable, Refusal."""
    book, problems = gateway.runbook(runbook)
    reading = source.translate(webhook)
    if not reading.alerts:
        gateway.counts[source.name, "ignored"] += 1
        return Accepted(ignored=reading.ignored, problems=[*problems, *reading.problems])
    rest, held = await hold(gateway, source.name, reading, book, webhook.received_at)
    delivery = grouping.group(source.name, rest, book, webhook.received_at).but(problems)
    return await deliver(gateway, source.name, delivery, webhook.received_at, reading.delivery_id, held)


def _serve(routes: APIRouter, gateway: Gateway, source: Source) -> None:
    async def webhook(request: Request, runbook: str | None = None) -> Accepted:
        async with in_time():
            return await take(gateway, source, await gateway.webhook(request, source), runbook)

    routes.add_api_route(
        f"/webhooks/{source.name}",
        webhook,
        methods=["POST"],
        status_code=202,
        name=f"{source.name} webhook",
        description=f"{source.about}\n\n{RUNBOOK}",
        responses=REFUSALS,
        openapi_extra=described(source),
    )
