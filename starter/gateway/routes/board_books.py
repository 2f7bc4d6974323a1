"""Runbooks as pictures, with what-if controls, and the report."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response

from starter.board.what_if import what_if
from starter.gateway.board import Board
from starter.gateway.page_headers import BOARD_HEADERS
from starter.gateway.visitors import Visitor
from starter.pictures.captions import of_figures
from starter.pictures.preview import picture as drawn_preview
from starter.pictures.report import picture as drawn_report
from starter.pictures.sentences import sentences
from starter.report.counting import counted
from starter.report.figures import ReportFigures
from starter.report.reading import read
from starter.runbooks.lint import findings
from starter.temporal.results import LookupFailed
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.summary import ClosedIncident
from workflows.texts.preview import preview

REPORT_DAYS = 30
MOST_REPORT_DAYS = 400


def router(board: Board) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    _runbooks(routes, board)
    _report(routes, board)
    return routes


def _runbooks(routes: APIRouter, board: Board) -> None:
    turn = asyncio.Semaphore(1)  # whoever loads a page with four pictures takes one thread of this process, not four

    @routes.get("/runbooks")
    async def runbooks(request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, _books_html(board, visitor))

    @routes.get("/runbooks/{name}")
    async def runbook(name: str, request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, _book_html(board, visitor, name, request.query_params))

    @routes.get("/runbooks/{name}/{severity}.svg")
    async def picture(name: str, severity: str, request: Request) -> Response:
        visitor = board.visitors.entered(request)
        try:
            book = _book(board, name)
        except LookupFailed as error:
            return board.trouble(visitor, error, "/runbooks")
        async with turn:
            return drawn(await asyncio.to_thread(_drawn, book, severity, dict(request.query_params)))


def _report(routes: APIRouter, board: Board) -> None:
    @routes.get("/report")
    async def report(request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, _report_html(board, visitor, days(request.query_params)))

    @routes.get("/report.svg")
    async def picture(request: Request) -> Response:
        visitor = board.visitors.entered(request)
        seen, records = await _read(board, visitor, days(request.query_params))
        return drawn(drawn_report(seen, records))


async def _books_html(board: Board, visitor: Visitor) -> str:
    return board.page("runbooks.html", visitor, books=board.books, default=board.published.in_force.default)


async def _book_html(board: Board, visitor: Visitor, name: str, asked: Mapping[str, str]) -> str:
    book = _book(board, name)
    found = await asyncio.to_thread(lambda: list(findings(book, datetime.now(UTC).date())))
    return board.page("runbook.html", visitor, book=book, asked=what_if(book, "", asked), findings=found)


def _book(board: Board, name: str) -> Runbook:
    book = board.books.get(name)
    if book is None:
        raise LookupFailed(f"there is no runbook of that name; there are {', '.join(sorted(board.books))}")
    return book


def _drawn(book: Runbook, severity: str, asked: Mapping[str, str]) -> str:
    course = what_if(book, severity, asked).course
    return drawn_preview(book, course, preview(book, course))


def drawn(svg: str) -> Response:
    """An SVG document has its style in it: just that one may be used, and nothing else."""
    style = re.search(r"<style>(.*?)</style>", svg, re.DOTALL)
    used = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode() if style else ""
    policy = f"default-src 'none'; style-src 'sha256-{used}'; frame-ancestors 'none'"
    return Response(svg, media_type="image/svg+xml", headers=BOARD_HEADERS | {"Content-Security-Policy": policy})


def days(asked: Mapping[str, str]) -> int:
    written = asked.get("days", "")
    return min(max(int(written), 1), MOST_REPORT_DAYS) if written.isascii() and written.isdecimal() else REPORT_DAYS


async def _report_html(board: Board, visitor: Visitor, so_many: int) -> str:
    seen, _ = await _read(board, visitor, so_many)
    said = [sentence.strip() for sentence in sentences(seen)]
    return board.page("report.html", visitor, seen=seen, days=so_many, caption=of_figures(seen), sentences=said)


async def _read(board: Board, visitor: Visitor, so_many: int) -> tuple[ReportFigures, tuple[ClosedIncident, ...]]:
    """As `tocsin report` does. Raises Unreachable."""
    now = datetime.now(UTC).replace(microsecond=0)
    since = now - timedelta(days=so_many)
    seen, past = await read(board.desks.known_to(visitor.actor), since, now, "", lambda _: None)
    return seen, counted(past.records, since, now)
