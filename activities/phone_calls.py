"""Twilio: a page as a call, which says what is wrong and is answered by a digit; and whether somebody picked up.

https://www.twilio.com/docs/voice/api/call-resource. What is said travels with the call, so that it is heard where our
gateway cannot be reached. A call bears nothing of ours that Twilio would list, nor can its words be asked for: its
events are there a quarter of an hour after its end. See `call_attempts`.
"""

from datetime import UTC, datetime
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from pydantic import TypeAdapter

from activities.call_attempts import CALL_SKEW, CallAttempts
from activities.plain_text import one_line
from activities.twilio_page import TwilioLine, page_once
from activities.vendor_answer import Entries, MailMoment, VendorAnswer, understood
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt, Send
from workflows.policy.effects.proof import Notified, RingProof

RINGS_FOR_S = 40
LONGEST_SPOKEN = 160
"""Characters: nobody listens longer, at night."""
CALLS_LISTED = 20
NOT_BY_US = ("inbound", "outbound-dial")
PICKED_UP = frozenset({"in-progress", "completed"})
NOT_PICKED_UP = {
    "no-answer": "the phone rang, and nobody answered",
    "busy": "the line was busy, or the call was declined",
    "failed": "the call could not be made",
    "canceled": "the call was cancelled before anybody answered",
}
"""https://www.twilio.com/docs/voice/api/call-resource#call-status-values"""


class _TwilioCall(VendorAnswer):
    sid: str
    direction: str = ""
    status: str = ""
    date_created: MailMoment | None = None
    start_time: MailMoment | None = None


class _ListedCalls(VendorAnswer):
    calls: Entries[_TwilioCall]


_CALL, _CALLS = TypeAdapter(_TwilioCall), TypeAdapter(_ListedCalls)


class PhoneCalls:
    """`page` and `confirm` raise Unavailable or Rejected."""

    name = "a call"

    def __init__(self, line: TwilioLine) -> None:
        self._line = line
        self._attempts = CallAttempts()

    def knows(self, person: str) -> bool:
        return self._line.knows(person)

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        assert isinstance(send.effect, Page)
        number, route = self._line.number(send.effect.to), self._line.route(send.effect)
        look = partial(self._earlier, number, send) if may_have_been_sent else None
        return await page_once(route, look, partial(self._call, number, send))

    async def confirm(self, send: Send) -> Receipt:
        """Whether somebody picked up: a person or a machine, which Twilio cannot tell for nothing."""
        assert isinstance(send.effect, ConfirmRing)
        call = understood("Twilio", _CALL, await self._line.api.show("Calls", send.effect.reference))
        reached = [Notified(way="phone", at=call.start_time or datetime.now(UTC))] if call.status in PICKED_UP else []
        why = NOT_PICKED_UP.get(call.status, "")
        missed = "phone" if call.status in ("no-answer", "busy") else ""
        proof = RingProof(pager="Twilio", there=True, nobody=bool(why), why=why, notified=tuple(reached), missed=missed)
        return Receipt(reference=call.sid, proof=proof)

    async def _call(self, number: str, send: Send, route: str, _remarks: list[str]) -> str:
        form = {"To": number, "From": self._line.sender, "Twiml": spoken(send), "Timeout": str(RINGS_FOR_S)}
        with self._attempts.another(send.vendor_key, number) as attempt:
            made = understood("Twilio", _CALL, await self._line.api.post("Calls", form, route))
            attempt.call = made.sid
        return made.sid

    async def _earlier(self, number: str, send: Send) -> str | None:
        since = (send.first_started_at or datetime.now(UTC)) - CALL_SKEW
        query = {"To": number, "PageSize": str(CALLS_LISTED)}
        listed = understood("Twilio", _CALLS, await self._line.api.list("Calls", query)).calls
        ours = {call.sid: call.date_created or datetime.now(UTC) for call in listed if call.direction not in NOT_BY_US}
        begun = {sid: at for sid, at in ours.items() if at >= since}
        return self._attempts.earlier(send.vendor_key, number, begun)


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
