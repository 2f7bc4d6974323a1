"""Twilio's calls in memory and over HTTP: https://www.twilio.com/docs/voice/api/call-resource

A digit goes to the app as Twilio sends it, and what the app says then is heard on the phone. A call that nobody answers
ends when its time is up.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import httpx
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import JsonValue

from sandbox.ids import new_id
from sandbox.twilio import REPLY_WITHIN_S, UNREACHED, TwilioApp, check_twilio_login, refused_by_twilio, twilio_signature

TWIML_CHARACTERS = 4000
USUAL_TIMEOUT_S = 60
"""If the caller does not say."""

CallStatus = Literal["ringing", "in-progress", "completed", "busy", "no-answer", "failed"]


@dataclass
class SandboxCall:
    sid: str
    to: str
    sender: str
    twiml: str
    said: str
    rings_until: datetime
    status: CallStatus = "ringing"
    heard: list[str] = field(default_factory=list)
    """After digits."""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    answered_at: datetime | None = None


class TwilioCalls:
    def __init__(self, app: TwilioApp) -> None:
        self.app = app
        self._calls: list[SandboxCall] = []

    @property
    def calls(self) -> list[SandboxCall]:
        for call in self._calls:
            if call.status == "ringing" and datetime.now(UTC) >= call.rings_until:
                call.status = "no-answer"
        return self._calls

    def reset(self) -> None:
        self._calls.clear()

    async def call(self, request: Request) -> dict[str, JsonValue]:
        form = dict(parse_qsl((await request.body()).decode()))
        to, sender, twiml = form.get("To", ""), form.get("From", ""), form.get("Twiml", "")
        if not re.fullmatch(r"\+[1-9]\d{6,14}", to):
            raise refused_by_twilio(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if not re.fullmatch(r"\+[1-9]\d{6,14}", sender):
            raise refused_by_twilio(400, 21212, "The 'From' number is not a valid phone number.")
        if not twiml or len(twiml) > TWIML_CHARACTERS:
            raise refused_by_twilio(400, 21218, "Invalid TwiML")
        until = datetime.now(UTC) + timedelta(seconds=int(form.get("Timeout", USUAL_TIMEOUT_S)))
        made = SandboxCall(f"CA{new_id()}", to, sender, twiml, _said(twiml), until)
        if to == UNREACHED:
            made.status = "no-answer"
        self._calls.append(made)
        return _shown(made)

    async def list(self, to: str) -> dict[str, JsonValue]:
        """The newest first."""
        return {"calls": [_shown(call) for call in reversed(self.calls) if to in ("", call.to)]}

    async def show(self, sid: str) -> dict[str, JsonValue]:
        return _shown(self.of(sid))

    def of(self, sid: str) -> SandboxCall:
        found = next((call for call in self.calls if call.sid == sid), None)
        if found is None:
            raise refused_by_twilio(404, 20404, "The requested resource was not found")
        return found

    def becomes(self, sid: str, status: CallStatus) -> None:
        """A thumb declines it, or takes it; or the network does with it what it likes."""
        call = self.of(sid)
        call.status = status
        if status in ("in-progress", "completed"):
            call.answered_at = datetime.now(UTC)

    async def press(self, sid: str, digit: str) -> str:
        """A thumb on the keypad: what is heard then. Raises HTTPException."""
        call = next((each for each in self.calls if each.sid == sid), None)
        gather = ElementTree.fromstring(call.twiml).find("Gather") if call else None  # noqa: S314 (of whoever calls)
        if call is None or gather is None or call.status not in ("ringing", "in-progress"):
            raise HTTPException(409, f"no call {sid} that waits for a digit")
        self.becomes(sid, "in-progress")
        url, form = gather.attrib["action"], {"CallSid": sid, "From": call.sender, "To": call.to, "Digits": digit}
        headers = {"X-Twilio-Signature": twilio_signature(self.app.auth_token, url, form)}
        async with httpx.AsyncClient(timeout=REPLY_WITHIN_S, trust_env=False) as http:
            answer = await http.post(url, data=form, headers=headers)
        if not answer.is_success:
            raise HTTPException(409, f"the app answered {answer.status_code}")
        call.twiml = answer.text
        call.heard.append(_said(answer.text))
        if ElementTree.fromstring(answer.text).find("Gather") is None:  # noqa: S314 (of whoever calls)
            call.status = "completed"
        return call.heard[-1]


def calls_router(calls: TwilioCalls) -> APIRouter:
    async def listed(To: str = "") -> dict[str, JsonValue]:  # noqa: N803 (as Twilio names it)
        return await calls.list(To)

    prefix = "/twilio/2010-04-01/Accounts/{account}"
    api = APIRouter(prefix=prefix, tags=["Twilio"], dependencies=[Depends(check_twilio_login)])
    api.add_api_route("/Calls.json", calls.call, methods=["POST"], status_code=201)
    api.add_api_route("/Calls.json", listed, methods=["GET"])
    api.add_api_route("/Calls/{sid}.json", calls.show, methods=["GET"])
    return api


def _said(twiml: str) -> str:
    return " ".join(say.text or "" for say in ElementTree.fromstring(twiml).iter("Say"))  # noqa: S314 (of whoever calls)


def _shown(call: SandboxCall) -> dict[str, JsonValue]:
    return {
        "sid": call.sid, "to": call.to, "from": call.sender, "direction": "outbound-api", "status": call.status,
        "date_created": format_datetime(call.at),
        "start_time": format_datetime(call.answered_at) if call.answered_at else None,
    }  # fmt: skip
