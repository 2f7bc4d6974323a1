"""/login, /logout and the one-time links; and the files that pages load."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from settings.access import hashed
from starter.board.html import ASSETS, rendered
from starter.gateway.access import Access, Actor
from starter.gateway.board import form_of, read_form
from starter.gateway.documented import API, API_READ
from starter.gateway.page_headers import BOARD_HEADERS
from starter.gateway.sessions import SESSION_COOKIE, SESSION_LASTS, Sessions
from starter.gateway.visitors import Visitors, demand_own_page

LONGEST_PATH = 500


class LoginLink(BaseModel):
    """Leads into the board, once."""

    path: str
    """At this gateway."""
    until: datetime


def router(access: Access, visitors: Visitors, *, oidc: bool = False) -> APIRouter:
    routes = APIRouter()
    _log_in(routes, visitors, oidc=oidc)
    _links(routes, access, visitors.sessions)

    @routes.get("/assets/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        found = ASSETS.get(name)
        if found is None:
            return Response(status_code=404)
        kept = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(found.body, media_type=found.media_type, headers=BOARD_HEADERS | kept)

    return routes


def _log_in(routes: APIRouter, visitors: Visitors, *, oidc: bool) -> None:
    sessions = visitors.sessions

    @routes.get("/login", include_in_schema=False)
    async def ask(request: Request) -> Response:
        return form(request.query_params.get("next", "/"), "", oidc=oidc)

    @routes.post("/login", include_in_schema=False)
    async def log_in(request: Request) -> Response:
        demand_own_page(request)
        given = await read_form(request)
        sha256 = hashed(given.get("token", "").strip())
        token = next((each for each in sessions.tokens if each.sha256 == sha256), None)
        wanted = given.get("next", "/")
        if token is None:
            return form(wanted, "This token is not known here.", oidc=oidc)
        return enter(request, sessions.begin(token, datetime.now(UTC)), wanted)

    @routes.get("/login/{code}", include_in_schema=False)
    async def by_link(code: str, request: Request) -> Response:
        token = sessions.use_link(code, datetime.now(UTC))
        if token is None:
            return form("/", "This link has been used, or is old: `tocsin board` makes another one.", oidc=oidc)
        return enter(request, sessions.begin(token, datetime.now(UTC)), "/")

    @routes.post("/logout", include_in_schema=False)
    async def log_out(request: Request) -> Response:
        await form_of(request, visitors.entered(request))
        visitors.end_session(request)
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


def form(wanted: str, problem: str, *, oidc: bool) -> Response:
    html = rendered("login.html", next=own_path(wanted), problem=problem, oidc=oidc)
    return HTMLResponse(html, 401 if problem else 200, BOARD_HEADERS)


def enter(request: Request, session: str, wanted: str) -> Response:
    answer = RedirectResponse(own_path(wanted), 303, BOARD_HEADERS)
    answer.set_cookie(
        SESSION_COOKIE,
        session,
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",  # strict, and a link in the chat would lead to the login
    )
    return answer


def own_path(wanted: str) -> str:
    """Of this gateway: `//evil.example` is another one, and so is what browsers make of a backslash."""
    inside = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if inside and len(wanted) <= LONGEST_PATH else "/"
