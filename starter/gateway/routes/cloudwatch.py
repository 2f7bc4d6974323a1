"""POST /webhooks/cloudwatch: what SNS delivers. The certificate is fetched before anything is believed."""

from dataclasses import replace

import structlog
from fastapi import APIRouter, Request

from starter.gateway.accepted import REFUSALS, Accepted
from starter.gateway.admission import Admission, in_time
from starter.gateway.pipeline import Pipeline
from starter.gateway.routes.alerts import QUERY_PARAMETERS, described
from starter.gateway.strangers_calls import StrangersCalls
from starter.sources import sns
from starter.sources.cloudwatch import SOURCE
from starter.sources.reading import Unreadable, Webhook
from starter.sources.sns_calls import SnsCalls

log = structlog.get_logger()


def router(admission: Admission, pipeline: Pipeline, calls: SnsCalls) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])
    turns = StrangersCalls()

    @routes.post(
        "/webhooks/cloudwatch",
        status_code=202,
        description=f"{SOURCE.about}\n\n{QUERY_PARAMETERS}",
        responses=REFUSALS,
        openapi_extra=described(SOURCE),
    )
    async def cloudwatch_webhook(request: Request, runbook: str | None = None) -> Accepted:
        async with in_time(SOURCE):
            webhook = await admission.read(request, SOURCE)
            envelope = await _admit(admission, calls, turns, webhook)
            if envelope and envelope.Type == "SubscriptionConfirmation":
                return await _confirm(admission, calls, envelope)
            return await pipeline.take(SOURCE, webhook, runbook)

    return routes


async def _admit(admission: Admission, calls: SnsCalls, turns: StrangersCalls, webhook: Webhook) -> sns.Envelope | None:
    """None: it cannot be read, and nobody asks for a proof. Raises Refusal, Unreadable.

    Nothing is fetched for a topic that is not ours, or from elsewhere than AWS.
    """
    topics = admission.secrets(SOURCE)
    try:
        envelope = await admission.beside.do(SOURCE.name, webhook.body, lambda: sns.read(webhook))
    except Unreadable as error:
        if topics:  # the proof would stand in it
            admission.outcomes.unusable(SOURCE, webhook, error)
            raise
        return None
    address = sns.certificate_address(envelope) if sns.is_of(envelope, topics) else None
    certificate = calls.kept(address) if address else b""
    if address and not certificate:
        async with turns.turn(webhook.sender):
            certificate = await calls.certificate(address)
    signed = replace(SOURCE, is_genuine=sns.signed_with(certificate))
    await admission.beside.do(SOURCE.name, webhook.body, lambda: admission.admit(webhook, signed))
    return envelope


async def _confirm(admission: Admission, calls: SnsCalls, envelope: sns.Envelope) -> Accepted:
    address = sns.confirmation_address(envelope)
    if address is None or not admission.secrets(SOURCE):
        return Accepted(ignored=f"not confirmed: set {SOURCE.setting}, and the address must be one of AWS")
    await calls.confirm(address)
    log.info("subscription confirmed", source=SOURCE.name, topic=envelope.TopicArn)
    return Accepted(ignored="subscription confirmed")
