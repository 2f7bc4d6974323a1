"""PagerDuty's Events API v2 over HTTP: https://developer.pagerduty.com/docs/send-alert-event"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from sandbox.pagerduty import SandboxPager
from sandbox.vendor_error import VendorError

DedupKey = Annotated[str, Field(min_length=1, max_length=255)]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


Uri = Annotated[
    str,
    Field(
        pattern=r"^https?://([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?"
        r"([/?#]([A-Za-z0-9._~!$&'()*+,;=:@/?#-]|%[0-9A-Fa-f]{2})*)?$"
    ),
]
"""As the published schema has it, `format: uri`: https://www.rfc-editor.org/rfc/rfc3986"""


class Payload(_Sent):
    summary: str = Field(min_length=1, max_length=1024)
    source: str = Field(min_length=1)
    severity: Literal["critical", "error", "warning", "info"]
    timestamp: datetime | None = None
    component: str | None = None
    group: str | None = None
    class_: str | None = Field(None, alias="class")
    custom_details: dict[str, JsonValue] | None = None


class EventLink(_Sent):
    href: Uri
    text: str | None = None


class EventImage(_Sent):
    src: Uri
    href: Uri | None = None
    alt: str | None = None


class TriggerEvent(_Sent):
    event_action: Literal["trigger"]
    routing_key: str = Field(min_length=1)
    dedup_key: DedupKey = Field(default_factory=lambda: uuid4().hex)
    payload: Payload
    client: str | None = None
    client_url: Uri | None = None
    links: list[EventLink] = []
    images: list[EventImage] = []


class AlertChange(_Sent):
    event_action: Literal["acknowledge", "resolve"]
    routing_key: str = Field(min_length=1)
    dedup_key: DedupKey


_EVENT: TypeAdapter[TriggerEvent | AlertChange] = TypeAdapter(
    Annotated[TriggerEvent | AlertChange, Field(discriminator="event_action")]
)


def router(pager: SandboxPager) -> APIRouter:
    async def enqueue(request: Request) -> dict[str, str]:
        event = _parse(await request.body())
        if event.routing_key.startswith("R0BAD"):
            raise _invalid("Invalid routing key")
        if isinstance(event, TriggerEvent):
            pager.trigger(event.routing_key, event.dedup_key, event.payload.summary, event.payload.severity)
        else:
            pager.event(event.event_action, event.routing_key, event.dedup_key)
        return {"status": "success", "message": "Event processed", "dedup_key": event.dedup_key}

    api = APIRouter(prefix="/pagerduty/events/v2", tags=["PagerDuty Events API v2"])
    api.add_api_route("/enqueue", enqueue, methods=["POST"], status_code=202)
    return api


def _parse(body: bytes) -> TriggerEvent | AlertChange:
    try:
        return _EVENT.validate_json(body)
    except ValidationError as error:
        # The first part of a place is the action.
        raise _invalid(*(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors())) from None


def _invalid(*errors: str) -> VendorError:
    return VendorError(400, {"status": "invalid event", "message": "Event object is invalid", "errors": list(errors)})
