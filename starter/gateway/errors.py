"""The answer of the gateway when it does not accept: one shape, in words for the sender's log."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from starter.desk.meaning import Unlisted
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


class ErrorBody(BaseModel):
    """The body of every answer that is not what was asked for."""

    error: str
    problems: list[FieldProblem] = []


def answer_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refuse(_: Request, refusal: Refusal) -> JSONResponse:
        return refused(refusal)

    @app.exception_handler(Unlisted)
    async def unlisted(_: Request, error: Unlisted) -> JSONResponse:
        return _json(409, str(error), [FieldProblem("unlisted", "say true, if it is meant")])

    for kind, status in STATUSES.items():
        app.add_exception_handler(kind, _answered(status))

    @app.exception_handler(Unreadable)
    async def unreadable(_: Request, error: Unreadable) -> JSONResponse:
        return _json(error.status, str(error), error.problems)

    @app.exception_handler(RequestValidationError)
    async def badly_put(_: Request, error: RequestValidationError) -> JSONResponse:
        problems = [FieldProblem(written(e["loc"][1:]), str(e["msg"])) for e in error.errors()]
        return _json(422, "the request cannot be used", problems)


def _answered(status: int) -> Callable[[Request, Exception], JSONResponse]:
    headers = {"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    return lambda _, error: _json(status, str(error), headers=headers)


def refused(refusal: Refusal) -> JSONResponse:
    return _json(refusal.status, str(refusal), headers=refusal.headers)


def _json(
    status: int, error: str, problems: Sequence[FieldProblem] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    body = ErrorBody(error=error, problems=list(problems))
    return JSONResponse(body.model_dump(mode="json"), status, headers)
