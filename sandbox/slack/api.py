"""Slack's Web API over HTTP: https://docs.slack.dev/reference/methods

Clients send arguments as JSON, as a form, or (slack_sdk's asynchronous client) in the query of a POST: all are taken.
"""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import JsonValue, ValidationError

from sandbox.slack.calls import SLACK_METHODS
from sandbox.slack.calls.base import SlackCall
from sandbox.slack.errors import slack_error
from sandbox.slack.response_urls import answer_pressed
from sandbox.slack.sockets import Sockets
from sandbox.slack.workspace import Workspace
from sandbox.vendor_error import VendorError
from sandbox.wire import fields_of

REVOKED_TOKEN = "xoxb-revoked"  # noqa: S105 # a token that Slack no longer takes, for tests
OPEN_SOCKET = "apps.connections.open"


def router(workspace: Workspace, sockets: Sockets) -> APIRouter:
    async def call(method: str, request: Request) -> JSONResponse:
        arguments = await _arguments(request)
        if method == OPEN_SOCKET:
            _check_token(request, arguments, "xapp-")
            return JSONResponse({"ok": True, "url": sockets.address(f"{request.base_url}")})
        _check_token(request, arguments, "xoxb-")
        if method not in SLACK_METHODS:
            raise slack_error("unknown_method")
        known = SLACK_METHODS[method]
        _check_scopes(known, workspace.app.scopes)
        answer = _parsed(known, arguments).answer(workspace)
        return JSONResponse({"ok": True, **answer}, headers={"x-oauth-scopes": ",".join(sorted(workspace.app.scopes))})

    async def respond(ticket: str, request: Request) -> dict[str, bool]:
        answer_pressed(workspace, ticket, await _arguments(request))
        return {"ok": True}

    async def go_to(channel: str) -> RedirectResponse:
        """As https://slack.com/app_redirect opens it in a client."""
        return RedirectResponse(f"/#channel={quote(channel)}", 302)

    api = APIRouter(prefix="/slack", tags=["Slack"])
    api.add_api_route("/app_redirect", go_to, methods=["GET"])
    api.add_api_route("/api/{method}", call, methods=["GET", "POST"], operation_id="slack_call")
    api.add_api_route("/response/{ticket}", respond, methods=["POST"])
    api.add_api_websocket_route("/socket/{ticket}", sockets.serve)
    return api


async def _arguments(request: Request) -> dict[str, JsonValue]:
    body = fields_of(await request.body())
    return {**request.query_params, **(body if isinstance(body, dict) else {})}


def _check_token(request: Request, arguments: dict[str, JsonValue], kind: str) -> None:
    token = request.headers.get("authorization", "").removeprefix("Bearer ") or str(arguments.get("token", ""))
    if not token:
        raise slack_error("not_authed")
    if token.startswith(("xoxb-", "xapp-")) and not token.startswith(kind):
        raise slack_error("not_allowed_token_type")
    if not token.startswith(kind) or token == REVOKED_TOKEN:
        raise slack_error("invalid_auth")


def _check_scopes(call: type[SlackCall], granted: frozenset[str]) -> None:
    if call.scopes and granted.isdisjoint(call.scopes):
        raise slack_error("missing_scope", needed=call.scopes[0], provided=",".join(sorted(granted)))


def _parsed(call: type[SlackCall], arguments: dict[str, JsonValue]) -> SlackCall:
    try:
        return call.model_validate(arguments)
    except ValidationError as error:
        raise _invalid_arguments(error) from None


def _invalid_arguments(error: ValidationError) -> VendorError:
    messages = [f"[ERROR] {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    return slack_error("invalid_arguments", response_metadata={"messages": messages})
