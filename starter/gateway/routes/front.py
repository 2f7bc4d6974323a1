"""GET /: the board for whoever has entered; for whoever is plainly on this machine, whether Tocsin is well and how to
enter; strangers' programs hear only whether it is ready, and strangers' browsers are asked to log in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from starter.board.filters import RowFilter
from starter.board.glance import MOST_DUE
from starter.gateway.access import Access
from starter.gateway.board import Board
from starter.gateway.errors import is_of_a_browser
from starter.gateway.front_page import FRONT_HEADERS, FrontLinks, front_page
from starter.gateway.page_headers import BOARD_HEADERS
from starter.gateway.routes.health import REACHABLE, Readiness, Watched, described, readiness
from starter.gateway.visitors import Visitor


def router(watched: Watched, access: Access, board: Board) -> APIRouter:
    routes = APIRouter()
    namespace = watched.incidents.connection.client.namespace
    settings = board.settings
    links = FrontLinks(settings.sandbox_url, settings.temporal_ui_url, namespace)
    board.alarmed_by(lambda: what_is_wrong(described(watched, REACHABLE), _stuck(watched)))

    @routes.get("/", include_in_schema=False)
    async def front(request: Request) -> Response:
        if visitor := board.visitors.known(request):
            return await board.answer(visitor, _board_html(watched, board, visitor, RowFilter.of(request.query_params)))
        found = await readiness(watched)
        status = 200 if found.ready else 503
        if not access.may_know(request):
            if is_of_a_browser(request):
                return RedirectResponse("/login", 303, BOARD_HEADERS)
            return PlainTextResponse("ready\n" if found.ready else "not ready\n", status, FRONT_HEADERS)
        stuck = _stuck(watched)
        remarks = [line for line in found.problems if line not in stuck]
        return HTMLResponse(front_page(links, list(what_is_wrong(found, stuck)), remarks), status, FRONT_HEADERS)

    return routes


async def _board_html(watched: Watched, board: Board, visitor: Visitor, wanted: RowFilter) -> str:
    found, stuck = await readiness(watched), _stuck(watched)
    glance = await board.feed(visitor).glance()
    return board.page(
        "board.html",
        visitor,
        glance=glance,
        rows=wanted.among(glance.incidents.rows, visitor.name, board.books),
        wanted=wanted,
        due=glance.due()[:MOST_DUE],
        silences=board.silencing.not_over(datetime.now(UTC)),
        wrong=list(what_is_wrong(found, stuck)),
        remarks=[line for line in found.problems if line not in stuck],
        canary=found.canary,
        webhooks=_webhooks(found),
        books=board.books,
    )


class TakenWebhooks(NamedTuple):
    """Since the gateway started."""

    taken: int
    rejected: int


def _webhooks(found: Readiness) -> TakenWebhooks:
    counts = found.webhooks.values()
    return TakenWebhooks(*(sum(each.get(what, 0) for each in counts) for what in ("accepted", "refused")))


def _stuck(watched: Watched) -> list[str]:
    return list(watched.stuck.problems(datetime.now(UTC)))


def what_is_wrong(found: Readiness, stuck: list[str]) -> Iterator[str]:
    """Why nobody may be paged now."""
    if found.temporal != REACHABLE:
        yield found.temporal
    elif not found.ready:
        yield "the default runbook is not loaded: alerts stay with their senders"
    if found.canary and found.canary.problem:
        yield f"the canary did not come back: {found.canary.problem}"
    elif found.canary and found.canary.last_success_at is None:
        yield "no canary has come back since the gateway started: it is not yet known whether a worker pages people"
    yield from stuck
