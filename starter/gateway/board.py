"""What all routes of the board share: who asks, how a page is answered, and what is said when there is none."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from pydantic import ValidationError

from settings import Settings
from starter.board.feed import BoardFeed
from starter.board.html import rendered
from starter.board.surroundings import SurroundingsReader
from starter.board.troubles import trouble_page
from starter.desk.desk import Desk
from starter.desk.meaning import Unlisted
from starter.desk.temporal_desk import TemporalDesk
from starter.gateway.admission import read_body
from starter.gateway.desks import Desks
from starter.gateway.errors import STATUSES, refused
from starter.gateway.page_headers import BOARD_HEADERS
from starter.gateway.published import Published
from starter.gateway.sessions import Sessions
from starter.gateway.visitors import FORM_TOKEN, Forbidden, NotEntered, Visitor, Visitors, demand_own_form
from starter.intake.silencing import Silencing
from starter.sources import foreign
from starter.sources.refusal import Refusal
from starter.temporal.heartbeats import Heartbeats
from workflows.policy.runbook.model import Runbook

FORM_BYTES: Final = 65_536
FAILURES_SHOWN: Final[tuple[type[Exception], ...]] = (*STATUSES, Unlisted)


@dataclass(frozen=True)
class Board:
    """What the pages are made of."""

    visitors: Visitors
    desks: Desks
    everything: BoardFeed
    without_private: BoardFeed
    published: Published
    silencing: Silencing
    settings: Settings

    @property
    def books(self) -> Mapping[str, Runbook]:
        return self.published.in_force.runbooks

    def desk(self, visitor: Visitor) -> Desk:
        return self.desks.of(visitor.actor)

    def feed(self, visitor: Visitor) -> BoardFeed:
        sees_all = self.desks.known_to(visitor.actor) is self.desks.incidents
        return self.everything if sees_all else self.without_private

    def closes_when(self, closing: Callable[[], bool]) -> None:
        """Whoever watches is let go as soon as the server has been told to stop."""
        self.everything.closing = self.without_private.closing = closing

    def alarmed_by(self, alarms: Callable[[], Iterable[str]]) -> None:
        """`alarms`: why people may not be paged now. Whoever watches hears of it as of everything else."""
        self.everything.alarms = self.without_private.alarms = alarms

    def expire(self) -> None:
        """Somebody has just done something: the next looks are not put off."""
        self.everything.expire()
        self.without_private.expire()

    def page(self, template: str, visitor: Visitor, **values: object) -> str:
        return rendered(template, me=visitor, links=self.settings, **values)

    async def answer(self, visitor: Visitor, make: Awaitable[str], status: int = 200) -> Response:
        """A page, or why there is none."""
        try:
            return HTMLResponse(await make, status, BOARD_HEADERS)
        except FAILURES_SHOWN as error:
            return self.trouble(visitor, error)

    def trouble(self, visitor: Visitor, error: Exception, back: str = "/") -> Response:
        status = status_of(error)
        return HTMLResponse(trouble_page(status, str(error), back, me=visitor), status, BOARD_HEADERS)


def make_board(settings: Settings, desks: Desks, published: Published, silencing: Silencing) -> Board:
    connection = desks.incidents.connection
    heartbeats, around = Heartbeats(connection), SurroundingsReader(connection, lambda: published.in_force)
    sessions = Sessions.of(settings.api_tokens, settings.board_keys, settings.oidc_may)
    return Board(
        Visitors(sessions, settings.user_header, settings.user_scope),
        desks,
        BoardFeed(TemporalDesk(desks.incidents), heartbeats, around),
        BoardFeed(TemporalDesk(desks.incidents.without_private()), heartbeats, around),
        published,
        silencing,
        settings,
    )


def status_of(error: Exception) -> int:
    return next((int(status) for kind, status in STATUSES.items() if isinstance(error, kind)), 409)


def in_words(error: Exception) -> str:
    """Why something was not done."""
    if isinstance(error, ValidationError):
        return "; ".join(str(each) for each in foreign.problems(error))
    return str(error)


async def form_of(request: Request, visitor: Visitor) -> dict[str, str]:
    """What was written into a form of ours. Raises Forbidden, Refusal."""
    form = await read_form(request)
    demand_own_form(request, visitor, form.pop(FORM_TOKEN, ""))
    return form


async def read_form(request: Request) -> dict[str, str]:
    """Of each field the last. Raises Refusal."""
    body = await read_body(request, FORM_BYTES)
    if len(body) > FORM_BYTES:
        raise Refusal(413, f"more than {FORM_BYTES} bytes")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        raise Refusal(400, "this is no form") from None


def answer_who_may_not(app: FastAPI, visitors: Visitors) -> None:
    """Whoever has not logged in is asked to, and comes to where they wanted."""

    @app.exception_handler(NotEntered)
    async def enter(request: Request, _: NotEntered) -> Response:
        if request.method != "GET" or request.url.path == "/events":
            return PlainTextResponse("log in first: /login\n", 401, BOARD_HEADERS)
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303, BOARD_HEADERS)

    @app.exception_handler(Forbidden)
    async def forbid(request: Request, error: Forbidden) -> Response:
        return refused(visitors, request, 403, str(error))
