"""/login, /logout and the one-time links; and the files that pages load."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from settings.access import ApiToken, hashed
from starter.board.html import ASSETS, rendered
from starter.gateway.access import Access, Actor
from starter.gateway.board import BOARD_HEADERS, form_of, read_form
from starter.gateway.documented import API, API_READ
from starter.gateway.sessions import SESSION_COOKIE, SESSION_LASTS, Sessions
from starter.gateway.visitors import Visitors, demand_own_page

LONGEST_PATH = 500


class LoginLink(BaseModel):
    """Leads into the board, once."""

    path: str
    """At this gateway."""
    until: datetime


def router(access: Access, visitors: Visitors) -> APIRouter:
    routes = APIRouter()
    _log_in(routes, visitors)
    _links(routes, access, visitors.sessions)

    @routes.get("/assets/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        found = ASSETS.get(name)
        if found is None:
            return Response(status_code=404)
        kept = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(found.body, media_type=found.media_type, headers=BOARD_HEADERS | kept)

    return routes


def _log_in(routes: APIRouter, visitors: Visitors) -> None:
    sessions = visitors.sessions

    @routes.get("/login", include_in_schema=False)
    async def form(request: Request) -> Response:
        return _form(request.query_params.get("next", "/"), "")

    @routes.post("/login", include_in_schema=False)
    async def log_in(request: Request) -> Response:
        demand_own_page(request)
        given = await read_form(request)
        sha256 = hashed(given.get("token", "").strip())
        token = next((each for each in sessions.tokens if each.sha256 == sha256), None)
        wanted = given.get("next", "/")
        return _enter(request, sessions, token, wanted) if token else _form(wanted, "This token is not known here.")

    @routes.get("/login/{code}", include_in_schema=False)
    async def by_link(code: str, request: Request) -> Response:
        token = sessions.use_link(code, datetime.now(UTC))
        if token is None:
            return _form("/", "This link has been used, or is old: `tocsin board` makes another one.")
        return _enter(request, sessions, token, "/")

    @routes.post("/logout", include_in_schema=False)
    async def log_out(request: Request) -> Response:
        await form_of(request, visitors.entered(request))
        answer = RedirectResponse("/login", 303, BOARD_HEADERS)
        answer.delete_cookie(SESSION_COOKIE)
        return answer


def _links(routes: APIRouter, access: Access, sessions: Sessions) -> None:
    @routes.post(f"{API}/login-links", status_code=201, tags=["api"], responses=API_READ)
    async def login_link(request: Request, _: Annotated[Actor, Depends(access.whoever_may("read"))]) -> LoginLink:
        """A link that leads into the board, once and within the hour, as whoever has this token."""
        token = access.token_of(request)
        assert token is not None
        code, until = sessions.new_link(token, datetime.now(UTC))
        return LoginLink(path=f"/login/{code}", until=until)


def _form(wanted: str, problem: str) -> Response:
    html = rendered("login.html", next=_path(wanted), problem=problem)
    return HTMLResponse(html, 401 if problem else 200, BOARD_HEADERS)


def _enter(request: Request, sessions: Sessions, token: ApiToken, wanted: str) -> Response:
    answer = RedirectResponse(_path(wanted), 303, BOARD_HEADERS)
    answer.set_cookie(
        SESSION_COOKIE,
        sessions.begin(token, datetime.now(UTC)),
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",  # strict, and a link in the chat would lead to the login
    )
    return answer


def _path(wanted: str) -> str:
    """Of this gateway: `//evil.example` is another one, and so is what browsers make of a backslash."""
    inside = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if inside and len(wanted) <= LONGEST_PATH else "/"
