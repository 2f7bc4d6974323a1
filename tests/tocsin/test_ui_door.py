"""Temporal's UI under `up` is open under this machine's own names alone: a web page's name may lead here, too."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.patience import HANGS_AFTER_S
from tocsin.up import ports, ui_door
from tocsin.up.parts import SERVER

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Behind:
    """Stands where the UI is, and keeps what it hears."""

    def __init__(self) -> None:
        self.heard = b""
        self.address = ports.hidden()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1000):
            self.heard += chunk
            writer.write(ANSWER)
        writer.close()


@pytest_asyncio.fixture
async def behind() -> AsyncIterator[Behind]:
    it = Behind()
    server = await asyncio.start_server(it.serve, *it.address)
    yield it
    server.close()


@pytest_asyncio.fixture
async def port(behind: Behind) -> AsyncIterator[int]:
    chosen = ports.choose(0, ())
    async with ui_door.ui_door(chosen, behind.address):
        yield chosen


async def asked(port: int, *hosts: str, more: bytes = b"") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = "".join(f"{host}\r\n" for host in hosts)
    writer.write(f"POST /api HTTP/1.1\r\n{lines}\r\n".encode() + more)
    try:
        async with asyncio.timeout(HANGS_AFTER_S):
            return await reader.read(1000)
    finally:
        writer.close()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
async def test_under_its_own_names_all_goes_through(name: str, port: int, behind: Behind) -> None:
    assert await asked(port, f"Host: {name}:{port}", more=b"body") == ANSWER
    assert behind.heard.endswith(b"\r\n\r\nbody")


@pytest.mark.parametrize(
    "hosts",
    [
        ("Host: evil.example:PORT",),
        ("Host: 127.0.0.1.evil.example:PORT",),
        ("Host: localhost",),
        ("Host: localhost:PORT", "host: evil.example:PORT"),
        ("host : evil.example", "Host: localhost:PORT"),
        (),
    ],
    ids=str,
)
async def test_under_any_other_nothing_does(hosts: tuple[str, ...], port: int, behind: Behind) -> None:
    answer = await asked(port, *(host.replace("PORT", str(port)) for host in hosts))
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert behind.heard == b""


async def test_a_head_without_end_is_cut(port: int, behind: Behind) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * 2 * ui_door.LONGEST_HEAD)
    async with asyncio.timeout(HANGS_AFTER_S):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    writer.close()
    assert behind.heard == b""


def test_where_it_is_can_hardly_be_guessed() -> None:
    found = {ports.hidden()[0] for _ in range(20)}
    assert len(found) > 15 or found == {"127.0.0.1"}, "a system with one loopback address has no other"


def test_temporals_http_api_is_closed() -> None:
    """It takes `text/plain` from any web page: `tests/tocsin/test_up.py` knocks at its port."""
    assert 'frontend.httpAllowedHosts=["closed.invalid"]' in SERVER
