"""The answer of the gateway when it does not accept: one shape, in words for the sender's log; to a browser, a page."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel

from starter.board.troubles import trouble_page
from starter.desk.meaning import Unlisted
from starter.gateway.page_headers import BOARD_HEADERS
from starter.gateway.visitors import Visitors
from starter.runbooks.problems import written
from starter.sources.reading import FieldProblem, Unreadable
from starter.sources.refusal import Refusal
from starter.temporal.results import LookupFailed, NobodyWorks, Recorded, RefusedByIncident, Unpublished, Unreachable

STATUSES: Final[Mapping[type[Exception], int]] = {
    Recorded: HTTPStatus.ACCEPTED,
    LookupFailed: HTTPStatus.NOT_FOUND,
    RefusedByIncident: HTTPStatus.CONFLICT,
    NobodyWorks: HTTPStatus.SERVICE_UNAVAILABLE,
    Unpublished: HTTPStatus.SERVICE_UNAVAILABLE,
    Unreachable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What other rooms raise, and how it is answered. Recorded: nothing is lost, but nobody acts on it now."""


BUG: Final = "this is a bug: what went wrong is in the gateway's log"


class ErrorBody(BaseModel):
    """The body of every answer that is not what was asked for."""

    error: str
    problems: list[FieldProblem] = []


def answer_refusals(app: FastAPI, visitors: Visitors) -> None:
    answer = partial(refused, visitors)

    @app.exception_handler(Refusal)
    async def refuse(request: Request, refusal: Refusal) -> Response:
        return answer(request, refusal.status, str(refusal), headers=refusal.headers)

    @app.exception_handler(Unlisted)
    async def unlisted(request: Request, error: Unlisted) -> Response:
        return answer(request, 409, str(error), [FieldProblem("unlisted", "say true, if it is meant")])

    for kind, status in STATUSES.items():
        app.add_exception_handler(kind, _answered(visitors, status))

    @app.exception_handler(Unreadable)
    async def unreadable(request: Request, error: Unreadable) -> Response:
        return answer(request, error.status, str(error), error.problems)

    @app.exception_handler(RequestValidationError)
    async def badly_put(request: Request, error: RequestValidationError) -> Response:
        problems = [FieldProblem(written(e["loc"][1:]), str(e["msg"])) for e in error.errors()]
        return answer(request, 422, "the request cannot be used", problems)

    @app.exception_handler(Exception)
    async def bug(request: Request, _: Exception) -> Response:
        return answer(request, 500, BUG)


def _answered(visitors: Visitors, status: int) -> Callable[[Request, Exception], Response]:
    headers = {"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    return lambda request, error: refused(visitors, request, status, str(error), headers=headers)


def refused(
    visitors: Visitors,
    request: Request,
    status: int,
    error: str,
    problems: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    if is_of_a_browser(request):
        page = trouble_page(status, error, me=visitors.known(request))
        return HTMLResponse(page, status, {**BOARD_HEADERS, **(headers or {})})
    body = ErrorBody(error=error, problems=list(problems))
    return JSONResponse(body.model_dump(mode="json"), status, headers)


def is_of_a_browser(request: Request) -> bool:
    """Somebody looks: programs ask for JSON, or for anything."""
    return "text/html" in request.headers.get("accept", "")
