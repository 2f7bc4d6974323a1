"""The sandbox behind a proxy that makes its answers odd: null, missing or of another type is all that nobody needs."""

import json
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.app import create_app
from sandbox.serve import serving
from tests.sandbox_server import SandboxServer

Twist = Callable[[Any], Any]
GONE = object()
ODDITIES: dict[str, Any] = {
    "null": None,
    "missing": GONE,
    "a number": 7,
    "a text": "odd",
    "a list": [[1]],
    "an object": {"odd": {}},
}
ODD_ENTRIES: tuple[Any, ...] = (None, 7, "odd", [], {})


def odd_but_for(needed: Collection[str], oddity: Any) -> Twist:
    """Every field of other names; and what no vendor would have in a list, between what is there."""

    def twist(answer: Any) -> Any:
        if isinstance(answer, list):
            return [*ODD_ENTRIES, *map(twist, answer), *ODD_ENTRIES]
        if not isinstance(answer, dict):
            return answer
        told = {name: twist(value) if name in needed else oddity for name, value in answer.items()}
        return {name: value for name, value in told.items() if value is not GONE}

    return twist


@dataclass
class OddAnswers:
    """ASGI: what the sandbox's vendors answer passes here, and what its control says does not."""

    app: ASGIApp
    twist: Twist | None = None
    instead: bytes | None = None
    """The answer to every request, whatever it did."""
    status: int = 200

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/control") or not (self.twist or self.instead):
            await self.app(scope, receive, send)
            return
        start, body = dict[str, Any](), b""

        async def keep(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = dict(message)
            else:
                body += message.get("body", b"")

        await self.app(scope, receive, keep)
        if self.instead is not None:
            body, start["status"] = self.instead, self.status
        elif self.twist and body:
            body = b"\n".join(self._twisted(body))
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        start["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
        await send(cast("Message", start))
        await send({"type": "http.response.body", "body": body})

    def _twisted(self, body: bytes) -> Iterator[bytes]:
        """ntfy's lists have an entry in each line."""
        assert self.twist is not None
        lines = body.splitlines()
        for line in lines:
            yield json.dumps(self.twist(json.loads(line))).encode()
        if len(lines) > 1 or body.endswith(b"\n"):
            yield from (b"null", b"no JSON", b"[]")


@asynccontextmanager
async def odd_sandbox() -> AsyncIterator[tuple[SandboxServer, OddAnswers]]:
    answers = OddAnswers(create_app())
    async with serving(cast("FastAPI", answers)) as url, httpx.AsyncClient(trust_env=False) as client:
        yield SandboxServer(url, client), answers
