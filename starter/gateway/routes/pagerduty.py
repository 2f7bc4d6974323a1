"""POST /webhooks/pagerduty: what people do to our rings there, and the incidents that others open there."""

import structlog
from fastapi import APIRouter, Request

from starter.gateway.gateway import Gateway, in_time
from starter.gateway.routes.accepted import REFUSALS, Accepted
from starter.gateway.routes.alerts import QUERY, accept, described, take
from starter.intake.grouping import workflow_id
from starter.intake.ours import PAGE
from starter.intake.pagerduty_alerts import alert_keys
from starter.intake.pagerduty_rings import Ignored, Report, report
from starter.intake.translating import unreadable
from starter.sources.pagerduty import ENDS, FIRES, SOURCE, WebhookIncident, is_page, read, workflow_of
from starter.sources.reading import Unreadable, Webhook
from starter.sources.refusal import Refusal
from starter.temporal.results import NothingOpen
from workflows.policy.incident.events import Noted

log = structlog.get_logger()


def router(gateway: Gateway) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])

    @routes.post(
        "/webhooks/pagerduty",
        status_code=202,
        description=f"{SOURCE.about}\n\n{QUERY}",
        responses=REFUSALS,
        openapi_extra=described(SOURCE),
    )
    async def pagerduty_webhook(request: Request, runbook: str | None = None) -> Accepted:
        async with in_time(SOURCE):
            return await _hear(gateway, await gateway.webhook(request, SOURCE), runbook)

    return routes


async def _hear(gateway: Gateway, webhook: Webhook, runbook: str | None) -> Accepted:
    try:
        found = report(webhook)
        _, incident = read(webhook, FIRES + ENDS)
    except Unreadable as error:
        return await accept(gateway, SOURCE, webhook, unreadable(SOURCE, webhook, error), runbook)
    if isinstance(found, Report) and (rings := await _rings_of(gateway, found)):
        return await _tell(gateway, found, rings)
    if incident is None:
        return await _tell_theirs(gateway, found)
    if why := await _why_not_theirs(gateway, incident):
        return _ignored(gateway, why, "ignored")
    return await take(gateway, SOURCE, webhook, runbook)


async def _tell_theirs(gateway: Gateway, found: Report | Ignored) -> Accepted:
    """Somebody acknowledges what others opened: so the incident that it opened here is acknowledged."""
    if isinstance(found, Ignored):
        return _ignored(gateway, found.reason, "ignored")
    theirs = workflow_id(SOURCE.name, "", found.pagerduty_id or "")
    accepted = await _tell(gateway, found, {theirs: ""})
    return accepted if accepted.accepted else _ignored(gateway, "not ours", "not_ours")


async def _tell(gateway: Gateway, report: Report, rings: dict[str, str]) -> Accepted:
    told = []
    for workflow, ring in rings.items():
        try:
            await gateway.incidents.tell(workflow, report.event(ring))
        except NothingOpen:
            continue
        told.append(workflow)
    if not told:
        return _ignored(gateway, "nothing open", "nothing_open")
    gateway.counts[SOURCE.name, "accepted"] += 1
    log.info("handed on", source=SOURCE.name, kind=report.kind.__name__, by=report.by, incidents=told)
    return Accepted(accepted=1, incident=told[0], incidents=told)


async def _rings_of(gateway: Gateway, found: Report) -> dict[str, str]:
    """Nobody waits for a note: PagerDuty is asked whose it is only if it does not say, and not a second time."""
    if found.kind is not Noted:
        return await _rings(gateway, found.incident_key, found.pagerduty_id)
    if found.incident_key:
        return {workflow: found.incident_key} if (workflow := workflow_of(found.incident_key)) else {}
    try:
        return await _rings(gateway, None, found.pagerduty_id)
    except Refusal as refusal:
        log.info("a note was not told", source=SOURCE.name, problem=str(refusal))
        return {}


async def _rings(gateway: Gateway, key: str | None, pagerduty_id: str | None) -> dict[str, str]:
    """Workflow id -> vendor key. Several when somebody merged our incidents over there."""
    keys: tuple[str | None, ...] = (key,)
    if not workflow_of(key):
        keys = await alert_keys(gateway.settings, pagerduty_id)
    return {workflow: key for key in keys if key and (workflow := workflow_of(key))}


async def _why_not_theirs(gateway: Gateway, incident: WebhookIncident) -> str:
    """A page of ours must never open an incident, which would page. In doubt it is ours."""
    if incident.incident_key:
        return PAGE if is_page(incident.incident_key) else ""
    if gateway.settings.pagerduty_api_token is None:
        return "it has no incident_key: set TOCSIN_PAGERDUTY_API_TOKEN, to ask PagerDuty whose it is"
    keys = await alert_keys(gateway.settings, incident.id)
    return PAGE if any(map(is_page, keys)) else ""


def _ignored(gateway: Gateway, reason: str, counted_as: str) -> Accepted:
    gateway.counts[SOURCE.name, counted_as] += 1
    return Accepted(ignored=reason)
