"""The board with 500 incidents open: what it costs to write the page, and what a hundred watchers add."""

import asyncio
import time
from contextlib import aclosing
from types import SimpleNamespace

from benchmarks.figures import Figure, figure
from benchmarks.reading import open_rows
from benchmarks.scale import BenchScale
from benchmarks.stage import stage
from starter.board.feed import BoardFeed
from starter.board.filters import RowFilter
from starter.board.glance import MOST_ROWS_READ, Glance
from starter.board.html import rendered
from starter.desk.temporal_desk import TemporalDesk
from starter.gateway.access import Actor
from starter.gateway.visitors import Visitor
from starter.temporal.heartbeats import Heartbeats

WATCHERS = 100
RENDERED_TIMES = 5


async def board(scale: BenchScale) -> list[Figure]:
    number = min(scale.open_incidents, MOST_ROWS_READ)
    async with stage() as at:
        await open_rows(at.client, number)
        feed = BoardFeed(TemporalDesk(at.incidents), Heartbeats(at.incidents.connection))
        glance = await feed.glance()
        page_s = max(_rendering(glance) for _ in range(RENDERED_TIMES))
        alone, together = [await _watched(feed, watchers, scale.seconds) for watchers in (1, WATCHERS)]
    return [
        figure(f"board, {number} open: server CPU to write the page", page_s, "s").below(0.3),
        figure(f"board, {number} open: a core's share, one watcher", alone, ""),
        figure(f"board, {number} open: what {WATCHERS} watchers add", max(together - alone, 0.0), "").below(0.1),
    ]


def _rendering(glance: Glance) -> float:
    begun = time.process_time()
    rendered(
        "board.html",
        me=Visitor(Actor("bench", "respond"), ""),
        links=SimpleNamespace(sandbox_url="", temporal_ui_url=""),
        glance=glance,
        rows=glance.incidents.rows,
        wanted=RowFilter(),
        due=glance.due(),
        silences=(),
        wrong=[],
        remarks=[],
        canary=None,
        books={},
    )
    return time.process_time() - begun


async def _watched(feed: BoardFeed, watchers: int, seconds: float) -> float:
    """The share of a core that this process takes meanwhile."""

    async def watch() -> None:
        async with aclosing(feed.changes("")) as changes:
            async for _ in changes:
                continue

    running = [asyncio.create_task(feed.run()), *(asyncio.create_task(watch()) for _ in range(watchers))]
    await asyncio.sleep(1)
    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    share = (time.process_time() - cpu) / (time.perf_counter() - begun)
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    return share
