"""The door to Temporal's UI under `up`: open to whoever asks for it by this machine's own name.

A web page can make its own host's name lead to 127.0.0.1 (DNS rebinding), and may then read and do all that the UI
does, which answers under any Host. So the UI listens on a loopback address that nobody can guess, where the system has
more than one, and this stands in front of it. A browser never sends requests of two hosts over one connection: the
first head of each is looked at, and the rest goes through as it comes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Final

from tocsin.up.ports import HostPort

LONGEST_HEAD: Final = 32 * 1024
HEAD_WITHIN_S: Final = 10.0
_CHUNK: Final = 64 * 1024
_REFUSAL: Final = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    b"Temporal's UI is open under 127.0.0.1 and localhost only\n"
)


@contextlib.asynccontextmanager
async def ui_door(port: int, behind: HostPort) -> AsyncIterator[None]:
    """Open for the length of the block."""
    server = await asyncio.start_server(partial(_serve, port, behind), "127.0.0.1", port, limit=LONGEST_HEAD)
    try:
        yield
    finally:
        server.close()  # and no waiting: a browser keeps its connections for as long as it likes


async def _serve(port: int, behind: HostPort, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError, TimeoutError):
        async with asyncio.timeout(HEAD_WITHIN_S):
            head = await reader.readuntil(b"\r\n\r\n")
        if _is_for_this_machine(head, port):
            await _pass_on(head, behind, reader, writer)
        else:
            writer.write(_REFUSAL)
            await writer.drain()
    writer.close()


def _is_for_this_machine(head: bytes, port: int) -> bool:
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    hosts = [value.strip().lower() for name, _, value in lines if name.strip().lower() == b"host"]
    return len(hosts) == 1 and hosts[0] in (b"127.0.0.1:%d" % port, b"localhost:%d" % port)


async def _pass_on(head: bytes, behind: HostPort, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    theirs, to_them = await asyncio.open_connection(*behind)
    try:
        to_them.write(head)
        both = [asyncio.create_task(_copied(reader, to_them)), asyncio.create_task(_copied(theirs, writer))]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)  # HTTP: whoever closes has said all
        for each in both:
            each.cancel()
    finally:
        to_them.close()


async def _copied(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(_CHUNK):
            target.write(chunk)
            await target.drain()
