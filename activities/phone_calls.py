"""Twilio: a page as a call, which says what is wrong and is answered by a digit; and whether somebody picked up.

https://www.twilio.com/docs/voice/api/call-resource. What is said travels with the call, so that it is heard where our
gateway cannot be reached. A call bears nothing of ours that Twilio would list: before a second attempt, a call to that
number that was begun since counts as this one, unless it is known here to be another ring's.
"""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from pydantic import BaseModel, ConfigDict, TypeAdapter

from activities.pagers import open_route
from activities.plain_text import one_line
from activities.twilio_api import TwilioApi
from activities.twilio_page import PhoneNumbers, TwilioMoment, page_once
from activities.vendor_http import understood
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt, Send
from workflows.policy.effects.proof import Notified, RingProof

RINGS_FOR_S = 40
LONGEST_SPOKEN = 160
"""Characters: nobody listens longer, at night."""
CALLS_LISTED = 20
CALLS_KEPT_IN_MIND = 1000
CALL_SKEW = timedelta(seconds=2)
"""Twilio tells whole seconds. More would take the call of another ring for this one."""
PICKED_UP = frozenset({"in-progress", "completed"})
NOT_PICKED_UP = {
    "no-answer": "the phone rang, and nobody answered",
    "busy": "the line was busy, or the call was declined",
    "failed": "the call could not be made",
    "canceled": "the call was cancelled before anybody answered",
}
"""https://www.twilio.com/docs/voice/api/call-resource#call-status-values"""


class _TwilioCall(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    sid: str
    direction: str = ""
    status: str = ""
    date_created: TwilioMoment = None
    start_time: TwilioMoment = None


class _ListedCalls(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    calls: tuple[_TwilioCall, ...] = ()


_CALL, _CALLS = TypeAdapter(_TwilioCall), TypeAdapter(_ListedCalls)


class PhoneCalls:
    """`page` and `confirm` raise Unavailable or Rejected."""

    name = "a call"

    def __init__(self, numbers: Mapping[str, str], account: str, token: str, sender: str, url: str) -> None:
        self._numbers = PhoneNumbers(numbers)
        self._api = TwilioApi(account, token, url, numbers.values())
        self._lead = (account, token, sender)
        """What a page to any number may be refused for."""
        self._from = sender
        self._made: OrderedDict[str, str] = OrderedDict()
        """Calls of this process, with their rings."""

    def knows(self, person: str) -> bool:
        return self._numbers.know(person)

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        assert isinstance(send.effect, Page)
        number = self._numbers.of(send.effect.to)
        look = partial(self._earlier, number, send) if may_have_been_sent else None
        route = open_route(send.effect, "telephone number", number, *self._lead)
        return await page_once(route, look, partial(self._call, number, send))

    async def confirm(self, send: Send) -> Receipt:
        """Whether somebody picked up: a person or a machine, which Twilio cannot tell for nothing."""
        assert isinstance(send.effect, ConfirmRing)
        call = understood("Twilio", _CALL, await self._api.show("Calls", send.effect.reference))
        reached = [Notified(way="phone", at=call.start_time or datetime.now(UTC))] if call.status in PICKED_UP else []
        why = NOT_PICKED_UP.get(call.status, "")
        missed = "phone" if call.status in ("no-answer", "busy") else ""
        proof = RingProof(pager="Twilio", there=True, nobody=bool(why), why=why, notified=tuple(reached), missed=missed)
        return Receipt(reference=call.sid, proof=proof)

    async def _call(self, number: str, send: Send, route: str, _remarks: list[str]) -> str:
        form = {"To": number, "From": self._from, "Twiml": spoken(send), "Timeout": str(RINGS_FOR_S)}
        sid = understood("Twilio", _CALL, await self._api.post("Calls", form, route)).sid
        self._remember(sid, send.vendor_key)
        return sid

    async def _earlier(self, number: str, send: Send) -> str | None:
        since = (send.first_started_at or datetime.now(UTC)) - CALL_SKEW
        query = {"To": number, "PageSize": str(CALLS_LISTED)}
        listed = understood("Twilio", _CALLS, await self._api.list("Calls", query)).calls
        begun = (call for call in listed if call.date_created is not None and call.date_created >= since)
        return next((call.sid for call in begun if self._may_be(call, send.vendor_key)), None)

    def _may_be(self, call: _TwilioCall, ring: str) -> bool:
        return call.direction == "outbound-api" and self._made.get(call.sid, ring) == ring

    def _remember(self, sid: str, ring: str) -> None:
        self._made[sid] = ring
        while len(self._made) > CALLS_KEPT_IN_MIND:
            self._made.popitem(last=False)


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
