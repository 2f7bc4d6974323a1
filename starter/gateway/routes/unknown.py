"""Requests to an address that does not exist: a typing error in a sender's configuration, by which nobody is paged."""

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import unquote

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from starter.gateway.errors import refused
from starter.gateway.outcomes import Outcomes
from starter.gateway.visitors import Visitors
from starter.runbooks.problems import closest
from starter.sources import text
from starter.sources.table import SOURCES

THERE_ARE = f"Alerts go by POST to /webhooks/ and one of these: {', '.join(sorted(SOURCES))}"
_SENDS = {"POST", "PUT", "PATCH"}


def answer_unknown(app: FastAPI, visitors: Visitors, outcomes: Outcomes) -> None:
    """Answers every request that no route takes. If it looks like a delivery, that is seen."""

    @app.exception_handler(HTTPException)
    async def unknown(request: Request, error: HTTPException) -> Response:
        parts = [unquote(part) for part in request.url.path.split("/") if part]
        error_text = _what(request.method, parts, error.status_code)
        if request.method not in _SENDS or not any(part in SOURCES or part.startswith("webhook") for part in parts):
            return refused(visitors, request, error.status_code, error_text, headers=error.headers)
        meant = _meant(parts) if error.status_code == HTTPStatus.NOT_FOUND else ""
        error_text = f"{error_text} {meant}{THERE_ARE}"
        sender = request.client.host if request.client else "?"
        outcomes.nowhere(error.status_code, error_text, datetime.now(UTC), sender)
        return refused(visitors, request, error.status_code, error_text, headers=error.headers)


def _what(method: str, parts: list[str], status: int) -> str:
    path = text.line("/".join(parts), text.LONGEST_WORD)
    if status != HTTPStatus.NOT_FOUND:
        return f"nothing takes a {method} at /{path}."
    return f"there is nothing at /{path}."


def _meant(parts: list[str]) -> str:
    source = next((part for part in parts if part in SOURCES), parts[-1][: text.LONGEST_WORD])
    if source in SOURCES:
        return f"Did you mean `/webhooks/{source}`? "
    near = closest(source, SOURCES)
    return f"{near} " if near.startswith("Did") else ""
