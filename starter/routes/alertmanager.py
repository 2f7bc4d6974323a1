"""POST /webhooks/alertmanager"""

from datetime import UTC, datetime

from fastapi import APIRouter, Request

from starter import verify
from starter.gateway import Gateway, in_time
from starter.routes.accepted import REFUSALS, Accepted, deliver
from starter.sources import alertmanager

EXAMPLE = {
    "version": "4",
    "groupKey": '{}:{alertname="HighErrorRate"}',
    "receiver": "tocsin",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical"},
            "annotations": {"summary": "Error ratio 20% on checkout", "runbook_url": "https://wiki.example.com/errors"},
            "startsAt": "2026-11-21T00:03:12.494Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prometheus.example.com/graph?g0.expr=errors",
            "fingerprint": "8c4a2503f33a8199",
        }
    ],
}
_BODY = {"schema": {"type": "object", "required": ["alerts"]}, "example": EXAMPLE}


def router(gateway: Gateway) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])

    @routes.post(
        "/webhooks/alertmanager",
        status_code=202,
        responses=REFUSALS,
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": _BODY}}},
    )
    async def alertmanager_webhook(request: Request, runbook: str | None = None) -> Accepted:
        """Alertmanager's webhook, version 4. A token goes into `http_config.authorization.credentials`.

        `?runbook=name` chooses the runbook for incidents that these alerts open.
        """
        async with in_time():
            authorization = request.headers.get("authorization")
            body = await gateway.body(
                request, alertmanager.SOURCE, lambda _, lock: verify.token(authorization, lock.secrets)
            )
            book, problems = gateway.runbook(runbook)
            received_at = datetime.now(UTC)
            delivery = alertmanager.translate(body, book, received_at)
            return await deliver(gateway, alertmanager.SOURCE, delivery.but(problems), received_at)

    return routes
