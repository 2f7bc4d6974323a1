"""The answer of the gateway when it does not accept: one shape, in words for the sender's log."""

from collections.abc import Mapping, Sequence

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from starter.sources.reading import FieldProblem, Unreadable
from starter.sources.refusal import Refusal
from starter.temporal.results import Unreachable


class ErrorBody(BaseModel):
    """The body of every answer that is not 2xx."""

    error: str
    problems: list[FieldProblem] = []


def answer_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refuse(_: Request, refusal: Refusal) -> JSONResponse:
        return refused(refusal)

    @app.exception_handler(Unreachable)
    async def unreachable(_: Request, error: Unreachable) -> JSONResponse:
        return _json(503, str(error), headers={"Retry-After": "5"})

    @app.exception_handler(Unreadable)
    async def unreadable(_: Request, error: Unreadable) -> JSONResponse:
        return _json(error.status, str(error), error.problems)


def refused(refusal: Refusal) -> JSONResponse:
    return _json(refusal.status, str(refusal), headers=refusal.headers)


def _json(
    status: int, error: str, problems: Sequence[FieldProblem] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    body = ErrorBody(error=error, problems=list(problems))
    return JSONResponse(body.model_dump(mode="json"), status, headers)
