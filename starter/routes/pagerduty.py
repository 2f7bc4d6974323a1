"""POST /webhooks/pagerduty"""

import structlog
from fastapi import APIRouter, Request

from starter.answers import NothingOpen
from starter.gateway import Gateway, in_time
from starter.pagerduty_alerts import alert_keys
from starter.pagerduty_rings import Ignored, Report, report, workflow_of
from starter.routes.accepted import REFUSALS, Accepted
from starter.routes.alerts import described
from starter.sources.pagerduty import SOURCE

log = structlog.get_logger()


def router(gateway: Gateway) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])

    @routes.post(
        "/webhooks/pagerduty",
        status_code=202,
        description=SOURCE.about,
        responses=REFUSALS,
        openapi_extra=described(SOURCE),
    )
    async def pagerduty_webhook(request: Request) -> Accepted:
        async with in_time():
            found = report(await gateway.webhook(request, SOURCE))
            if isinstance(found, Ignored):
                return _ignored(gateway, found.reason, "ignored")
            return await _pass_on(gateway, found)

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
    gateway.counts[SOURCE.name, "accepted"] += 1
    log.info("handed on", source=SOURCE.name, kind=report.kind.__name__, by=report.by, incidents=told)
    return Accepted(accepted=1, incident=told[0], incidents=told)


async def _rings(gateway: Gateway, report: Report) -> dict[str, str]:
    """Workflow id -> vendor key. Several when somebody merged our incidents over there."""
    keys: tuple[str | None, ...] = (report.incident_key,)
    if not workflow_of(report.incident_key):
        keys = await alert_keys(gateway.settings, report.pagerduty_id)
    return {workflow: key for key in keys if key and (workflow := workflow_of(key))}


def _ignored(gateway: Gateway, reason: str, counted_as: str) -> Accepted:
    gateway.counts[SOURCE.name, counted_as] += 1
    return Accepted(ignored=reason)
