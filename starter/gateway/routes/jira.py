"""POST /webhooks/jira: what people do to our tickets there."""

from fastapi import APIRouter, Request

from starter.gateway.accepted import REFUSALS, Accepted
from starter.gateway.admission import Admission, in_time
from starter.intake.jira_tickets import TicketDone, done
from starter.sources import verify
from starter.sources.reading import Reading, Unreadable, Webhook
from starter.sources.source import Source
from starter.temporal.incidents import Incidents
from starter.temporal.results import LookupFailed, NothingOpen
from workflows.policy.keys import workflow_ids

SOURCE = Source(
    name="jira",
    about="Jira's webhooks for updated issues. A follow-up whose ticket is moved to a status that is done, is done.",
    translate=lambda _: Reading(ignored="a ticket"),
    is_genuine=verify.signature("X-Hub-Signature", "sha256="),
    secrets="jira_webhook_secrets",
    group_is="the ticket",
    examples={},
)


def router(admission: Admission, incidents: Incidents) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])

    @routes.post("/webhooks/jira", status_code=202, description=SOURCE.about, responses=REFUSALS)
    async def jira_webhook(request: Request) -> Accepted:
        async with in_time(SOURCE):
            found = await _read(admission, await admission.webhook(request, SOURCE))
            if isinstance(found, str):
                admission.outcomes.count(SOURCE, "ignored")
                return Accepted(ignored=found)
            try:
                workflow = await _signal(incidents, found)
            except (NothingOpen, LookupFailed):
                admission.outcomes.count(SOURCE, "nothing_open")
                return Accepted(ignored="neither it nor its review is open")
            admission.outcomes.count(SOURCE, "accepted")
            return Accepted(accepted=1, incident=workflow, incidents=[workflow])

    return routes


async def _read(admission: Admission, webhook: Webhook) -> TicketDone | str:
    """Raises Unreadable: that somebody closed a ticket is no reason to page, nor is that we cannot read it."""
    try:
        return await admission.beside.do(SOURCE.name, webhook.body, lambda: done(webhook))
    except Unreadable as error:
        admission.outcomes.unusable(SOURCE, webhook, error)
        raise


async def _signal(incidents: Incidents, found: TicketDone) -> str:
    """Its review, or as long as there is none the incident: whichever was told. Raises NothingOpen, LookupFailed."""
    review = workflow_ids.review_of(found.incident)
    try:
        await incidents.signal(review, found.event())
    except NothingOpen:
        incident = (await incidents.find(found.incident)).workflow_id
        await incidents.signal(incident, found.event())
        return incident
    return review
