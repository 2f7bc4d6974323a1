"""Slack's Web API over HTTP: https://docs.slack.dev/reference/methods

Clients send arguments as JSON, as a form, or (slack_sdk's asynchronous client) in the query of a POST: all are taken.
"""

from fastapi import APIRouter, Request
from pydantic import JsonValue, ValidationError

from sandbox.slack import Workspace, slack_error
from sandbox.slack_calls import SLACK_METHODS
from sandbox.slack_json import Answer
from sandbox.vendor_error import VendorError
from sandbox.wire import fields_of

REVOKED_TOKEN = "xoxb-revoked"  # noqa: S105 # a token that Slack no longer takes, for tests


def router(workspace: Workspace) -> APIRouter:
    async def call(method: str, request: Request) -> Answer:
        arguments = await _arguments(request)
        _check_token(request, arguments)
        if method not in SLACK_METHODS:
            raise slack_error("unknown_method")
        try:
            parsed = SLACK_METHODS[method].model_validate(arguments)
        except ValidationError as error:
            raise _invalid_arguments(error) from None
        return {"ok": True, **parsed.answer(workspace)}

    api = APIRouter(prefix="/slack/api", tags=["Slack"])
    api.add_api_route("/{method}", call, methods=["GET", "POST"], operation_id="slack_call")
    return api


async def _arguments(request: Request) -> dict[str, JsonValue]:
    body = fields_of(await request.body())
    return {**request.query_params, **(body if isinstance(body, dict) else {})}


def _check_token(request: Request, arguments: dict[str, JsonValue]) -> None:
    token = request.headers.get("authorization", "").removeprefix("Bearer ") or str(arguments.get("token", ""))
    if not token:
        raise slack_error("not_authed")
    if not token.startswith("xoxb-") or token == REVOKED_TOKEN:
        raise slack_error("invalid_auth")


def _invalid_arguments(error: ValidationError) -> VendorError:
    messages = [f"[ERROR] {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    body = {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": messages}}
    return VendorError(200, body)
