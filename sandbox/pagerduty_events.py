"""PagerDuty's Events API v2 over HTTP: https://developer.pagerduty.com/docs/send-alert-event"""

from typing import Literal, Self
from uuid import uuid4

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sandbox.pagerduty import Pager
from sandbox.vendor_error import VendorError


class Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    summary: str = Field(min_length=1, max_length=1024)
    source: str = Field(min_length=1)
    severity: Literal["critical", "error", "warning", "info"]


class Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    routing_key: str = Field(min_length=1)
    event_action: Literal["trigger", "acknowledge", "resolve"]
    dedup_key: str | None = Field(None, min_length=1, max_length=255)
    payload: Payload | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.event_action == "trigger" and self.payload is None:
            raise ValueError("payload is missing or blank")
        if self.event_action != "trigger" and self.dedup_key is None:
            raise ValueError("dedup_key is missing or blank")
        return self


def router(pager: Pager) -> APIRouter:
    async def enqueue(request: Request) -> dict[str, str]:
        event = _parse(await request.body())
        if event.routing_key.startswith("R0BAD"):
            raise _invalid("Invalid routing key")
        key = event.dedup_key or uuid4().hex
        if event.event_action == "trigger":
            assert event.payload is not None
            pager.trigger(event.routing_key, key, event.payload.summary, event.payload.severity)
        else:
            pager.event(event.event_action, event.routing_key, key)
        return {"status": "success", "message": "Event processed", "dedup_key": key}

    api = APIRouter(prefix="/pagerduty/events/v2", tags=["PagerDuty Events API v2"])
    api.add_api_route("/enqueue", enqueue, methods=["POST"], status_code=202)
    return api


def _parse(body: bytes) -> Event:
    try:
        return Event.model_validate_json(body)
    except ValidationError as error:
        raise _invalid(*(f"'{'.'.join(map(str, e['loc']))}' {e['msg']}".lstrip("' ") for e in error.errors())) from None


def _invalid(*errors: str) -> VendorError:
    return VendorError(400, {"status": "invalid event", "message": "Event object is invalid", "errors": list(errors)})
