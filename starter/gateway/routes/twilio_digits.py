"""POST /webhooks/twilio/digits/TOKEN: a digit that somebody presses while a page is read to them."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape, quoteattr

import structlog
from fastapi import APIRouter, Request, Response

from starter.desk import answering
from starter.desk.answering import AnswerStanding
from starter.gateway.accepted import REFUSALS
from starter.gateway.admission import Admission
from starter.gateway.bodies import releasing
from starter.gateway.routes.twilio import SOURCE, STORED_WITHIN_S
from starter.sources import verify
from starter.sources.refusal import Refusal
from starter.sources.text import line
from starter.temporal.incidents import Incidents
from starter.temporal.results import NothingOpen, Recorded, RefusedByIncident, Unreachable
from starter.temporal.rings import is_legal_page
from workflows.policy.keys import answer_tickets
from workflows.policy.keys.answer_tickets import AnswerTicket

ACKNOWLEDGE, NEXT_PEOPLE = "1", "2"
LONGEST_READ_OUT: Final = 200
OTHER_DIGIT: Final = "Press 1 to acknowledge, 2 to call the next people."
NO_NEXT_PEOPLE: Final = "This is about a deadline, of which whoever owes it is told. Press 1 to acknowledge."
LATER: Final = "It could not be stored in time. Press again."

log = structlog.get_logger()


def router(admission: Admission, incidents: Incidents) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])
    settings = admission.settings

    @routes.post("/webhooks/twilio/digits/{token}", description=SOURCE.about, responses=REFUSALS)
    async def twilio_digits(request: Request, token: str) -> Response:
        if not (admission.secrets(SOURCE) and settings.gateway_url and settings.answer_keys):
            needed = f"{SOURCE.setting}, TOCSIN_GATEWAY_URL and TOCSIN_ANSWER_SECRETS"
            raise Refusal(403, f"this route is closed: set {needed}")  # an unsigned digit proves nobody
        asked_at = f"{settings.gateway_url.rstrip('/')}{request.url.path}"
        with releasing():
            source = replace(SOURCE, is_genuine=verify.twilio(asked_at))
            webhook = await admission.webhook(request, source)
        digit = dict(parse_qsl(webhook.body.decode(errors="replace"))).get("Digits", "")
        ticket = answer_tickets.read(token, settings.answer_keys)
        admission.outcomes.count(SOURCE, "accepted")
        if ticket is None:
            return _read_out("This page is of another Tocsin.")
        if digit not in (ACKNOWLEDGE, NEXT_PEOPLE):
            return _read_out(OTHER_DIGIT, asked_at)
        if digit == NEXT_PEOPLE and is_legal_page(ticket.ring):
            return _read_out(NO_NEXT_PEOPLE, asked_at)
        try:
            async with asyncio.timeout(STORED_WITHIN_S):
                return await _pressed(incidents, ticket, digit, asked_at)
        except TimeoutError:
            return _read_out(LATER, asked_at)

    return routes


async def _pressed(incidents: Incidents, ticket: AnswerTicket, digit: str, again_at: str) -> Response:
    try:
        found = await answering.standing(incidents, ticket, datetime.now(UTC))
        if found.why_not:
            return _read_out(found.said)
        changed = await _done(incidents, found, digit)
    except (Recorded, RefusedByIncident, NothingOpen) as error:
        return _read_out(str(error))
    except Unreachable:
        return _read_out(LATER, again_at)
    log.info("answered by a digit", incident=ticket.incident, by=found.by, digit=digit)
    return _read_out(changed)


async def _done(incidents: Incidents, found: AnswerStanding, digit: str) -> str:
    if digit == ACKNOWLEDGE:
        done = await answering.acknowledge(incidents, found, "call")
        return "; ".join(done.changed) or "It was acknowledged before."
    done = await answering.call_next_tier(incidents, found, "call")
    return "; ".join(done.changed) or "They are called already."


def _read_out(words: str, again_at: str = "") -> Response:
    """`again_at`: where another digit goes."""
    say = f"<Say>{escape(line(words, LONGEST_READ_OUT))}</Say>"
    if again_at:
        say = f'<Gather numDigits="1" timeout="10" method="POST" action={quoteattr(again_at)}>{say}</Gather>'
    return Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{say}</Response>', media_type="text/xml")
