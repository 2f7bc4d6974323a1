"""Socket Mode: the app's calls through a connection that the app opened.

https://docs.slack.dev/apis/events-api/using-socket-mode: each call goes to one of the connections, in an envelope that
is acknowledged by its id; connections are refreshed by Slack from time to time.
"""

import asyncio
import contextlib
import random
from typing import Literal

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from sandbox.ids import new_id
from sandbox.slack.people import APP

MOST_SOCKETS = 10
"""https://docs.slack.dev/apis/events-api/using-socket-mode#connections"""
_DEBUG: dict[str, JsonValue] = {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18_060}


class EnvelopeTaken(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    envelope_id: str
    payload: JsonValue = None


class _Connection:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.waiting: dict[str, asyncio.Future[JsonValue]] = {}

    async def read(self) -> None:
        """Until the app hangs up."""
        while True:
            try:
                said = EnvelopeTaken.model_validate_json(await self.websocket.receive_text())
            except ValidationError:
                continue
            waiting = self.waiting.pop(said.envelope_id, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(said.payload)


class Sockets:
    def __init__(self) -> None:
        self._tickets: set[str] = set()
        self._open: list[_Connection] = []

    @property
    def count(self) -> int:
        return len(self._open)

    def address(self, base_url: str) -> str:
        """One connection can be opened there."""
        ticket = new_id()
        self._tickets.add(ticket)
        return f"ws{base_url.removeprefix('http')}slack/socket/{ticket}"

    async def serve(self, websocket: WebSocket) -> None:
        ticket = websocket.path_params["ticket"]
        if ticket not in self._tickets:
            await websocket.close()
            return
        self._tickets.discard(ticket)
        await websocket.accept()
        connection = _Connection(websocket)
        if self.count == MOST_SOCKETS:
            await websocket.send_json(_farewell("too_many_websockets"))
            await websocket.close()
            return
        self._open.append(connection)
        try:
            hello = {"type": "hello", "num_connections": self.count, "connection_info": {"app_id": APP}}
            await websocket.send_json({**hello, "debug_info": _DEBUG})
            await connection.read()
        except WebSocketDisconnect:
            pass
        finally:
            if connection in self._open:
                self._open.remove(connection)
            for waiting in connection.waiting.values():
                waiting.cancel()

    async def send(self, envelope: dict[str, JsonValue], within_s: float) -> JsonValue:
        """What came back with the acknowledgement. Raises TimeoutError if none did."""
        connection = random.choice(self._open)  # noqa: S311 # any of them, as Slack does
        envelope_id = new_id().lower()
        waiting: asyncio.Future[JsonValue] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = waiting
        await connection.websocket.send_json({"envelope_id": envelope_id, **envelope})
        try:
            async with asyncio.timeout(within_s):
                return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            if waiting.cancelled():  # the app hung up
                raise TimeoutError from None
            raise
        finally:
            connection.waiting.pop(envelope_id, None)

    async def refresh(self, reason: Literal["warning", "refresh_requested"] = "refresh_requested") -> None:
        """As Slack does every few hours; after `warning` calls still come by that connection for a while.

        The app hangs up: were it closed here at once, Slack's own client would open two in a row, one for the request
        and one for the end, and lose what came by the first."""
        for connection in [*self._open]:
            if reason == "refresh_requested":
                self._open.remove(connection)
            await connection.websocket.send_json(_farewell(reason))

    async def close(self) -> None:
        for connection in [*self._open]:
            with contextlib.suppress(RuntimeError):  # it is closed already
                await connection.websocket.close()
        self._open.clear()
        self._tickets.clear()


def _farewell(reason: str) -> dict[str, JsonValue]:
    return {"type": "disconnect", "reason": reason, "debug_info": _DEBUG}
