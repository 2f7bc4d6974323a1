"""However many watch, no incident hears of it: no event in its history, and no question to it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from temporalio.client import Client

from settings import Settings
from starter.board import feed as feeds
from starter.board.feed import BoardFeed
from starter.board.glance import Glance
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.starter.api.conftest import ALICE, TOKENS
from tests.starter.rows import incident_row
from tests.starter.test_serve import serving

INCIDENT = "20261127-0204-k7qxzm"
WATCHERS_OF_EACH = 20
LOOKS = 5


@contextmanager
def queried(client: Client) -> Iterator[list[str]]:
    """Which workflows are asked something meanwhile, by their ids."""
    asked: list[str] = []
    service = client.service_client
    really = service._rpc_call

    async def note(rpc: str, req: Any, *args: Any, **kwargs: Any) -> Any:
        if rpc == "query_workflow":
            asked.append(req.execution.workflow_id)
        return await really(rpc, req, *args, **kwargs)

    with patch.object(service, "_rpc_call", note):
        yield asked


@asynccontextmanager
async def entered(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that is logged in."""
    origin = {"Origin": url}
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=HANGS_AFTER_S) as http:
        answer = await http.post("/login", data={"token": ALICE}, headers=origin)
        assert answer.status_code == 303, answer.text
        yield http


async def watch(http: httpx.AsyncClient, path: str, heard: Counter[str]) -> None:
    async with http.stream("GET", path) as answer:
        async for line in answer.aiter_lines():
            heard[path] += line.startswith("event: version")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often Temporal was looked at, one look after the other."""
    counted: Counter[str] = Counter()
    read = BoardFeed._read

    async def counting(self: BoardFeed) -> Glance:
        counted["looks"] += 1
        return await read(self)

    monkeypatch.setattr(BoardFeed, "_read", counting)
    monkeypatch.setattr(feeds, "BOARD_LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(feeds, "SHARE_OF_LOOKING", 1)
    return counted


async def test_who_watches_adds_no_event_to_a_history_and_asks_no_incident(
    installation: Client, settings: Settings, library: Library, looks: Counter[str]
) -> None:
    """Nobody runs it: every event in its history would be of somebody who watches."""
    handle = await incident_row(installation, INCIDENT)
    before = (await handle.describe()).history_length
    known = settings.model_copy(update={"api_tokens": TOKENS})
    heard: Counter[str] = Counter()
    with queried(installation) as asked:
        async with serving(known, library, Incidents(installation)) as url, entered(url) as http:
            paths = ("/events", f"/events?incident={INCIDENT}")
            watching = [asyncio.create_task(watch(http, path, heard)) for path in paths * WATCHERS_OF_EACH]
            async with asyncio.timeout(HANGS_AFTER_S):
                while min(heard[path] for path in paths) < WATCHERS_OF_EACH or looks["looks"] < LOOKS:
                    await asyncio.sleep(0.01)
            for task in watching:
                task.cancel()
            await asyncio.wait(watching)
            by_watching = asked.count(handle.id)
            await http.get(f"/incidents/{INCIDENT}")  # who loads its page asks it
    assert (await handle.describe()).history_length == before
    assert by_watching == 0
    assert asked.count(handle.id)
