"""Runs the sandbox in the event loop of whoever asks: a process of its own, `tocsin up`, or a test."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator
from importlib.util import find_spec
from typing import Literal

import uvicorn
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.gate import CUT

LOOPBACK = "127.0.0.1"
_WEBSOCKETS: Literal["wsproto", "none"] = "wsproto" if find_spec("wsproto") else "none"
"""Without the package there is no Socket Mode, and all else as usual."""


@contextlib.asynccontextmanager
async def serving(app: FastAPI, port: int = 0, host: str = LOOPBACK) -> AsyncIterator[str]:
    """Serve `app` on `host` for the length of the block. Yields the address; port 0: a free one.

    Raises OSError if the port is taken.
    """
    listener = socket.create_server((host, port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio sets it only on sockets that it made
    server = _SandboxServer(
        uvicorn.Config(
            app, http=_CuttableProtocol, ws=_WEBSOCKETS, log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
    )
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.up.wait()
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()


class _SandboxServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals belong to the process around the sandbox, not to the sandbox."""
        yield


class _CuttableProtocol(H11Protocol):
    """Lets the application cut the connection under a request: ASGI has no word for a reply that gets lost."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the parent
        super().connection_made(transport)
        app = self.app

        async def with_cut(scope: Scope, receive: Receive, send: Send) -> None:
            extensions = {**scope.get("extensions", {}), CUT: transport.abort}
            await app({**scope, "extensions": extensions}, receive, send)

        self.app = with_cut
