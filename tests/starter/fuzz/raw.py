"""What no HTTP library would send: after each of these the gateway still answers whoever asks properly."""

import asyncio
import random
from collections.abc import Iterator

import httpx

from tests.patience import HANGS_AFTER_S

POST = b"POST /webhooks/generic HTTP/1.1\r\nHost: x\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


def wrong(seed: int) -> Iterator[bytes]:
    """Heads that end in the middle, without end, of rubbish; bodies that are shorter or longer than they say;
    requests one behind the other."""
    dice = random.Random(seed)
    yield GET[: dice.randrange(len(GET))]
    yield GET + b"A: " + b"a" * 200_000
    yield GET + b"a: b\r\n" * 5000
    yield GET + b"a" * 100_000 + b": b\r\n\r\n"
    yield dice.randbytes(5000)
    yield b"\r\n" * 5000
    yield b"\x16\x03\x01" + dice.randbytes(300)
    yield (GET + b"\r\n") * 50
    yield POST + b"Content-Length: 2\r\n\r\n{}" + GET + b"\r\n" + dice.randbytes(100)
    yield POST + b"Content-Length: 1000000000000\r\n\r\n{}"
    yield POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"
    yield POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    yield POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"
    yield POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 2000
    yield POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"t: " + b"a" * 100_000
    yield b"GET http://[ HTTP/1.1\r\n\r\n"
    yield b"GET /" + b"%ff" * 30_000 + b" HTTP/1.1\r\n\r\n"


async def assault(address: str, seed: int) -> list[str]:
    """What was wrong then."""
    faults = []
    url = httpx.URL(address)
    async with httpx.AsyncClient(base_url=address, timeout=HANGS_AFTER_S, trust_env=False) as http:
        for number, sent in enumerate(wrong(seed)):
            reader, writer = await asyncio.open_connection(url.host, url.port)
            try:
                writer.write(sent)
                await writer.drain()
                writer.write_eof()
                async with asyncio.timeout(HANGS_AFTER_S):
                    heard = await reader.read()
            except OSError:
                heard = b""  # it hung up
            finally:
                writer.close()
            if b"HTTP/1.1 202" in heard or b"HTTP/1.1 5" in heard:
                faults.append(f"raw/{seed}/{number}: {heard[:60]!r}")
            if (await http.get("/healthz")).status_code != httpx.codes.OK:
                faults.append(f"raw/{seed}/{number}: it answers nobody any more")
    return faults
