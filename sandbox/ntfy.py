"""ntfy in memory and over HTTP: https://docs.ntfy.sh/publish/, https://docs.ntfy.sh/subscribe/api/"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

import httpx
from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sandbox.ids import new_id
from sandbox.vendor_error import VendorError

PRESS_WITHIN_S = 10
TAKEN_TOPIC_NAME = re.compile(r"[-_A-Za-z0-9]{1,64}")
MESSAGE_BYTES = 4096
"""A longer one becomes a file, which only a server with attachments takes. Of the JSON around it twice that is read."""


class ViewAction(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    action: Literal["view"]
    label: str
    url: str


class HttpAction(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    action: Literal["http"]
    label: str
    url: str
    method: Literal["GET", "POST", "PUT"] = "POST"
    clear: bool = False


NtfyAction = Annotated[ViewAction | HttpAction, Field(discriminator="action")]


class NtfyPublication(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: str
    title: str = ""
    message: str = ""
    priority: Literal[1, 2, 3, 4, 5] = 3
    tags: tuple[str, ...] = ()
    click: str = ""
    actions: tuple[NtfyAction, ...] = ()


@dataclass(frozen=True)
class Notification:
    """What a subscriber's phone shows. `time` is in seconds."""

    id: str
    time: int
    topic: str
    title: str
    message: str
    priority: int
    tags: tuple[str, ...]
    click: str
    actions: tuple[NtfyAction, ...]
    event: str = "message"


_NOTIFICATION = TypeAdapter(Notification)


class NtfyTopics:
    def __init__(self) -> None:
        self.notifications: list[Notification] = []

    def reset(self) -> None:
        self.notifications.clear()

    async def publish(self, request: Request) -> Notification:
        wanted = _parse(await request.body())
        notification = Notification(
            new_id(), int(datetime.now(UTC).timestamp()), wanted.topic, wanted.title, wanted.message or "triggered",
            wanted.priority, wanted.tags, wanted.click, wanted.actions,
        )  # fmt: skip
        self.notifications.append(notification)
        return notification

    async def press(self, notification_id: str, number: int) -> int | None:
        """A thumb on a button that sends a request, as the phone's app does it: the answer's status. None: no such
        button, or nobody at its address."""
        shown = next((each for each in self.notifications if each.id == notification_id), None)
        action = shown.actions[number] if shown and number < len(shown.actions) else None
        if not isinstance(action, HttpAction):
            return None
        try:
            async with httpx.AsyncClient(timeout=PRESS_WITHIN_S) as http:
                return (await http.request(action.method, action.url)).status_code
        except httpx.HTTPError:
            return None

    async def poll(self, topic: str, since: str = "all") -> PlainTextResponse:
        """What is kept, one JSON object a line. The sandbox holds no connection open: it answers as with `poll=1`."""
        if since != "all" and not since.isdecimal():
            raise _refused(400, 40008, "invalid since parameter")
        earliest = 0 if since == "all" else int(since)
        found = [each for each in self.notifications if each.topic == topic and each.time >= earliest]
        lines = [_NOTIFICATION.dump_json(each).decode() + "\n" for each in found]
        return PlainTextResponse("".join(lines), media_type="application/x-ndjson")


def router(topics: NtfyTopics) -> APIRouter:
    api = APIRouter(prefix="/ntfy", tags=["ntfy"], dependencies=[Depends(_check_token)])
    api.add_api_route("/", topics.publish, methods=["POST"])
    api.add_api_route("/{topic}/json", topics.poll, methods=["GET"])
    return api


async def _check_token(authorization: Annotated[str, Header()] = "") -> None:
    """Anybody may publish to a topic that nobody has reserved; a token that is not known is refused."""
    if authorization and (not authorization.startswith("Bearer ") or authorization == "Bearer bad"):
        raise _refused(401, 40101, "unauthorized")


def _parse(body: bytes) -> NtfyPublication:
    if len(body) > 2 * MESSAGE_BYTES:
        raise _refused(413, 41303, "JSON body too large")
    try:
        wanted = NtfyPublication.model_validate_json(body)
    except ValidationError:
        raise _refused(400, 40017, "invalid request: request body must be message JSON") from None
    if not TAKEN_TOPIC_NAME.fullmatch(wanted.topic):
        raise _refused(400, 40009, "invalid request: topic invalid")
    if len(wanted.actions) > 3:
        raise _refused(400, 40018, "invalid request: actions invalid")
    if len(wanted.message.encode()) > MESSAGE_BYTES:
        raise _refused(400, 40014, "invalid request: attachments not allowed")
    return wanted


def _refused(status: int, code: int, error: str) -> VendorError:
    return VendorError(status, {"code": code, "http": status, "error": error})
