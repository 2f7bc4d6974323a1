"""An app that keeps what Slack sends it, and answers what a test tells it to."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from slack_sdk.signature import SignatureVerifier

from sandbox.serve import serving
from tests.patience import HANGS_AFTER_S


@dataclass
class ToyApp:
    url: str = ""
    secret: str = "shh"
    calls: list[dict[str, Any]] = field(default_factory=list)
    """Payloads of interactions and events, fields of commands."""
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    """For the next calls; then it answers 200 without a body."""

    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def call(self, number: int = 1) -> dict[str, Any]:
        """Once so many have arrived, the last of them."""
        async with asyncio.timeout(HANGS_AFTER_S), self._heard:
            await self._heard.wait_for(lambda: len(self.calls) >= number)
        return self.calls[number - 1]

    def will_answer(self, *bodies: Any, status: int = 200) -> None:
        self.answers += [JSONResponse(body, status) for body in bodies]

    async def take(self, request: Request) -> Response:
        body = await request.body()
        if not SignatureVerifier(self.secret).is_valid_request(body, dict(request.headers)):
            return Response(status_code=401)
        self.headers.append(dict(request.headers))
        async with self._heard:
            self.calls.append(_read(body.decode()))
            self._heard.notify_all()
        return self.answers.pop(0) if self.answers else Response()


def _read(body: str) -> dict[str, Any]:
    if body.startswith("{"):
        event: dict[str, Any] = json.loads(body)
        return event
    form = dict(parse_qsl(body, keep_blank_values=True))
    read: dict[str, Any] = json.loads(form["payload"]) if "payload" in form else form
    return read


@contextlib.asynccontextmanager
async def running_toy_app() -> AsyncIterator[ToyApp]:
    toy = ToyApp()
    app = FastAPI()
    app.add_api_route("/slack", toy.take, methods=["POST"])
    async with serving(app) as url:
        toy.url = f"{url}/slack"
        yield toy
