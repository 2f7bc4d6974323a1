"""The pages of the board that show how things stand, and what tells a page that it has changed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from markupsafe import Markup

from starter.board import acts
from starter.board.feed import BoardFeed, TooManyWatch
from starter.board.incident_page import incident_page
from starter.board.review_page import review_page
from starter.desk.answers import Remembered
from starter.gateway.board import BOARD_HEADERS, Board
from starter.gateway.visitors import Visitor
from starter.pictures.course import course
from starter.temporal.results import Unreachable

CLOSED_ON_A_PAGE = 50
MOST_PAGES = 1_000_000


def router(board: Board) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    _lists(routes, board)

    @routes.get("/incidents/{incident}")
    async def incident(incident: str, request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, incident_html(board, visitor, incident))

    @routes.get("/reviews/{incident}")
    async def review(incident: str, request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, review_html(board, visitor, incident))

    @routes.get("/events")
    async def events(request: Request, incident: str = "") -> Response:
        visitor = board.visitors.entered(request)
        heads = BOARD_HEADERS | {"X-Accel-Buffering": "no"}  # nginx would keep the stream back
        return StreamingResponse(_events(board.feed(visitor), incident), media_type="text/event-stream", headers=heads)

    return routes


def _lists(routes: APIRouter, board: Board) -> None:
    @routes.get("/incidents")
    async def closed(request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, _closed_html(board, visitor, _number(request)))

    @routes.get("/reviews")
    async def reviews(request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, _reviews_html(board, visitor, _number(request)))

    @routes.get("/follow-ups")
    async def follow_ups(request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, _follow_ups_html(board, visitor))

    @routes.get("/on-call")
    async def on_call(request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return HTMLResponse(board.page("on_call.html", visitor, books=board.books), headers=BOARD_HEADERS)


async def incident_html(board: Board, visitor: Visitor, part: str, **said: object) -> str:
    """`said`: what has just been done, or refused."""
    shown = await board.desk(visitor).show(part)
    if isinstance(shown, Remembered):
        return board.page("remembered.html", visitor, shown=shown, **_said(said))
    page = incident_page(shown, board.books, datetime.now(UTC))
    drawn = Markup(course(page.incident, page.view, page.person))  # noqa: S704 (every text in it is escaped there)
    return board.page("incident.html", visitor, page=page, acts=acts, course=drawn, **_said(said))


async def review_html(board: Board, visitor: Visitor, part: str, **said: object) -> str:
    shown = await board.desk(visitor).show_review(part)
    if isinstance(shown, Remembered):
        return board.page("remembered.html", visitor, shown=shown, **_said(said))
    page = review_page(shown, board.books, datetime.now(UTC))
    return board.page("review.html", visitor, page=page, acts=acts, **_said(said))


def _said(said: dict[str, object]) -> dict[str, object]:
    return {"done": None, "refused": "", **said}


async def _closed_html(board: Board, visitor: Visitor, number: int) -> str:
    found = await board.desk(visitor).incidents(number, CLOSED_ON_A_PAGE, closed=True)
    return board.page("closed.html", visitor, found=found)


async def _reviews_html(board: Board, visitor: Visitor, number: int) -> str:
    found = await board.desk(visitor).reviews(number, CLOSED_ON_A_PAGE, closed=False)
    return board.page("reviews.html", visitor, found=found)


async def _follow_ups_html(board: Board, visitor: Visitor) -> str:
    kept = await board.desk(visitor).follow_ups("")
    return board.page("follow_ups.html", visitor, kept=[each for each in kept if each.is_open], acts=acts)


def _number(request: Request) -> int:
    """Of the page of a list: whatever stands in the address, it is one."""
    written = request.query_params.get("page", "1")
    return min(max(int(written), 1), MOST_PAGES) if written.isascii() and written.isdecimal() else 1


async def _events(feed: BoardFeed, incident: str) -> AsyncIterator[str]:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html"""
    yield "retry: 3000\n\n"
    try:
        async for version in feed.changes(incident):
            yield f"event: version\ndata: {version}\n\n" if version else ": still there\n\n"
    except TooManyWatch:
        yield "event: crowded\ndata: too many watch: load the page yourself\n\n"
    except Unreachable:
        return  # the browser comes again by itself
