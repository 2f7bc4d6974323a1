"""Twilio: a page as a text message, and what became of it.

https://www.twilio.com/docs/messaging/api/message-resource. Twilio knows no key by which it would take a message once:
so each bears a mark of its ring, and is looked for by it before it is sent again.
"""

import hashlib
from datetime import UTC, datetime
from functools import partial

from pydantic import TypeAdapter

from activities.errors import Malformed
from activities.plain_text import one_line
from activities.twilio_page import TwilioLine, page_once
from activities.vendor_answer import Entries, MailMoment, VendorAnswer, understood
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt, Send
from workflows.policy.effects.proof import Notified, RingProof
from workflows.policy.keys import answer_tickets
from workflows.policy.runbook.links import is_link

LONGEST_SMS_TITLE = 200
"""Characters. A text message takes 1600, in parts of 153 or 67: https://www.twilio.com/docs/glossary/what-sms-character-limit"""
LONGEST_SMS_LINK = 1000
LISTED = 50
"""Messages to one number that are looked through, the newest first."""
ARRIVED = frozenset({"delivered", "read"})
NOT_ARRIVED = frozenset({"undelivered", "failed", "canceled"})
"""https://www.twilio.com/docs/messaging/api/message-resource#message-status-values"""


class _TwilioMessage(VendorAnswer):
    sid: str
    body: str = ""
    status: str = ""
    error_code: int | None = None
    date_updated: MailMoment | None = None


class _TwilioMessages(VendorAnswer):
    messages: Entries[_TwilioMessage]


_TWILIO_MESSAGE, _TWILIO_MESSAGES = TypeAdapter(_TwilioMessage), TypeAdapter(_TwilioMessages)


class TextMessages:
    """Every method raises Unavailable or Rejected."""

    name = "a text message"

    def __init__(self, line: TwilioLine) -> None:
        self._line = line
        self._from = {"MessagingServiceSid" if line.sender.startswith("MG") else "From": line.sender}

    def knows(self, person: str) -> bool:
        return self._line.knows(person)

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        assert isinstance(send.effect, Page)
        number, route = self._line.number(send.effect.to), self._line.route(send.effect)
        look = partial(self._earlier, number, send.vendor_key) if may_have_been_sent else None
        return await page_once(route, look, partial(self._sent, number, send))

    async def confirm(self, send: Send) -> Receipt:
        """Whether the network says that it arrived."""
        assert isinstance(send.effect, ConfirmRing)
        found = understood("Twilio", _TWILIO_MESSAGE, await self._line.api.show("Messages", send.effect.reference))
        arrived = [Notified(way="sms", at=found.date_updated or datetime.now(UTC))] if found.status in ARRIVED else []
        lost = found.status in NOT_ARRIVED
        code = f", error {found.error_code}" if found.error_code else ""
        why = f"it could not be delivered ({found.status}{code})" if lost else ""
        proof = RingProof(pager="Twilio", there=True, nobody=lost, why=why, notified=tuple(arrived))
        return Receipt(reference=found.sid, proof=proof)

    async def _sent(self, number: str, send: Send, route: str, remarks: list[str]) -> str:
        whole, bare = _bodies(send)
        try:
            return await self._post(number, whole, route)
        except Malformed as error:
            if whole == bare:
                raise
            remarks.append(f"without its link, for {error}")
        return await self._post(number, bare, route)

    async def _post(self, number: str, body: str, route: str) -> str:
        answer = await self._line.api.post("Messages", {"To": number, "Body": body, **self._from}, route)
        return understood("Twilio", _TWILIO_MESSAGE, answer).sid

    async def _earlier(self, number: str, ring: str) -> str | None:
        query = {"To": number, "PageSize": str(LISTED)}
        listed = understood("Twilio", _TWILIO_MESSAGES, await self._line.api.list("Messages", query))
        return next((each.sid for each in listed.messages if sms_mark(ring) in each.body), None)


def sms_mark(ring: str) -> str:
    """Of a ring's key: short, because it is paid for."""
    return "#" + hashlib.sha256(ring.encode()).hexdigest()[:10]


def _bodies(send: Send) -> tuple[str, str]:
    """With its link, and without: no page is worth losing to what only adorns it. What a reply means is read from the
    link, so without it none is asked for."""
    title = one_line(send.subject, LONGEST_SMS_TITLE) or f"Incident {send.incident}"
    if not send.answer:
        plain = f"{title} {sms_mark(send.vendor_key)}"
        return plain, plain
    about = f"{send.incident.rpartition('-')[2]} {sms_mark(send.vendor_key)}"
    bare = f"{title}\n{about}"
    if not (is_link(send.answer) and len(send.answer) <= LONGEST_SMS_LINK):
        return bare, bare
    digits = answer_tickets.code(send.answer.rpartition("/a/")[2])
    return f"{title}\nReply {digits} to acknowledge. {about}\n{send.answer}", bare
