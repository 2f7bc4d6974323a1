"""Every request to a vendor passes here: it is recorded, and meets its fault if there is one."""

import asyncio
from collections.abc import Callable
from typing import cast, get_args

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import Faults
from sandbox.wire import Vendor, WireEntry, WireLog

CUT = "sandbox.cut"
"""The ASGI extension (a callable) by which sandbox.serve lets a request cut its own connection."""

_VENDORS: dict[str, Vendor] = {vendor: vendor for vendor in get_args(Vendor)}


class FaultGate:
    """ASGI middleware, not FastAPI's: it must be able to swallow an answer."""

    def __init__(self, app: ASGIApp, wire: WireLog, faults: Faults) -> None:
        self._app = app
        self._wire = wire
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        vendor = _VENDORS.get(scope["path"].lstrip("/").partition("/")[0]) if scope["type"] == "http" else None
        if vendor is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        entry = self._wire.record(vendor, request.method, request.url.path, request.url.query, body)
        await self._meet(entry, f"{request.url.query}\n{body.decode(errors='replace')}", scope, _replay(body), send)

    async def _meet(self, entry: WireEntry, payload: str, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._faults.take(entry.vendor, entry.path, payload)
        if fault is None:
            await self._app(scope, receive, _noting(entry, send))
            return
        await asyncio.sleep(fault.delay_s)
        if fault.drop == "after":
            await self._app(scope, receive, _swallow)
        if fault.drop:
            _cut(scope)
            return
        answer = fault.answer(entry.path) or self._app
        await answer(scope, receive, _noting(entry, send))


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _noting(entry: WireEntry, send: Send) -> Send:
    async def note_and_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            entry.answered = message["status"]
        await send(message)

    return note_and_send


async def _swallow(_message: Message) -> None:
    """The reply is lost on its way."""


def _cut(scope: Scope) -> None:
    cut = cast("Callable[[], None]", scope["extensions"][CUT])
    cut()
