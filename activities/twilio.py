"""Twilio: a page as a text message, and what became of it.

https://www.twilio.com/docs/messaging/api/message-resource. Twilio knows no key by which it would take a message once:
so each bears a mark of its ring, and is looked for by it before it is sent again.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter

from activities.attempts import LOOK_WITHIN_S, RING_WITHIN_S
from activities.errors import Malformed, Rejected, Unavailable
from activities.pagers import fingerprint, open_route
from activities.plain_text import one_line
from activities.twilio_api import TwilioApi
from activities.vendor_http import understood
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt, Send
from workflows.policy.effects.proof import Notified, RingProof
from workflows.policy.runbook.links import is_link

LONGEST_SMS_TITLE = 200
"""Characters. A text message takes 1600, in parts of 153 or 67: https://www.twilio.com/docs/glossary/what-sms-character-limit"""
LONGEST_SMS_LINK = 1000
LISTED = 50
"""Messages to one number that are looked through, the newest first."""
ARRIVED = frozenset({"delivered", "read"})
NOT_ARRIVED = frozenset({"undelivered", "failed", "canceled"})
"""https://www.twilio.com/docs/messaging/api/message-resource#message-status-values"""


def _moment(written: object) -> object:
    """As RFC 2822 has it."""
    return parsedate_to_datetime(written) if isinstance(written, str) else written


class _TwilioMessage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    sid: str
    body: str | None = ""
    status: str = ""
    error_code: int | None = None
    date_updated: Annotated[datetime | None, BeforeValidator(_moment)] = None


class _TwilioMessages(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    messages: tuple[_TwilioMessage, ...] = ()


_TWILIO_MESSAGE, _TWILIO_MESSAGES = TypeAdapter(_TwilioMessage), TypeAdapter(_TwilioMessages)


class TextMessages:
    """Every method raises Unavailable or Rejected."""

    name = "a text message"

    def __init__(self, numbers: Mapping[str, str], account: str, token: str, sender: str, url: str) -> None:
        self._numbers = numbers
        """By the names of people, as E.164 has them."""
        self._api = TwilioApi(account, token, url, numbers.values())
        self._lead = (account, token, sender)
        """What a page to any number may be refused for."""
        self._from = {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}

    def knows(self, person: str) -> bool:
        return bool(self._numbers.get(person))

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        assert isinstance(send.effect, Page)
        number, remarks = self._number(send.effect.to), list[str]()
        route = open_route(send.effect, "telephone number", number, *self._lead)
        if may_have_been_sent and (found := await self._stands(number, send.vendor_key, remarks)):
            return Receipt(reference=found, note="it was already there", followed=True)
        try:
            async with asyncio.timeout(RING_WITHIN_S):
                sid = await self._sent(number, send, route, remarks)
        except TimeoutError:
            raise Unavailable(f"Twilio did not answer within {RING_WITHIN_S} s") from None
        if not remarks:
            return Receipt(reference=sid, followed=True)
        return Receipt(reference=sid, note="rang all the same: " + "; ".join(remarks), warns=True, followed=True)

    async def confirm(self, send: Send) -> Receipt:
        """Whether the network says that it arrived. What Twilio does not list proves nothing."""
        assert isinstance(send.effect, ConfirmRing)
        found = await self._found(self._number(send.effect.to), send.effect.ring)
        if found is None:
            return Receipt(note="Twilio does not list it, or keeps no texts")
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
        answer = await self._api.post("Messages", {"To": number, "Body": body, **self._from}, route)
        return understood("Twilio", _TWILIO_MESSAGE, answer).sid

    async def _stands(self, number: str, ring: str, remarks: list[str]) -> str | None:
        """Did an earlier attempt send it? No failure to look holds a page up."""
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                found = await self._found(number, ring)
        except (Unavailable, Rejected, TimeoutError):
            remarks.append("Twilio could not say whether it was there already")
            return None
        return found.sid if found else None

    async def _found(self, number: str, ring: str) -> _TwilioMessage | None:
        query = {"To": number, "PageSize": str(LISTED)}
        listed = understood("Twilio", _TWILIO_MESSAGES, await self._api.list("Messages", query))
        return next((each for each in listed.messages if sms_mark(ring) in (each.body or "")), None)

    def _number(self, person: str) -> str:
        if number := self._numbers.get(person):
            return number
        raise Rejected(f"{person} has no telephone number: set TOCSIN_PHONE_NUMBERS", fingerprint(person, ""))


def sms_mark(ring: str) -> str:
    """Of a ring's key: short, because it is paid for."""
    return "#" + hashlib.sha256(ring.encode()).hexdigest()[:10]


def _bodies(send: Send) -> tuple[str, str]:
    """With its link, and without: no page is worth losing to what only adorns it."""
    title = one_line(send.subject, LONGEST_SMS_TITLE) or f"Incident {send.incident}"
    if not send.answer:
        plain = f"{title} {sms_mark(send.vendor_key)}"
        return plain, plain
    bare = f"{title}\nReply 1 to acknowledge. {send.incident.rpartition('-')[2]} {sms_mark(send.vendor_key)}"
    has_link = is_link(send.answer) and len(send.answer) <= LONGEST_SMS_LINK
    return f"{bare}\n{send.answer}" if has_link else bare, bare
