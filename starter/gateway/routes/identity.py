"""/login/oidc: to the identity provider, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from settings import Settings
from starter.gateway.board import Board
from starter.gateway.identities import identity_of
from starter.gateway.identity_provider import IdentityProvider, LoginBegun, LoginFailed
from starter.gateway.log_budget import LogBudget
from starter.gateway.page_headers import BOARD_HEADERS
from starter.gateway.routes.login import enter, form, own_path
from starter.gateway.strangers_calls import StrangersCalls
from starter.sources import text

LOGIN_PATH: Final = "/login/oidc"
LOGIN_COOKIE: Final = "tocsin_login"
LOGIN_LASTS: Final = timedelta(minutes=10)
LONGEST_LOGIN_CODE: Final = 4000

log = structlog.get_logger()


def provider_of(settings: Settings) -> IdentityProvider | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret = settings.oidc_client_secret
    words = secret.get_secret_value() if secret else ""
    return IdentityProvider(settings.oidc_issuer, settings.oidc_client_id, words, settings.oidc_scopes)


def router(board: Board) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    provider, sessions = provider_of(board.settings), board.visitors.sessions
    if provider is None:
        return routes
    calls, budget = StrangersCalls(), LogBudget()

    @routes.get(LOGIN_PATH)
    async def begin(request: Request) -> Response:
        begun, wanted = LoginBegun(), own_path(request.query_params.get("next", "/"))
        try:
            async with calls.turn(_sender(request)):
                address = await provider.address(begun, _back(board, request))
        except LoginFailed as error:
            return _refused(request, wanted, error, budget)
        answer = RedirectResponse(address, 303, BOARD_HEADERS)
        sealed = sessions.seal("login", {**asdict(begun), "next": wanted}, datetime.now(UTC))
        answer.set_cookie(
            LOGIN_COOKIE,
            sealed,
            max_age=int(LOGIN_LASTS.total_seconds()),
            path=LOGIN_PATH,
            httponly=True,
            secure=request.url.scheme == "https",
            samesite="lax",  # the provider sends the browser back, from another site
        )
        return answer

    @routes.get(f"{LOGIN_PATH}/back")
    async def back(request: Request) -> Response:
        kept = sessions.unseal("login", request.cookies.get(LOGIN_COOKIE, ""), datetime.now(UTC), LOGIN_LASTS)
        wanted = str(kept.get("next", "/")) if kept else "/"
        try:
            begun, code = _brought_back(request.query_params, kept)
            async with calls.turn(_sender(request)):
                claims = await provider.claims(begun, code, _back(board, request))
            who = identity_of(claims, board.settings.oidc_may, board.settings.oidc_groups, board.books.values())
        except LoginFailed as error:
            return _refused(request, wanted, error, budget)
        session = sessions.begin_as(who.name, who.rule, datetime.now(UTC))
        answer = enter(request, session, wanted)
        answer.delete_cookie(LOGIN_COOKIE, path=LOGIN_PATH)
        return answer

    return routes


def _back(board: Board, request: Request) -> str:
    """The provider compares it with what is registered there."""
    base = board.settings.gateway_url or f"{request.url.scheme}://{request.url.netloc}"
    return f"{base.rstrip('/')}{LOGIN_PATH}/back"


def _brought_back(said: Mapping[str, str], kept: Mapping[str, object] | None) -> tuple[LoginBegun, str]:
    """Raises LoginFailed."""
    if kept is None:
        raise LoginFailed("this login was not begun in this browser, or more than ten minutes ago: try again")
    begun = LoginBegun(str(kept["state"]), str(kept["nonce"]), str(kept["verifier"]))
    if said.get("state", "") != begun.state:
        raise LoginFailed("this is the answer to another login: try again")
    if "error" in said:
        raise LoginFailed(f"the identity provider says: {text.line(said['error'], 100)}")
    code = said.get("code", "")
    if not 0 < len(code) <= LONGEST_LOGIN_CODE:
        raise LoginFailed("the identity provider sent nothing to prove it by")
    return begun, code


def _sender(request: Request) -> str:
    return request.client.host if request.client else "?"


def _refused(request: Request, wanted: str, error: LoginFailed, budget: LogBudget) -> Response:
    left_out = budget.left_out("login", datetime.now(UTC))
    if left_out is not None:
        log.error("login refused", sender=_sender(request), reason=str(error), not_logged=left_out or None)
    answer = form(wanted, text.line(str(error), 300), oidc=True)
    answer.delete_cookie(LOGIN_COOKIE, path=LOGIN_PATH)
    return answer
