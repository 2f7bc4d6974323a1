"""Connections to Slack are kept for a while; one that dies costs an attempt and doubles nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from activities.errors import Unavailable
from activities.slack import Slack
from tests.activities import sends

ANSWER = b'{"ok": true, "channel": "C1", "ts": "1.1"}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)


@dataclass
class Line:
    """Answers what it is asked, in the name of Slack, until it hangs up."""

    port: int = 0
    connections: int = 0
    asked: list[str] = field(default_factory=list)
    hangs_up: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(int(row[15:]) for row in head.split("\r\n") if row.lower().startswith("content-length:"))
                await reader.readexactly(length)
                self.asked.append(head.split()[1])
                if self.hangs_up:
                    break
                writer.write(WHOLE)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def line() -> AsyncIterator[Line]:
    there = Line()
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    there.port = server.sockets[0].getsockname()[1]
    yield there
    server.close()


async def test_messages_in_a_row_share_a_connection() -> None:
    async with line() as there:
        slack = Slack("token", f"http://127.0.0.1:{there.port}/", {})
        for number in range(3):
            await slack.post(sends.post(key=f"tell/{number}"), False)
        await slack.close()
    assert (len(there.asked), there.connections) == (3, 1)


async def test_a_connection_that_dies_under_a_message_costs_an_attempt_and_sends_nothing_twice() -> None:
    async with line() as there:
        slack = Slack("token", f"http://127.0.0.1:{there.port}/", {})
        await slack.post(sends.post(key="tell/1"), False)
        there.hangs_up = True
        with pytest.raises(Unavailable):
            await slack.post(sends.post(key="tell/2"), False)
        assert there.asked == ["/chat.postMessage", "/chat.postMessage"]
        there.hangs_up = False
        await slack.post(sends.post(key="tell/2"), False)
        await slack.close()
    assert len(there.asked) == 3


async def test_after_its_end_it_may_begin_again() -> None:
    async with line() as there:
        slack = Slack("token", f"http://127.0.0.1:{there.port}/", {})
        for number in range(2):
            await slack.post(sends.post(key=f"tell/{number}"), False)
            await slack.close()
    assert there.connections == 2
