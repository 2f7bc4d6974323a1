"""/a/TOKEN: the link that a page carries. To look changes nothing, so that no preview of a link acknowledges; the
button on it does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import structlog
from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from starter.board.html import rendered
from starter.desk import answering
from starter.desk.answering import AnswerStanding, WhyNot
from starter.gateway.page_headers import BOARD_HEADERS
from starter.temporal.incidents import Incidents
from starter.temporal.results import NothingOpen, Recorded, RefusedByIncident, Unreachable
from workflows.policy.keys import answer_tickets
from workflows.policy.keys.answer_tickets import AnswerTicket

ANSWER_HEADERS: Final = {
    **BOARD_HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address itself is what lets somebody answer
    "X-Robots-Tag": "noindex",
}
FOREIGN: Final = (
    "This is no link of this Tocsin, or a part of it is missing: open it from the page itself, or use `tocsin ack`."
)
_STATUS: Final[Mapping[WhyNot, int]] = {"": 200, "expired": 410, "over": 409, "used": 409}

log = structlog.get_logger()


def router(incidents: Incidents, keys: tuple[str, ...]) -> APIRouter:
    """Whoever has the address may use it, without a token of the API: it is of one page, for one person."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/a/{token}")
    async def look(token: str) -> Response:
        ticket = answer_tickets.read(token, keys)
        return await _seen(incidents, ticket, token) if ticket else _page(404, said=FOREIGN)

    @routes.post("/a/{token}")
    async def answer(token: str) -> Response:
        ticket = answer_tickets.read(token, keys)
        return await _answered(incidents, ticket, token) if ticket else _page(404, said=FOREIGN)

    return routes


async def _seen(incidents: Incidents, ticket: AnswerTicket, token: str) -> Response:
    try:
        found = await answering.standing(incidents, ticket, datetime.now(UTC))
    except Unreachable as error:
        return _page(503, said=f"{error}. Load it again in a moment.")
    return _page(_STATUS[found.why_not], found=found, token="" if found.why_not else token, said=found.said)


async def _answered(incidents: Incidents, ticket: AnswerTicket, token: str) -> Response:
    try:
        found = await answering.standing(incidents, ticket, datetime.now(UTC))
        if found.why_not:
            return _page(_STATUS[found.why_not], found=found, said=found.said)
        done = await answering.acknowledge(incidents, found)
    except Recorded as error:
        return _page(202, said=str(error), kept=True)
    except (RefusedByIncident, NothingOpen) as error:
        return _page(409, said=str(error))
    except Unreachable as error:
        return _page(503, said=f"{error}. Press again in a moment.", token=token)
    log.info("answered by its link", incident=ticket.incident, by=found.by)
    return _page(200, found=replace(found, incident=None), done=done.changed or ("It was acknowledged before.",))


def _page(
    status: int,
    *,
    found: AnswerStanding | None = None,
    said: str = "",
    token: str = "",
    done: tuple[str, ...] = (),
    kept: bool = False,
) -> Response:
    html = rendered("answer.html", found=found, said=said, token=token, done=done, kept=kept)
    return HTMLResponse(html, status, ANSWER_HEADERS)
