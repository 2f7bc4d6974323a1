"""POST /webhooks/pagerduty"""

from datetime import UTC, datetime

import structlog
from fastapi import APIRouter, Request

from starter import verify
from starter.answers import NothingOpen
from starter.gateway import Gateway, in_time
from starter.pagerduty_alerts import alert_keys
from starter.routes.accepted import REFUSALS, Accepted
from starter.sources import pagerduty
from starter.sources.pagerduty import Ignored, Report

log = structlog.get_logger()

EXAMPLE = {
    "event": {
        "id": "01EXAMPLE",
        "event_type": "incident.acknowledged",
        "resource_type": "incident",
        "occurred_at": "2026-11-21T00:05:00.000Z",
        "agent": {"type": "user_reference", "id": "PEXAMPLE", "summary": "Ada Example"},
        "data": {
            "id": "QEXAMPLE",
            "type": "incident",
            "status": "acknowledged",
            "incident_key": "incident-alertmanager-0a1b2c3d4e5f60718293/20261121-0003-k7/escalate/1/on-call/1",
        },
    }
}
_BODY = {"schema": {"type": "object", "required": ["event"]}, "example": EXAMPLE}


def router(gateway: Gateway) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])

    @routes.post(
        "/webhooks/pagerduty",
        status_code=202,
        responses=REFUSALS,
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": _BODY}}},
    )
    async def pagerduty_webhook(request: Request) -> Accepted:
        """PagerDuty's V3 webhooks: what people acknowledge and resolve there is acknowledged and resolved here.

        Anything that does not concern us is answered 202: three refusals in a row would end the subscription.
        """
        async with in_time():
            signature = request.headers.get("x-pagerduty-signature")
            body = await gateway.body(
                request, pagerduty.SOURCE, lambda raw, lock: verify.pagerduty(signature, raw, lock.secrets)
            )
            report = pagerduty.translate(body, request.headers.get("x-webhook-id"), datetime.now(UTC))
            if isinstance(report, Ignored):
                return _ignored(gateway, report.reason, "ignored")
            return await _pass_on(gateway, report)

    return routes


async def _pass_on(gateway: Gateway, report: Report) -> Accepted:
    rings = await _rings(gateway, report)
    told = []
    for workflow_id, ring in rings.items():
        try:
            await gateway.incidents.tell(workflow_id, report.event(ring))
        except NothingOpen:
            continue
        told.append(workflow_id)
    if not rings:
        return _ignored(gateway, "not ours", "not_ours")
    if not told:
        return _ignored(gateway, "nothing open", "nothing_open")
    gateway.counts[pagerduty.SOURCE, "accepted"] += 1
    log.info("handed on", source=pagerduty.SOURCE, kind=report.kind.__name__, by=report.by, incidents=told)
    return Accepted(accepted=1, incident=told[0], incidents=told)


async def _rings(gateway: Gateway, report: Report) -> dict[str, str]:
    """Workflow id -> vendor key. Several when somebody merged our incidents over there."""
    keys: tuple[str | None, ...] = (report.incident_key,)
    if not pagerduty.workflow_of(report.incident_key):
        keys = await alert_keys(gateway.settings, report.pagerduty_id)
    return {workflow: key for key in keys if key and (workflow := pagerduty.workflow_of(key))}


def _ignored(gateway: Gateway, reason: str, counted_as: str) -> Accepted:
    gateway.counts[pagerduty.SOURCE, counted_as] += 1
    return Accepted(ignored=reason)
