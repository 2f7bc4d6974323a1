"""A gateway whose process stood still, as on a machine that is overloaded or was suspended: nobody honest is cut."""

import asyncio
import time
from collections.abc import Callable

import pytest
import uvicorn
import uvloop

from starter.gateway.limits import Door, Limits, limited
from tests.patience import HANGS_AFTER_S

QUICK = Limits(head_within_s=0.2)
STANDSTILL_S = 0.5
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def answers(scope: object, receive: object, send: Callable[..., object]) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[misc]
    await send({"type": "http.response.body", "body": b""})  # type: ignore[misc]


async def heard_after_a_standstill(before: bytes) -> bytes:
    """`before`: what was sent, and answered if it is a request, before the process stood still."""
    config = uvicorn.Config(
        answers, port=0, log_config=None, lifespan="off", ws="none", http=limited(Door(QUICK)), timeout_keep_alive=0
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    reader, writer = await asyncio.open_connection(host, port)
    try:
        if before:
            writer.write(before)
            await reader.readuntil(b"\r\n\r\n")
        else:
            await asyncio.sleep(0.05)  # the connection is there
        writer.write(REQUEST)
        time.sleep(STANDSTILL_S)
        async with asyncio.timeout(HANGS_AFTER_S):
            return await reader.read(12)
    finally:
        writer.close()
        server.should_exit = True
        await serving


@pytest.mark.parametrize("before", [b"", REQUEST], ids=["its first request", "the next one of a connection"])
@pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop])
def test_what_came_while_it_stood_still_is_answered(
    before: bytes, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(heard_after_a_standstill(before)) == b"HTTP/1.1 204"
