"""POST /webhooks/slack: what people press, type and fill in there. Verified here; what it means, `chat` knows."""

from collections.abc import Sequence
from typing import Protocol

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import JsonValue

from starter.gateway.accepted import REFUSALS
from starter.gateway.admission import Admission, in_time
from starter.sources import verify
from starter.sources.reading import Reading, Unreadable
from starter.sources.refusal import Refusal
from starter.sources.source import Source

SOURCE = Source(
    name="slack",
    about="Slack's interactions, slash commands and events. Each is signed. An answer other than an error says that "
    "Temporal has what somebody did.",
    translate=lambda _: Reading(ignored="a press"),
    is_genuine=verify.slack,
    secrets="slack_signing_secret",
    group_is="the press",
    examples={},
    answer_within_s=2.8,
)


class PressedChat(Protocol):
    """The chat whose presses arrive here."""

    async def receive(self, body: bytes, content_type: str) -> JsonValue:
        """The answer to a genuine request; None: an empty one. Raises Unreadable, Refusal."""
        ...

    def problems(self) -> Sequence[str]:
        """Why people cannot be asked or answered there."""
        ...


def router(admission: Admission, chat: PressedChat | None) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])

    @routes.post("/webhooks/slack", description=SOURCE.about, responses=REFUSALS)
    async def slack_webhook(request: Request) -> Response:
        if chat is None or not admission.secrets(SOURCE):  # an unsigned press proves nobody, wherever it is from
            raise Refusal(403, f"this route is closed: set TOCSIN_SLACK_TOKEN and {SOURCE.setting}")
        async with in_time(SOURCE):
            webhook = await admission.webhook(request, SOURCE)
            try:
                answer = await chat.receive(webhook.body, webhook.headers.get("content-type", ""))
            except Unreadable as error:
                admission.outcomes.unusable(SOURCE, webhook, error)
                raise
        admission.outcomes.count(SOURCE, "accepted")
        return Response() if answer is None else JSONResponse(answer)

    return routes
