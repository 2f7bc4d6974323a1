"""POST /webhooks/generic"""

from datetime import UTC, datetime

from fastapi import APIRouter, Request

from starter import verify
from starter.gateway import Gateway, in_time
from starter.routes.accepted import REFUSALS, Accepted, deliver
from starter.sources import generic

EXAMPLE = {
    "key": "checkout-errors",
    "title": "Checkout fails for one in five customers",
    "severity": "sev1",
    "service": "checkout",
    "status": "firing",
    "summary": "HTTP 500 from the payment service since the last deployment",
    "link": "https://dashboards.example.com/checkout",
    "starts_at": "2026-11-21T00:03:12Z",
    "labels": {"region": "eu-1"},
}
_BODY = {
    "schema": generic.GenericAlert.model_json_schema(),
    "examples": {
        "one": {"summary": "one alert", "value": EXAMPLE},
        "resolved": {"summary": "the same, resolved", "value": {**EXAMPLE, "status": "resolved"}},
        "several": {"summary": "several alerts", "value": {"alerts": [EXAMPLE]}},
    },
}


def router(gateway: Gateway) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])

    @routes.post(
        "/webhooks/generic",
        status_code=202,
        responses=REFUSALS,
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": _BODY}}},
    )
    async def generic_webhook(request: Request, runbook: str | None = None) -> Accepted:
        """Alerts from anything that can send JSON: one, or `{"alerts": [...]}`. Only `key` and `title` are required.

        Signed after Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`) when a secret is set.
        """
        async with in_time():
            headers = request.headers
            body = await gateway.body(
                request, generic.SOURCE, lambda raw, lock: verify.standard_webhook(headers, raw, lock.secrets)
            )
            book, problems = gateway.runbook(runbook)
            received_at = datetime.now(UTC)
            delivery = generic.translate(body, book, received_at)
            event_id = headers.get("webhook-id", "")[:100]
            return await deliver(gateway, generic.SOURCE, delivery.but(problems), received_at, event_id)

    return routes
