"""PagerDuty's webhook subscriptions: https://developer.pagerduty.com/api-reference, Webhooks

The secret is in the answer that makes one, and in no other. Three drops in a row disable it, and drop what waits.
"""

from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field

from sandbox import pagerduty_json
from sandbox.ids import new_id
from sandbox.pagerduty_json import Json
from sandbox.pagerduty_parsing import parsed, rest_error
from sandbox.webhooks import SubscriberTally, Webhooks


class _Subscribed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class DeliveryMethod(_Subscribed):
    type: Literal["http_delivery_method"]
    url: AnyHttpUrl


class SubscriptionFilter(_Subscribed):
    type: Literal["account_reference", "service_reference", "team_reference"]


class NewSubscription(_Subscribed):
    type: Literal["webhook_subscription"]
    delivery_method: DeliveryMethod
    description: str = ""
    events: list[str] = Field(min_length=1)
    filter: SubscriptionFilter


class SubscriptionBody(_Subscribed):
    webhook_subscription: NewSubscription


class EventsBody(_Subscribed):
    events: list[str] = Field(min_length=1)


class ChangedSubscriptionBody(_Subscribed):
    webhook_subscription: EventsBody


def subscriptions_router(webhooks: Webhooks) -> APIRouter:
    api = APIRouter(prefix="/webhook_subscriptions", tags=["PagerDuty REST API"])

    def known(subscription_id: str) -> SubscriberTally:
        found = next((each for each in webhooks.tallies() if each.id == subscription_id), None)
        if found is None:
            raise rest_error(404, 2100, "Not Found")
        return found

    async def make(request: Request) -> Json:
        wanted = parsed(SubscriptionBody, await request.body()).webhook_subscription
        secret = f"{uuid4().hex}{uuid4().hex}"
        tally = webhooks.subscribe(str(wanted.delivery_method.url), secret, tuple(wanted.events))
        made = _json(tally)
        method = {"type": "http_delivery_method", "url": tally.url, "secret": secret, "custom_headers": []}
        return {"webhook_subscription": {**made, "delivery_method": method}}

    async def listed() -> Json:
        found = [_json(each) for each in webhooks.tallies()]
        return {"webhook_subscriptions": found, "limit": 25, "offset": 0, "more": False, "total": None}

    async def change(subscription_id: str, request: Request) -> Json:
        tally = known(subscription_id)
        tally.events = tuple(parsed(ChangedSubscriptionBody, await request.body()).webhook_subscription.events)
        return {"webhook_subscription": _json(tally)}

    async def ping(subscription_id: str) -> Response:
        known(subscription_id)
        webhooks.ping(subscription_id, pagerduty_json.ping(new_id(), datetime.now(UTC)))
        return Response(status_code=202)

    async def enable(subscription_id: str) -> Json:
        tally = known(subscription_id)
        tally.active = True
        return {"webhook_subscription": _json(tally)}

    api.add_api_route("", make, methods=["POST"], status_code=201)
    api.add_api_route("", listed, methods=["GET"])
    api.add_api_route("/{subscription_id}", change, methods=["PUT"])
    api.add_api_route("/{subscription_id}/ping", ping, methods=["POST"])
    api.add_api_route("/{subscription_id}/enable", enable, methods=["POST"])
    return api


def _json(tally: SubscriberTally) -> Json:
    return {
        "id": tally.id,
        "type": "webhook_subscription",
        "active": tally.active,
        "description": "",
        "delivery_method": {"type": "http_delivery_method", "url": tally.url, "secret": None, "custom_headers": []},
        "events": list(tally.events),
        "filter": {"type": "account_reference", "id": None},
    }
