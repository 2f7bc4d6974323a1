"""Twilio's messages in memory and over HTTP: https://www.twilio.com/docs/messaging/api/message-resource

A reply goes to the app as Twilio sends it: a form, signed over the address and its fields.
https://www.twilio.com/docs/usage/security#validating-requests
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Literal
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import httpx
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel, ConfigDict, JsonValue

from sandbox.ids import SANDBOX_NUMBER, new_id
from sandbox.vendor_error import VendorError

BAD_AUTH_TOKEN = "bad-auth-token"  # noqa: S105 (one that Twilio does not know, for tests)
UNREACHED = "+15005550009"
"""At this number nobody answers, and nothing arrives."""
TEXT_CHARACTERS = 1600
REPLY_WITHIN_S = 15
"""Twilio waits as long."""
A_THUMB_TAKES = timedelta(seconds=1)


@dataclass(frozen=True)
class TwilioApp:
    """Whose number it is: where replies go, and what signs them."""

    url: str | None = None
    auth_token: str = "sandbox"  # noqa: S105 (of the sandbox alone)


@dataclass
class TextMessage:
    sid: str
    to: str
    sender: str
    body: str
    direction: Literal["outbound-api", "outbound-reply", "inbound"]
    status: str
    error_code: int | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class PhoneReply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str


class TextFromPhone(PhoneReply):
    """One that nobody is told of: it is only kept."""

    sender: str
    at: datetime


class TwilioPhones:
    def __init__(self, app: TwilioApp) -> None:
        self.app = app
        self.texts: list[TextMessage] = []

    def reset(self) -> None:
        self.texts.clear()

    async def send(self, request: Request) -> dict[str, JsonValue]:
        form = dict(parse_qsl((await request.body()).decode()))
        to, body, sender = form.get("To", ""), form.get("Body", ""), form.get("From", "")
        if not re.fullmatch(r"\+[1-9]\d{6,14}", to):
            raise refused_by_twilio(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if not body or len(body) > TEXT_CHARACTERS:
            raise refused_by_twilio(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if not (sender or "MessagingServiceSid" in form):
            raise refused_by_twilio(400, 21603, "A 'From' phone number is required.")
        became = "undelivered" if to == UNREACHED else "delivered"
        text = TextMessage(f"SM{new_id()}", to, sender or SANDBOX_NUMBER, body, "outbound-api", became)
        self.texts.append(text)
        return _shown(text)

    async def list(self, to: str, sender: str, page_size: int) -> dict[str, JsonValue]:
        """The newest first."""
        found = [text for text in reversed(self.texts) if to in ("", text.to) and sender in ("", text.sender)]
        return {"messages": [_shown(text) for text in found[:page_size]]}

    async def show(self, sid: str) -> dict[str, JsonValue]:
        return _shown(self.of(sid))

    def of(self, sid: str) -> TextMessage:
        found = next((text for text in self.texts if text.sid == sid), None)
        if found is None:
            raise refused_by_twilio(404, 20404, "The requested resource was not found")
        return found

    def keep(self, said: TextFromPhone) -> TextMessage:
        text = TextMessage(f"SM{new_id()}", SANDBOX_NUMBER, said.sender, said.text, "inbound", "received", at=said.at)
        self.texts.append(text)
        return text

    async def reply(self, sid: str, words: str) -> str:
        """A thumb answers a message: what the phone shows then. Raises HTTPException."""
        text = self.of(sid)
        if self.app.url is None:
            raise HTTPException(409, "the number has no address for replies: --sms-url")
        said = self.keep(TextFromPhone(text=words, sender=text.to, at=max(datetime.now(UTC), text.at + A_THUMB_TAKES)))
        form = {"MessageSid": said.sid, "From": said.sender, "To": said.to, "Body": words, "NumMedia": "0"}
        headers = {"X-Twilio-Signature": twilio_signature(self.app.auth_token, self.app.url, form)}
        async with httpx.AsyncClient(timeout=REPLY_WITHIN_S, trust_env=False) as http:
            answer = await http.post(self.app.url, data=form, headers=headers)
        if not answer.is_success:
            raise HTTPException(409, f"the app answered {answer.status_code}")
        answered = ElementTree.fromstring(answer.text).findtext("Message") or ""  # noqa: S314 (our own app's)
        if answered:
            self.texts.append(
                TextMessage(f"SM{new_id()}", text.to, text.sender, answered, "outbound-reply", "delivered")
            )
        return answered


def twilio_signature(token: str, url: str, form: Mapping[str, str]) -> str:
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def router(phones: TwilioPhones) -> APIRouter:
    async def listed(
        To: str = "",  # noqa: N803 (as Twilio names them)
        From: str = "",  # noqa: N803 (as Twilio names it)
        PageSize: int = 50,  # noqa: N803 (as Twilio names it)
    ) -> dict[str, JsonValue]:
        return await phones.list(To, From, PageSize)

    api = APIRouter(
        prefix="/twilio/2010-04-01/Accounts/{account}", tags=["Twilio"], dependencies=[Depends(check_twilio_login)]
    )
    api.add_api_route("/Messages.json", phones.send, methods=["POST"], status_code=201)
    api.add_api_route("/Messages.json", listed, methods=["GET"])
    api.add_api_route("/Messages/{sid}.json", phones.show, methods=["GET"])
    return api


async def check_twilio_login(account: str, login: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]) -> None:
    if login.username != account or login.password == BAD_AUTH_TOKEN:
        raise refused_by_twilio(401, 20003, "Authenticate")


def _shown(text: TextMessage) -> dict[str, JsonValue]:
    at = format_datetime(text.at)
    return {
        "sid": text.sid, "to": text.to, "from": text.sender, "body": text.body, "direction": text.direction,
        "status": text.status, "error_code": text.error_code, "date_created": at, "date_updated": at, "date_sent": at,
    }  # fmt: skip


def refused_by_twilio(status: int, code: int, message: str) -> VendorError:
    return VendorError(status, {"code": code, "message": message, "status": status})
