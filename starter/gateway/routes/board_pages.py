"""The pages of the board that show how things stand, and what tells a page that it has changed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from markupsafe import Markup

from starter.board import owed_acts
from starter.board.acts import acts
from starter.board.feed import BoardFeed, TooManyWatch
from starter.board.forms import Act
from starter.board.incident_page import incident_page
from starter.board.review_page import review_page
from starter.desk.answers import Remembered
from starter.desk.verbs import Verb
from starter.gateway.board import FAILURES_SHOWN, Board
from starter.gateway.page_headers import BOARD_HEADERS
from starter.gateway.visitors import Visitor
from starter.pictures.course import course
from starter.temporal.results import ListPage, Summary, Unreachable
from workflows.policy.planning.destinations import channel_link
from workflows.policy.views.results import UpdateResult
from workflows.policy.wire.bounded import moment

CLOSED_ON_A_PAGE = 50
LONGEST_RUN_ID = 64
MOST_PAGES = 1_000_000


def router(board: Board) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    _lists(routes, board)

    @routes.get("/incidents/{incident}")
    async def incident(incident: str, request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, incident_html(board, visitor, incident))

    @routes.get("/incidents/{incident}/channel")
    async def channel(incident: str, request: Request) -> Response:
        """Where a page leads that left before there was a channel."""
        visitor = board.visitors.entered(request)
        return RedirectResponse(await _way_to_channel(board, visitor, incident), 303, BOARD_HEADERS)

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
        return await board.answer(visitor, _closed_html(board, visitor, request.query_params))

    @routes.get("/reviews")
    async def reviews(request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, _reviews_html(board, visitor, _number(request.query_params)))

    @routes.get("/follow-ups")
    async def follow_ups(request: Request) -> Response:
        visitor = board.visitors.entered(request)
        return await board.answer(visitor, _follow_ups_html(board, visitor))


@dataclass(frozen=True)
class Aftermath:
    """What has just been done on a page, or refused."""

    done: UpdateResult | None = None
    refused: str = ""
    verb: Verb | None = None
    form: Mapping[str, str] = field(default_factory=dict)

    def acts(self, found: Sequence[Act]) -> list[Act]:
        """With what was written into the one that was refused."""
        return [act.written_again(self.form) if self._was_refused(act) else act for act in found]

    def _was_refused(self, act: Act) -> bool:
        verb = self.verb if self.refused else None
        return verb is not None and (act.group, act.verb) == (verb.group, verb.name)


async def incident_html(board: Board, visitor: Visitor, part: str, said: Aftermath = Aftermath()) -> str:
    version = board.feed(visitor).version(part)  # before it is asked: a change meanwhile is one since
    shown = await board.desk(visitor).show(part)
    if isinstance(shown, Remembered):
        return board.page("remembered.html", visitor, shown=shown, said=said)
    page = incident_page(shown, board.books, datetime.now(UTC))
    drawn = Markup(course(page.incident, page.view, page.person))  # noqa: S704 (every text in it is escaped there)
    forms = said.acts(acts(page))
    made_of = {"page": page, "acts": forms, "owed": owed_acts, "course": drawn, "version": version}
    return board.page("incident.html", visitor, said=said, **made_of)


async def _way_to_channel(board: Board, visitor: Visitor, part: str) -> str:
    """As long as nobody knows one, to the incident's page, which shows it once it is there, or says what is wrong."""
    own = f"/incidents/{quote(part, safe='')}"
    try:
        shown = await board.desk(visitor).show(part)
    except FAILURES_SHOWN:
        return own
    if isinstance(shown, Remembered):
        return own
    incident = shown.state.incident
    book = board.books.get(incident.runbook)
    return (channel_link(book, incident) if book else "") or own


async def review_html(board: Board, visitor: Visitor, part: str, said: Aftermath = Aftermath()) -> str:
    version = board.feed(visitor).version(part)
    shown = await board.desk(visitor).show_review(part)
    if isinstance(shown, Remembered):
        return board.page("remembered.html", visitor, shown=shown, said=said)
    page = review_page(shown, board.books, datetime.now(UTC))
    return board.page("review.html", visitor, page=page, owed=owed_acts, said=said, version=version)


async def _closed_html(board: Board, visitor: Visitor, asked: Mapping[str, str]) -> str:
    """The first pages by number, because open ones come first; from a closed one on by when it closed."""
    before = _moment(asked.get("before", ""))
    if before:
        known = board.desks.known_to(visitor.actor)
        rows = await known.closed_before(before, asked.get("run", "")[:LONGEST_RUN_ID], CLOSED_ON_A_PAGE)
        found = ListPage(rows=rows, size=CLOSED_ON_A_PAGE, total=0)
    else:
        found = await board.desk(visitor).incidents(_number(asked), CLOSED_ON_A_PAGE, closed=True)
    return board.page("closed.html", visitor, found=found, before=before, more=_more(found))


def _more(found: ListPage[Summary]) -> str:
    """The address of what follows; empty: nothing does."""
    if len(found.rows) < found.size:
        return ""
    last = found.rows[-1]
    if last.closed_at is None:
        return urlencode({"page": found.number + 1})
    return urlencode({"before": last.closed_at.isoformat(), "run": last.run_id})


def _moment(written: str) -> datetime | None:
    """`2026-11-01`, or with its time."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment(at)


async def _reviews_html(board: Board, visitor: Visitor, number: int) -> str:
    found = await board.desk(visitor).reviews(number, CLOSED_ON_A_PAGE, closed=False)
    return board.page("reviews.html", visitor, found=found)


async def _follow_ups_html(board: Board, visitor: Visitor) -> str:
    kept = await board.desk(visitor).follow_ups("")
    return board.page("follow_ups.html", visitor, kept=[each for each in kept if each.is_open])


def _number(asked: Mapping[str, str]) -> int:
    """Of the page of a list: whatever stands in the address, it is one."""
    written = asked.get("page", "1")
    return min(max(int(written), 1), MOST_PAGES) if written.isascii() and written.isdecimal() else 1


async def _events(feed: BoardFeed, incident: str) -> AsyncIterator[str]:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html"""
    yield "retry: 3000\n\n"
    try:
        async for version in feed.changes(incident):
            yield f"event: version\ndata: {version}\n\n" if version else "event: still\ndata: there\n\n"
    except TooManyWatch:
        yield "event: crowded\ndata: too many watch: load the page yourself\n\n"
    except Unreachable:
        return  # the browser comes again by itself
