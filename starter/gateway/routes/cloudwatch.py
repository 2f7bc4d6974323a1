"""POST /webhooks/cloudwatch: what SNS delivers. The certificate is fetched before anything is believed."""

from dataclasses import replace

import structlog
from fastapi import APIRouter, Request

from starter.gateway.gateway import Gateway, in_time
from starter.gateway.routes.accepted import REFUSALS, Accepted
from starter.gateway.routes.alerts import QUERY, described, take
from starter.sources import sns
from starter.sources.cloudwatch import SOURCE
from starter.sources.reading import Unreadable, Webhook

log = structlog.get_logger()


def router(gateway: Gateway) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])

    @routes.post(
        "/webhooks/cloudwatch",
        status_code=202,
        description=f"{SOURCE.about}\n\n{QUERY}",
        responses=REFUSALS,
        openapi_extra=described(SOURCE),
    )
    async def cloudwatch_webhook(request: Request, runbook: str | None = None) -> Accepted:
        async with in_time(SOURCE):
            webhook = await gateway.read(request, SOURCE)
            envelope = await _admit(gateway, webhook)
            if envelope and envelope.Type == "SubscriptionConfirmation":
                return await _confirm(gateway, envelope)
            return await take(gateway, SOURCE, webhook, runbook)

    return routes


async def _admit(gateway: Gateway, webhook: Webhook) -> sns.Envelope | None:
    """None: it cannot be read, and nobody asks for a proof. Raises Refusal, Unreadable.

    Nothing is fetched for a topic that is not ours, or from elsewhere than AWS.
    """
    topics = gateway.secrets(SOURCE)
    try:
        envelope = sns.read(webhook)
    except Unreadable as error:
        if topics:  # the proof would stand in it
            gateway.unusable(SOURCE, webhook, error)
            raise
        return None
    address = sns.certificate_address(envelope)
    certificate = await gateway.sns.certificate(address) if address and sns.is_of(envelope, topics) else b""
    gateway.admit(webhook, replace(SOURCE, is_genuine=sns.signed_with(certificate)))
    return envelope


async def _confirm(gateway: Gateway, envelope: sns.Envelope) -> Accepted:
    address = sns.confirmation_address(envelope)
    if address is None or not gateway.secrets(SOURCE):
        return Accepted(ignored=f"not confirmed: set {SOURCE.setting}, and the address must be one of AWS")
    await gateway.sns.confirm(address)
    log.info("subscription confirmed", source=SOURCE.name, topic=envelope.TopicArn)
    return Accepted(ignored="subscription confirmed")
