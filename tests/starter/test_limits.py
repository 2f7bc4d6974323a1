"""What a connection may take before it has proved anything: raw sockets against a real gateway."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from structlog.testing import capture_logs

from settings import Settings
from starter.gateway.limits import Limits
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.starter.test_serve import serving

FEW = Limits(head_bytes=4096, headers=20, head_within_s=0.3, linger_s=0.3, connections=8, share=1)
NEVER = 3600.0
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /webhooks/generic HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@asynccontextmanager
async def guarded(settings: Settings, limits: Limits, away: Incidents, library: Library) -> AsyncIterator[str]:
    async with serving(settings, library, away, limits=limits, allow_local=True) as address:
        yield address


@asynccontextmanager
async def connected(
    address: str, sent: bytes = b""
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """With what was sent first."""
    url = httpx.URL(address)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(sent)
    try:
        yield reader, writer
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def heard(address: str, sent: bytes) -> bytes:
    """All that the gateway says before it hangs up."""
    async with connected(address, sent) as (reader, _), asyncio.timeout(HANGS_AFTER_S):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


async def pour(writer: asyncio.StreamWriter, part: bytes) -> None:
    """Without end, until the gateway hangs up."""
    try:
        async with asyncio.timeout(HANGS_AFTER_S):
            while not writer.is_closing():
                writer.write(part)
                await writer.drain()
    except ConnectionError:
        return


async def cuts(address: str) -> dict[str, int]:
    async with httpx.AsyncClient(trust_env=False) as http:
        found: dict[str, int] = (await http.get(f"{address}/readyz")).json()["connections"]
    return found


@pytest.mark.parametrize(
    ("begins", "part", "reason"),
    [
        (HEAD + b"X-A: ", b"a" * 65536, "head too large"),
        (HEAD, b"a:b\r\n" * 10_000, "too many headers"),
        (b"GET /healthz?", b"a" * 65536, "head too large"),
        (POST + b"0\r\nX-A: ", b"a" * 65536, "trailer too large"),
        (POST + b"0\r\n", b"a:b\r\n" * 10_000, "trailer too large"),
    ],
    ids=["one header", "many headers", "the address", "one trailer", "many trailers"],
)
async def test_nothing_without_end_is_kept(
    settings: Settings, library: Library, away: Incidents, begins: bytes, part: bytes, reason: str
) -> None:
    calm = Limits(head_bytes=4096, headers=20, head_within_s=NEVER, linger_s=NEVER)
    async with guarded(settings, calm, away, library) as address:
        async with connected(address, begins) as (_, writer):
            await pour(writer, part)
        assert await cuts(address) == {reason: 1}


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEAD + b"X-A: " + b"a" * 3900 + b"\r\n\r\n", b"200"),
        (HEAD + b"X-A: " + b"a" * 4100 + b"\r\n\r\n", b"431"),
        (HEAD + b"A: b\r\n" * 19 + b"\r\n", b"200"),
        (HEAD + b"A: b\r\n" * 20 + b"\r\n", b"431"),
    ],
)
async def test_a_head_is_as_large_as_is_allowed(
    settings: Settings, library: Library, away: Incidents, head: bytes, status: bytes
) -> None:
    async with guarded(settings, FEW, away, library) as address:
        answered = await heard(address, head.replace(b"Host: x", b"Connection: close"))
        assert answered.split()[1] == status


@pytest.mark.parametrize("sent", [b"", HEAD, HEAD + b"\r\n" + HEAD])
async def test_a_head_that_never_ends_is_cut_also_on_a_connection_that_was_kept(
    settings: Settings, library: Library, away: Incidents, sent: bytes
) -> None:
    async with guarded(settings, FEW, away, library) as address:
        answered = await heard(address, sent)
        assert answered.count(b"200 OK") == sent.count(b"\r\n\r\n")
        assert (await cuts(address))["head too slow"] == 1


async def test_a_body_is_no_part_of_the_head_that_follows_it(
    settings: Settings, library: Library, away: Incidents
) -> None:
    body = b"Content-Length: 50000\r\n\r\n" + b"a" * 50_000
    async with guarded(settings, FEW, away, library) as address:
        async with connected(address, HEAD + body + HEAD) as (reader, writer):
            assert (await reader.readline()).endswith(b"200 OK\r\n")
            writer.write(b"Connection: close\r\n\r\n")
            assert b"200 OK" in await reader.read()
        assert await cuts(address) == {}


async def test_a_body_may_come_in_the_smallest_of_chunks(settings: Settings, library: Library, away: Incidents) -> None:
    async with guarded(settings, FEW, away, library) as address:
        answered = await heard(
            address,
            POST.replace(b"Host: x", b"Host: localhost\r\nConnection: close") + b"1\r\na\r\n" * 100_000 + b"0\r\n\r\n",
        )
        assert answered.split()[1] == b"503"  # Temporal is away, and all of it was read
        assert await cuts(address) == {}


async def test_a_body_that_goes_on_after_its_answer_is_cut(
    settings: Settings, library: Library, away: Incidents
) -> None:
    async with guarded(settings, FEW, away, library) as address:
        answered = await heard(address, b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        assert answered.startswith(b"HTTP/1.1 200")
        assert (await cuts(address))["body after its answer"] == 1


async def test_an_honest_sender_gets_in_however_many_heads_are_half_sent(
    settings: Settings, library: Library, away: Incidents
) -> None:
    slow = Limits(head_within_s=NEVER, connections=8, share=1)
    async with guarded(settings, slow, away, library) as address, AsyncExitStack() as crowd:
        for _ in range(20):
            await crowd.enter_async_context(connected(address, HEAD))
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"{address}/healthz")).status_code == 200
        assert (await cuts(address))["too many connections"] >= 12


async def test_an_honest_sender_gets_in_however_many_bodies_go_on_after_their_answer(
    settings: Settings, library: Library, away: Incidents
) -> None:
    slow = Limits(linger_s=NEVER, connections=8, share=1)
    async with guarded(settings, slow, away, library) as address, AsyncExitStack() as crowd:
        for _ in range(8):
            reader, _ = await crowd.enter_async_context(connected(address, HEAD + b"Content-Length: 9\r\n\r\n"))
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"{address}/healthz")).status_code == 200


async def test_who_crowds_in_from_one_address_pushes_nobody_of_another_out(
    settings: Settings, library: Library, away: Incidents
) -> None:
    slow = Limits(head_within_s=NEVER, connections=20, share=0.2)
    async with guarded(settings, slow, away, library) as address, AsyncExitStack() as crowd:
        url = httpx.URL(address)
        reader, writer = await asyncio.open_connection(url.host, url.port, local_addr=("127.0.0.2", 0))
        for _ in range(6):
            await crowd.enter_async_context(connected(address))
        assert (await cuts(address))["too many connections of one address"] >= 2
        writer.write(HEAD + b"Connection: close\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_one_address_does_not_take_all_connections(settings: Settings, library: Library, away: Incidents) -> None:
    slow = Limits(head_within_s=NEVER, connections=8, share=0.5)
    async with guarded(settings, slow, away, library) as address, AsyncExitStack() as crowd:
        for _ in range(6):
            await crowd.enter_async_context(connected(address))
        assert (await cuts(address))["too many connections of one address"] >= 2


async def test_many_cuts_are_one_line_in_the_log_and_all_are_counted(
    settings: Settings, library: Library, away: Incidents
) -> None:
    with capture_logs() as logs:
        async with guarded(settings, FEW, away, library) as address:
            for _ in range(5):
                await heard(address, HEAD + b"X-A: " + b"a" * 5000)
            assert await cuts(address) == {"head too large": 5}
    said = [entry for entry in logs if entry["event"] == "connections are cut"]
    assert [(entry["reason"], entry["count"], entry["last"]) for entry in said] == [("head too large", 1, "127.0.0.1")]


def test_there_are_as_many_connections_as_the_process_may_have_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (256, 512))
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    assert Limits.fitting().connections == 412
