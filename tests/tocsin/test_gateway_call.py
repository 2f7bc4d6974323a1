"""How a command reaches its gateway: on a real socket, with the token for that address alone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from starter.desk.answers import Declaration
from tests.tocsin.conftest import Tocsin
from tocsin.failure import Failure
from tocsin.gateway_api import GatewayApi
from tocsin.gateway_call import GatewayAccess, NotReached, call
from tocsin.http_desk import HttpDesk

TOKEN = {"Authorization": "Bearer of-alice"}


@asynccontextmanager
async def server(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Its address, and the heads that it has read."""
    heads = list[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", heads


async def test_a_token_is_not_sent_on() -> None:
    async with server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (elsewhere, heads):
        moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}/\r\nContent-Length: 0\r\n\r\n".encode()
        async with server(moved) as (url, _):
            answer = await call("GET", f"{url}/api/v1/incidents", TOKEN, None)
        assert answer.status == 302
        assert heads == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LOCALHOST.", "127.1.2.3", "[::ffff:127.0.0.1]", "elsewhere"]
)
async def test_what_is_on_this_machine_is_asked_by_no_proxy(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has set the proxy would read the token; and what a proxy reaches there is another machine."""
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    async with server(ok) as (proxy, by_proxy), server(ok) as (url, straight):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with contextlib.suppress(NotReached):  # nobody may listen at the name of that kind
            await call("GET", f"http://{host}:{url.rpartition(':')[2]}/api/v1/incidents", TOKEN, None)
        assert len(by_proxy) == (host == "elsewhere")
        assert len(straight) <= (host != "elsewhere")


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
async def test_an_answer_that_is_none_is_no_answer(answer: bytes) -> None:
    async with server(answer) as (url, _):
        with pytest.raises(NotReached):
            await call("GET", f"{url}/api/v1/incidents", TOKEN, None)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "nonsense", "http://["])
async def test_only_a_gateway_is_asked(url: str) -> None:
    with pytest.raises(NotReached):
        await call("GET", url, TOKEN, None)


def json_answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


OTHER_ANSWERS = [b"{}", b"[]", b"null", b'{"next": 5}', b"<html>"]
ASK = ["show", "plan", "list", "review list", "followup list", "obligation list", "silence list", "heartbeat list",
       "on-call", "report", "digest"]  # fmt: skip
DO = ["ack", "escalate boss", "declare fire", "silence add --match a=b --for 1h --reason x",
      "silence extend s1 --for 1h", "heartbeat add backup --every 5m", "heartbeat pause backup --for 1h",
      "heartbeat resume backup", "on-call override on-call ann --for 1h", "page-test on-call"]  # fmt: skip


@pytest.mark.parametrize("words", [*ASK, *DO])
async def test_an_answer_of_another_version_is_said_to_be_one(
    tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """And whoever asked for something knows that it is done: done twice it would ring twice."""
    async with server(json_answer(b'{"nothing": "of the kind"}')) as (url, _):
        monkeypatch.setenv("TOCSIN_URL", url)
        monkeypatch.setenv("TOCSIN_TOKEN", "of-alice")
        seen = await tocsin(*words.split())
    assert (seen.code, "Traceback" in seen.err) == (1, False)
    assert "the gateway is of another version" in " ".join(seen.err.split())
    assert ("do not ask again" in " ".join(seen.err.split())) == (words in DO)


@pytest.mark.parametrize("body", OTHER_ANSWERS)
async def test_whatever_the_answer_is(body: bytes) -> None:
    async with server(json_answer(body)) as (url, _):
        with pytest.raises(Failure, match="another version"):
            await HttpDesk(GatewayApi(GatewayAccess(url, "of-alice"), "nobody")).declare(Declaration(title="x"), "")


async def test_a_preview_that_cannot_be_read_did_nothing() -> None:
    async with server(json_answer(b"{}")) as (url, _):
        with pytest.raises(Failure, match="another version") as failed:
            await HttpDesk(GatewayApi(GatewayAccess(url, "of-alice"), "nobody")).preview_public(Declaration(title="x"))
    assert "do not ask again" not in str(failed.value)
