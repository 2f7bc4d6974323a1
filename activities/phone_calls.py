"""Twilio: a page as a call, which says what is wrong and is answered by a digit.

https://www.twilio.com/docs/voice/api/call-resource. What is said travels with the call, so that it is heard where our
gateway cannot be reached. A call bears nothing of ours that Twilio would list: before a second attempt, a call to that
number that was begun since counts as this one, unless it is known here to be another ring's.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated
from xml.sax.saxutils import escape, quoteattr

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter

from activities.attempts import LOOK_WITHIN_S, RING_WITHIN_S
from activities.errors import Rejected, Unavailable
from activities.pagers import fingerprint, open_route
from activities.plain_text import one_line
from activities.twilio_api import TwilioApi
from activities.vendor_http import understood
from workflows.policy.effects.effects import Page, Receipt, Send

RINGS_FOR_S = 40
LONGEST_SPOKEN = 160
"""Characters: nobody listens longer, at night."""
CALLS_LISTED = 20
CALLS_KEPT_IN_MIND = 1000
CALL_SKEW = timedelta(seconds=2)
"""Twilio tells whole seconds. More would take the call of another ring for this one."""


def _moment(written: object) -> object:
    return parsedate_to_datetime(written) if isinstance(written, str) else written


class _TwilioCall(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    sid: str
    direction: str = ""
    date_created: Annotated[datetime | None, BeforeValidator(_moment)] = None


class _ListedCalls(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    calls: tuple[_TwilioCall, ...] = ()


_CALL, _CALLS = TypeAdapter(_TwilioCall), TypeAdapter(_ListedCalls)


class PhoneCalls:
    """`page` raises Unavailable or Rejected."""

    name = "a call"

    def __init__(self, numbers: Mapping[str, str], account: str, token: str, sender: str, url: str) -> None:
        self._numbers = numbers
        self._api = TwilioApi(account, token, url, numbers.values())
        self._lead = (account, token, sender)
        """What a page to any number may be refused for."""
        self._from = sender
        self._made: OrderedDict[str, str] = OrderedDict()
        """Calls of this process, with their rings."""

    def knows(self, person: str) -> bool:
        return bool(self._numbers.get(person))

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        assert isinstance(send.effect, Page)
        number, remarks = self._number(send.effect.to), list[str]()
        route = open_route(send.effect, "telephone number", number, *self._lead)
        if may_have_been_sent and (found := await self._stands(number, send, remarks)):
            return Receipt(reference=found, note="it was already there")
        form = {"To": number, "From": self._from, "Twiml": spoken(send), "Timeout": str(RINGS_FOR_S)}
        try:
            async with asyncio.timeout(RING_WITHIN_S):
                sid = understood("Twilio", _CALL, await self._api.post("Calls", form, route)).sid
        except TimeoutError:
            raise Unavailable(f"Twilio did not answer within {RING_WITHIN_S} s") from None
        self._remember(sid, send.vendor_key)
        if not remarks:
            return Receipt(reference=sid)
        return Receipt(reference=sid, note="rang all the same: " + "; ".join(remarks), warns=True)

    async def _stands(self, number: str, send: Send, remarks: list[str]) -> str | None:
        """Did an earlier attempt call? No failure to look holds a page up."""
        since = (send.first_started_at or datetime.now(UTC)) - CALL_SKEW
        query = {"To": number, "PageSize": str(CALLS_LISTED)}
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                listed = understood("Twilio", _CALLS, await self._api.list("Calls", query)).calls
        except (Unavailable, Rejected, TimeoutError):
            remarks.append("Twilio could not say whether it was there already")
            return None
        begun = (call for call in listed if call.date_created is not None and call.date_created >= since)
        return next((call.sid for call in begun if self._may_be(call, send.vendor_key)), None)

    def _may_be(self, call: _TwilioCall, ring: str) -> bool:
        return call.direction == "outbound-api" and self._made.get(call.sid, ring) == ring

    def _remember(self, sid: str, ring: str) -> None:
        self._made[sid] = ring
        while len(self._made) > CALLS_KEPT_IN_MIND:
            self._made.popitem(last=False)

    def _number(self, person: str) -> str:
        if number := self._numbers.get(person):
            return number
        raise Rejected(f"{person} has no telephone number: set TOCSIN_PHONE_NUMBERS", fingerprint(person, ""))


def spoken(send: Send) -> str:
    """https://www.twilio.com/docs/voice/twiml/gather"""
    title = escape(one_line(send.subject, LONGEST_SPOKEN) or f"Incident {send.incident}")
    gateway, found, token = send.answer.rpartition("/a/")
    if not found:
        return f'<Response><Pause length="1"/><Say loop="3">{title}</Say></Response>'
    action = quoteattr(f"{gateway}/webhooks/twilio/digits/{token}")
    return (
        f'<Response><Gather numDigits="1" timeout="10" method="POST" action={action}><Pause length="1"/>'
        f'<Say loop="3">{title}. Press 1 to acknowledge, 2 to call the next people.</Say></Gather>'
        "<Say>Nothing was pressed, and nobody has acknowledged.</Say></Response>"
    )
