"""Who is on call, week by week, and swaps."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from starter.board.on_call_page import OnCallPage, moment_there, shown_week
from starter.board.owed_acts import swap
from starter.desk.on_call import on_call
from starter.desk.on_call_answers import OverrideRequest
from starter.desk.temporal_desk import published_runbook
from starter.desk.temporal_installation import TemporalInstallationDesk
from starter.gateway.board import Board, form_of, in_words
from starter.gateway.page_headers import BOARD_HEADERS
from starter.gateway.routes.board_books import drawn
from starter.gateway.visitors import Visitor
from starter.pictures.rota import MIDDLE_ROTA, NARROW_ROTA, WIDE_ROTA, picture
from starter.temporal.results import LookupFailed, RefusedByIncident, Unreachable
from starter.temporal.shifts import Shifts
from workflows.policy.watches.shift import terms_of

LONGEST_OVERRIDE_KEY = 64
LOOKS_FOR_A_SWAP, LOOK_FOR_A_SWAP_EVERY_S = 20, 0.1
ROTA_WIDTHS: Final = {"phone": NARROW_ROTA, "tablet": MIDDLE_ROTA}
_WRITTEN = ("who", "begins_at", "duration")


def router(board: Board) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    known = Shifts(board.desks.incidents.connection)

    @routes.get("/on-call")
    async def week(request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, _html(board, known, visitor, request.query_params.get("from", "")))

    @routes.get("/on-call.svg")
    async def drawn_week(request: Request) -> Response:
        board.visitors.entered(request)
        page = await _page(board, known, request.query_params.get("from", ""))
        width = ROTA_WIDTHS.get(request.query_params.get("for", ""), WIDE_ROTA)
        return drawn(picture(page.posts, page.now, page.week.span, page.week.begin, width))

    @routes.post("/on-call/{runbook}/{post}/override")
    async def override(runbook: str, post: str, request: Request) -> Response:
        visitor = board.visitors.entered(request, "respond")
        asked = _AskedSwap(visitor, runbook, post, await form_of(request, visitor))
        try:
            await _swapped(board, known, asked)
        except (ValidationError, RefusedByIncident, LookupFailed) as error:
            html = _html(board, known, visitor, asked.form.get("week", ""), in_words(error))
            return await board.answer(visitor, html, 422 if isinstance(error, ValidationError) else 409)
        except Unreachable as error:
            return board.trouble(visitor, error, "/on-call")
        return RedirectResponse("/on-call", 303, BOARD_HEADERS)

    return routes


async def _page(board: Board, known: Shifts, written: str) -> OnCallPage:
    """Raises Unreachable."""
    now, there = datetime.now(UTC).replace(microsecond=0), board.published.in_force
    week = shown_week(there, written, now)
    return OnCallPage(week, now, await on_call(there, known, now, week.span, begin=week.begin))


async def _html(board: Board, known: Shifts, visitor: Visitor, written: str, refused: str = "") -> str:
    page = await _page(board, known, written)
    there = board.published.in_force
    known_books = {"books": there.runbooks, "default": there.default}
    return board.page("on_call.html", visitor, page=page, swap=swap, refused=refused, **known_books)


@dataclass(frozen=True)
class _AskedSwap:
    """Who asks for which, and how it was written."""

    visitor: Visitor
    runbook: str
    post: str
    form: Mapping[str, str]


async def _swapped(board: Board, known: Shifts, asked: _AskedSwap) -> None:
    """Raises ValidationError, RefusedByIncident, LookupFailed, Unreachable."""
    given: dict[str, object] = {name: asked.form[name].strip() for name in _WRITTEN if asked.form.get(name, "").strip()}
    terms = terms_of(published_runbook(board.published.in_force, asked.runbook)).get(asked.post)
    if terms and "begins_at" in given:
        given["begins_at"] = moment_there(asked.form["begins_at"].strip(), terms.zone)
    said = OverrideRequest.model_validate({**given, "runbook": asked.runbook})
    key = asked.form.get("key", "")[:LONGEST_OVERRIDE_KEY] or uuid4().hex
    by = asked.visitor.name
    await TemporalInstallationDesk(board.desks.incidents.connection).override(asked.post, said, by, f"board/{by}/{key}")
    await _until_seen(known, asked, said.who)


async def _until_seen(known: Shifts, asked: _AskedSwap, who: str) -> None:
    """Or a moment: without a worker it is seen when there is one."""
    for _ in range(LOOKS_FOR_A_SWAP):
        card = await known.card(asked.runbook, asked.post)
        if card and (who, asked.visitor.name) in [(each.who, each.by) for each in card.overrides]:
            return
        await asyncio.sleep(LOOK_FOR_A_SWAP_EVERY_S)
