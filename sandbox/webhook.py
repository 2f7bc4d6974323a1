"""A receiver of outgoing webhooks, as Standard Webhooks has it: it checks who signed, and takes each id once.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from sandbox.ids import WEBHOOK_SECRET
from sandbox.vendor_error import VendorError

WEBHOOK_BYTES = 256 * 1024


class WebhookMessage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str
    data: dict[str, JsonValue]


@dataclass(frozen=True)
class TakenWebhook:
    id: str
    at: datetime
    to: str
    type: str
    data: dict[str, JsonValue]


class WebhookReceiver:
    def __init__(self) -> None:
        self.taken: list[TakenWebhook] = []

    def reset(self) -> None:
        self.taken.clear()

    async def receive(self, to: str, request: Request) -> dict[str, bool]:
        body = await request.body()
        if len(body) > WEBHOOK_BYTES:
            raise _refused(413, "too long")
        try:
            Webhook(WEBHOOK_SECRET).verify(body, dict(request.headers))
        except WebhookVerificationError as error:
            raise _refused(401, str(error)) from None
        try:
            message = WebhookMessage.model_validate(json.loads(body))
        except (ValueError, ValidationError):
            raise _refused(400, "no message") from None
        key = request.headers["webhook-id"]
        if key not in {each.id for each in self.taken}:
            self.taken.append(TakenWebhook(key, datetime.now(UTC), to, message.type, message.data))
        return {"ok": True}


def router(receiver: WebhookReceiver) -> APIRouter:
    api = APIRouter(prefix="/webhook", tags=["Webhook"])
    api.add_api_route("/{to}", receiver.receive, methods=["POST"])
    return api


def _refused(status: int, error: str) -> VendorError:
    return VendorError(status, {"error": error})
