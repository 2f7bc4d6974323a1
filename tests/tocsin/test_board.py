"""`tocsin board`: a link that opens the pages once, for whoever has a token."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from temporalio.client import Client

from settings import Settings
from starter.gateway.serve import serve
from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from tests.tocsin.conftest import Tocsin
from tests.tocsin.test_gateway_call import server
from tests.tocsin.test_over_http import handed_out
from tocsin.board_link import board_link
from tocsin.gateway_call import GatewayAccess


@pytest_asyncio.fixture
async def gateway(client: Client, alone: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    chosen = Settings(runbook="acme", api_tokens=(handed_out("alice", "respond"),))
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    listening = {"port": 0, "on_listening": address.set_result}
    serving = asyncio.create_task(serve(chosen, load(alone / "books"), Incidents(client), **listening))  # type: ignore[arg-type]
    monkeypatch.setenv("TOCSIN_URL", await address)
    monkeypatch.setenv("TOCSIN_TOKEN", "of-alice")
    yield address.result()
    serving.cancel()
    await asyncio.wait([serving])


async def test_it_leads_in_once_as_whoever_has_the_token(tocsin: Tocsin, gateway: str) -> None:
    link = json.loads((await tocsin("board", "--json")).out)["link"]
    assert link.startswith(f"{gateway}/login/")
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as http:
        first = await http.get(link)
        assert (first.status_code, "alice" in first.text) == (200, True)
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as http:
        assert (await http.get(link)).status_code == 401


async def test_no_proxy_reads_the_token_of_a_gateway_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    made = b'HTTP/1.1 201 Created\r\nContent-Length: 19\r\n\r\n{"path":"/login/x"}'
    async with server(made) as (proxy, by_proxy), server(made) as (url, _):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert await board_link(GatewayAccess(url, "of-alice")) == f"{url}/login/x"
    assert by_proxy == []


async def test_without_a_token_it_says_what_to_set(
    tocsin: Tocsin, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOCSIN_URL", raising=False)
    answer = await tocsin("board")
    assert (answer.code, "TOCSIN_URL" in answer.err) == (1, True)


async def test_a_gateway_that_does_not_take_the_token_makes_no_link(
    tocsin: Tocsin, gateway: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_TOKEN", "guessed")
    answer = await tocsin("board")
    assert (answer.code, "makes no link to its board" in answer.err) == (2, True)
