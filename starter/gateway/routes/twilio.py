"""POST /webhooks/twilio/sms: what people reply to the pages that they were sent as text messages."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import structlog
from fastapi import APIRouter, Request, Response

from starter.desk import answering
from starter.gateway.accepted import REFUSALS
from starter.gateway.admission import Admission
from starter.gateway.bodies import releasing
from starter.intake.twilio_messages import SentToNumber, TwilioSilent, named_page, sent_to
from starter.sources import verify
from starter.sources.reading import Reading
from starter.sources.refusal import Refusal
from starter.sources.source import Source
from starter.sources.text import line
from starter.temporal.incidents import Incidents
from starter.temporal.results import NothingOpen, Recorded, RefusedByIncident, Unreachable
from workflows.policy.keys.answer_tickets import LONG_CODE_DIGITS, AnswerTicket

SOURCE = Source(
    name="twilio",
    about="Replies to text messages. Each is signed over the address of TOCSIN_GATEWAY_URL and its fields. The "
    "answer is TwiML, which Twilio sends to whoever replied.",
    translate=lambda _: Reading(ignored="a reply"),
    is_genuine=verify.twilio(""),
    secrets="twilio_auth_tokens",
    group_is="the reply",
    examples={},
)
STORED_WITHIN_S: Final = 12
"""Twilio gives up after 15."""
LONGEST_REPLY: Final = 300
ANSWERED_BY_TWILIO: Final = frozenset(
    {
        "stop",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "optout",
        "revoke",
        "start",
        "yes",
        "unstop",
        "help",
        "info",
    }
)
"""https://help.twilio.com/articles/223134027: it does what they say, and answers them itself."""
HINT: Final = "Reply the digits that your page asks for to acknowledge it. Its link does it as well."
NO_PAGE: Final = "There is no page that this number could answer."
GUESSED: Final = "Too many texts of your number named no page, so six digits are not enough today. To acknowledge reply"
ANOTHER: Final = "For another page reply its own digits."

log = structlog.get_logger()


def router(admission: Admission, incidents: Incidents) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])
    settings = admission.settings

    @routes.post("/webhooks/twilio/sms", description=SOURCE.about, responses=REFUSALS)
    async def twilio_sms(request: Request) -> Response:
        if not (admission.secrets(SOURCE) and settings.gateway_url and settings.answer_keys):
            needed = f"{SOURCE.setting}, TOCSIN_GATEWAY_URL and TOCSIN_ANSWER_SECRETS"
            raise Refusal(403, f"this route is closed: set {needed}")  # an unsigned reply proves nobody
        with releasing():
            asked_at = f"{settings.gateway_url.rstrip('/')}{request.url.path}"
            source = replace(SOURCE, is_genuine=verify.twilio(asked_at))
            webhook = await admission.webhook(request, source)
        said = dict(parse_qsl(webhook.body.decode(errors="replace")))
        try:
            async with asyncio.timeout(STORED_WITHIN_S):
                words = await _answered(admission, incidents, said)
        except TimeoutError:
            words = "It could not be stored in time. Reply again, or use the link of the page."
        admission.outcomes.count(SOURCE, "accepted")
        return Response(_twiml(words), media_type="text/xml")

    return routes


async def _answered(admission: Admission, incidents: Incidents, said: dict[str, str]) -> str:
    """What whoever replied is told; empty: nothing."""
    words = said.get("Body", "").strip().strip(".!").lower()
    if words in ANSWERED_BY_TWILIO:
        return ""
    try:
        sent = await sent_to(admission.settings, said.get("From", ""), said.get("MessageSid", ""))
    except TwilioSilent as error:
        return f"{error}: use the link of the page."
    if not sent.tickets:
        return "" if sent.last == NO_PAGE else NO_PAGE
    named = named_page(words, sent.tickets)
    if sent.is_guessed_at and named_page(words, sent.tickets, LONG_CODE_DIGITS) is None:
        return _asked_for_more(sent, named)
    if named is None:
        return "" if sent.last == HINT else HINT  # or two machines would go on for ever
    return await _acknowledged(incidents, sent.tickets[named])


def _asked_for_more(sent: SentToNumber, named: str | None) -> str:
    """It is told to the number itself: whoever forges it does not read this, so that they can keep nobody from
    answering, either. Once, unless the right six are sent, which nobody guesses twice."""
    words = f"{GUESSED} {named or next(iter(sent.tickets))}, or use the link of the page."
    return "" if sent.last == words and named is None else words


async def _acknowledged(incidents: Incidents, ticket: AnswerTicket) -> str:
    try:
        found = await answering.standing(incidents, ticket, datetime.now(UTC))
        if found.why_not:
            return f"{found.said} {ANOTHER}"
        done = await answering.acknowledge(incidents, found, "sms")
    except (Recorded, RefusedByIncident, NothingOpen) as error:
        return str(error)
    except Unreachable as error:
        return f"{error}. Reply again in a moment."
    log.info("answered by a text message", incident=ticket.incident, by=found.by)
    return f"{ticket.incident}: {'; '.join(done.changed) or 'it was acknowledged before'}"


def _twiml(words: str) -> str:
    """https://www.twilio.com/docs/messaging/twiml/message"""
    message = f"<Message>{escape(line(words, LONGEST_REPLY))}</Message>" if words else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
