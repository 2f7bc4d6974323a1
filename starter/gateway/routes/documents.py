"""GET /docs and /openapi.json: what this gateway takes and answers. The page is plain, and asks nobody else for any of
it, so that it can be read where there is no internet."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import HTMLResponse

from starter.gateway.access import Access
from starter.gateway.errors import ErrorBody

ALONE = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Referrer-Policy": "no-referrer"}
_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "no token that is known here, and not plainly from this machine"}
}


def router(app: FastAPI, access: Access) -> APIRouter:
    routes = APIRouter(tags=["documents"], dependencies=[Depends(access.whoever_may_know)])

    @routes.get("/openapi.json", responses=_REFUSED)
    async def openapi() -> dict[str, Any]:
        """This document."""
        return app.openapi()

    @routes.get("/docs", responses=_REFUSED, response_class=HTMLResponse)
    async def docs() -> Response:
        """The same to read."""
        return HTMLResponse("\n".join(_page(app.openapi())), headers=ALONE)

    return routes


def _page(document: Mapping[str, Any]) -> Iterator[str]:
    title = escape(document["info"]["title"])
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
            yield from _operation(operation)
    yield "<h1>Models</h1>"
    for name, schema in document["components"]["schemas"].items():
        yield f"<h2>{escape(name)}</h2>{_json(schema)}"
    yield "</html>"


def _operation(operation: Mapping[str, Any]) -> Iterator[str]:
    for paragraph in operation.get("description", "").split("\n\n"):
        yield f"<p>{escape(paragraph)}</p>"
    for part in ("parameters", "requestBody"):
        if part in operation:
            yield f"<details><summary>{part}</summary>{_json(operation[part])}</details>"
    yield "<ul>"
    for status, answer in operation["responses"].items():
        yield f"<li>{escape(status)}: {escape(answer.get('description', ''))}</li>"
    yield "</ul>"


def _json(value: object) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"
