"""POST /webhooks/pagerduty: what people do to our rings there, and the incidents that others open there."""

from dataclasses import dataclass

import structlog
from fastapi import APIRouter, Request

from settings import Settings
from starter.gateway.accepted import REFUSALS, Accepted
from starter.gateway.admission import Admission, in_time
from starter.gateway.outcomes import Outcomes
from starter.gateway.pipeline import Pipeline
from starter.gateway.routes.alerts import QUERY_PARAMETERS, described
from starter.intake.identity import workflow_id
from starter.intake.ours import OUR_PAGE
from starter.intake.pagerduty_alerts import alert_keys
from starter.intake.pagerduty_rings import IgnoredRing, Report, RingEvent, for_review, report
from starter.intake.translating import unreadable
from starter.sources.pagerduty import FIRING_EVENTS, RESOLVING_EVENTS, SOURCE, WebhookIncident, read
from starter.sources.reading import Unreadable, Webhook
from starter.sources.refusal import Refusal
from starter.temporal.incidents import Incidents
from starter.temporal.results import NothingOpen
from starter.temporal.rings import is_legal_page, workflow_of_ring
from workflows.policy.incident.events import Noted, Reopened
from workflows.policy.keys.vendor_keys import is_page, parts_of, workflow_of
from workflows.policy.keys.workflow_ids import is_review, review_of

log = structlog.get_logger()


def router(admission: Admission, pipeline: Pipeline, incidents: Incidents, settings: Settings) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])
    receiver = _Receiver(pipeline, incidents, settings, admission.outcomes)

    @routes.post(
        "/webhooks/pagerduty",
        status_code=202,
        description=f"{SOURCE.about}\n\n{QUERY_PARAMETERS}",
        responses=REFUSALS,
        openapi_extra=described(SOURCE),
    )
    async def pagerduty_webhook(request: Request, runbook: str | None = None) -> Accepted:
        async with in_time(SOURCE):
            return await receiver.receive(await admission.webhook(request, SOURCE), runbook)

    return routes


@dataclass(frozen=True)
class _Receiver:
    pipeline: Pipeline
    incidents: Incidents
    settings: Settings
    outcomes: Outcomes

    async def receive(self, webhook: Webhook, runbook: str | None) -> Accepted:
        try:
            found, incident = await self.pipeline.beside.do(SOURCE.name, webhook.body, lambda: self._read(webhook))
        except Unreadable as error:
            return await self.pipeline.accept(SOURCE, webhook, unreadable(SOURCE, webhook, error), runbook)
        if isinstance(found, Report) and (rings := await _rings_of(self.settings, found)):
            return await self._signal(found, rings)
        if incident is None:
            return await self._signal_theirs(found)
        if why := await _why_not_theirs(self.settings, incident):
            return self._ignored(why, "ignored")
        return await self.pipeline.take(SOURCE, webhook, runbook)

    async def _signal_theirs(self, found: Report | IgnoredRing) -> Accepted:
        """Somebody acknowledges what others opened: so the incident that it opened here is acknowledged."""
        if isinstance(found, IgnoredRing):
            return self._ignored(found.reason, "ignored")
        theirs = workflow_id(SOURCE.name, "", found.pagerduty_id or "")
        accepted = await self._signal(found, {theirs: ""})
        return accepted if accepted.accepted else self._ignored("not ours", "not_ours")

    async def _signal(self, report: Report, rings: dict[str, str]) -> Accepted:
        signalled = []
        for workflow, ring in rings.items():
            try:
                signalled.append(await self._signal_one(workflow, report.event(ring), ring))
            except NothingOpen:
                continue
        if not signalled:
            return self._ignored("nothing open", "nothing_open")
        self.outcomes.count(SOURCE, "accepted")
        log.info("handed on", source=SOURCE.name, kind=report.kind.__name__, by=report.by, incidents=signalled)
        return Accepted(accepted=1, incident=signalled[0], incidents=signalled)

    async def _signal_one(self, workflow: str, event: RingEvent, ring: str) -> str:
        """Which that was: the incident, or its review. Raises NothingOpen."""
        is_legal = is_legal_page(ring)
        if is_legal:
            workflow = await workflow_of_ring(self.incidents, ring)
        late = for_review(event, is_legal=is_legal) if ring else None
        if not is_review(workflow):
            try:
                await self.incidents.signal(workflow, event)
            except NothingOpen:
                if late is None:
                    raise
            else:
                return workflow
        if late is None:
            raise NothingOpen(f"{workflow} does not take that")
        review = review_of(parts_of(ring)[1])
        await self.incidents.signal(review, late)
        return review

    def _read(self, webhook: Webhook) -> tuple[Report | IgnoredRing, WebhookIncident | None]:
        """What happened to a ring of ours, and the incident if it may be somebody else's. Raises Unreadable."""
        found = report(webhook, self.pipeline.redact)
        return found, read(webhook, FIRING_EVENTS + RESOLVING_EVENTS)[1]

    def _ignored(self, reason: str, counted_as: str) -> Accepted:
        self.outcomes.count(SOURCE, counted_as)
        return Accepted(ignored=reason)


async def _rings_of(settings: Settings, found: Report) -> dict[str, str]:
    """PagerDuty is asked whose a note or a reopening is only if it does not say. Nobody waits for a note, so that it is
    not asked a second time; a reopening of what others opened is an alert, which waits for nothing."""
    if found.kind not in (Noted, Reopened):
        return await _rings(settings, found.incident_key, found.pagerduty_id)
    if found.incident_key:
        return {workflow: found.incident_key} if (workflow := workflow_of(found.incident_key)) else {}
    if found.kind is Reopened:
        return await _rings(settings, None, found.pagerduty_id)
    try:
        return await _rings(settings, None, found.pagerduty_id)
    except Refusal as refusal:
        log.info("a note was not told", source=SOURCE.name, problem=str(refusal))
        return {}


async def _rings(settings: Settings, key: str | None, pagerduty_id: str | None) -> dict[str, str]:
    """Workflow id -> vendor key. Several when somebody merged our incidents over there."""
    keys: tuple[str | None, ...] = (key,)
    if not workflow_of(key):
        keys = await alert_keys(settings, pagerduty_id)
    return {workflow: key for key in keys if key and (workflow := workflow_of(key))}


async def _why_not_theirs(settings: Settings, incident: WebhookIncident) -> str:
    """A page of ours must never open an incident, which would page. In doubt it is ours."""
    if incident.incident_key:
        return OUR_PAGE if is_page(incident.incident_key) else ""
    if settings.pagerduty_api_token is None:
        return "it has no incident_key: set TOCSIN_PAGERDUTY_API_TOKEN, to ask PagerDuty whose it is"
    keys = await alert_keys(settings, incident.id)
    return OUR_PAGE if any(map(is_page, keys)) else ""
