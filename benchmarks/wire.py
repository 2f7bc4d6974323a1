"""The pager's wire, read as it fills: the sandbox keeps the last ten thousand requests, a storm is more."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection

import httpx

from benchmarks.progress import say
from benchmarks.stage import BenchStage
from benchmarks.traces import RungPage, pages_of

LOOK_EVERY_S = 1.0
STILL_S = 120.0
"""Nothing more comes once nothing came for so long."""


class PagerWire:
    def __init__(self) -> None:
        self._first: dict[tuple[str, int, int], RungPage] = {}

    def heard(self, pages: Collection[RungPage]) -> None:
        for page in pages:
            self._first.setdefault((page.name, page.group, page.tier), page)

    async def first(self, name: str, tier: int, incidents: Collection[int]) -> dict[int, float]:
        """Once these incidents have all paged that tier: when each did first. Raises TimeoutError if they do not."""
        loop = asyncio.get_running_loop()
        there, since = -1, loop.time()
        while True:
            found = {each: self._first.get((name, each, tier)) for each in incidents}
            arrived = {each: page.at.timestamp() for each, page in found.items() if page is not None}
            if len(arrived) != there:
                there, since = len(arrived), loop.time()
                say(f"  {name}: {there:,} of {len(incidents):,} have paged tier {tier}")
            if there == len(incidents):
                return arrived
            if loop.time() - since > STILL_S:
                raise TimeoutError(f"{name}: {len(incidents) - there} incidents never paged tier {tier}")
            await asyncio.sleep(LOOK_EVERY_S)


@contextlib.asynccontextmanager
async def listening_in(at: BenchStage) -> AsyncIterator[PagerWire]:
    wire = PagerWire()

    async def listen() -> None:
        since = 0
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            while True:
                query = {"vendor": "pagerduty", "since": str(since)}
                answer = await http.get(f"{at.sandbox}/control/wire", params=query)
                pages, since = pages_of(answer.raise_for_status().content, since)
                wire.heard(pages)
                await asyncio.sleep(LOOK_EVERY_S)

    async with asyncio.TaskGroup() as group:
        listener = group.create_task(listen())
        try:
            yield wire
        finally:
            listener.cancel()
