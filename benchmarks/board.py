"""The board with 500 incidents open: what it costs to write the page, and what a hundred watchers add."""

import asyncio
import time
from contextlib import aclosing
from datetime import UTC, datetime
from types import SimpleNamespace

from temporalio.client import Client

from benchmarks.figures import Figure, figure
from benchmarks.reading import closed_rows, open_rows
from benchmarks.scale import BenchScale
from benchmarks.stage import stage
from starter.board.feed import BoardFeed
from starter.board.filters import RowFilter
from starter.board.glance import MOST_ROWS_READ, Glance
from starter.board.html import rendered
from starter.board.surroundings import SurroundingsReader
from starter.desk.temporal_desk import TemporalDesk
from starter.gateway.access import Actor
from starter.gateway.routes.board_pages import CLOSED_ON_A_PAGE
from starter.gateway.routes.front import TakenWebhooks
from starter.gateway.visitors import Visitor
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from workflows.policy.watches.installation import Installation

WATCHERS = 100
RENDERED_TIMES = 5
NOTHING_LOADED = Installation(runbooks={}, default="", published_at=datetime(2026, 1, 1, tzinfo=UTC))


async def board(scale: BenchScale) -> list[Figure]:
    number = min(scale.open_incidents, MOST_ROWS_READ)
    async with stage() as at:
        await open_rows(at.client, number)
        connection = at.incidents.connection
        around = SurroundingsReader(connection, lambda: NOTHING_LOADED)
        feed = BoardFeed(TemporalDesk(at.incidents), Heartbeats(connection), around)
        glance = await feed.glance()
        page_s = max(_rendering(glance) for _ in range(RENDERED_TIMES))
        alone, together = [await _watched(feed, watchers, scale.seconds) for watchers in (1, WATCHERS)]
        first_s, last_s = await _paged_through(at.client, at.incidents, scale.open_incidents)
    closed = f"board, {scale.open_incidents:,} closed"
    return [
        figure(f"{closed}: the first page of them", first_s, "s").below(1),
        figure(f"{closed}: the slowest of all pages, one after the other", last_s, "s").below(1),
        figure(f"board, {number} open: server CPU to write the page", page_s, "s").below(0.3),
        figure(f"board, {number} open: a core's share, one watcher", alone, ""),
        figure(f"board, {number} open: what {WATCHERS} watchers add", max(together - alone, 0.0), "").below(0.1),
    ]


async def _paged_through(client: Client, incidents: Incidents, number: int) -> tuple[float, float]:
    """Seconds of the first page, and of the slowest."""
    await closed_rows(client, number)
    took, seen = [], 0
    at, run = datetime.now(UTC), ""
    while True:
        begun = time.perf_counter()
        rows = await incidents.closed_before(at, run, CLOSED_ON_A_PAGE)
        took.append(time.perf_counter() - begun)
        seen += len(rows)
        if len(rows) < CLOSED_ON_A_PAGE or rows[-1].closed_at is None:
            break
        at, run = rows[-1].closed_at, rows[-1].run_id
    assert seen == number, f"{seen} of {number} were seen"
    return took[0], max(took)


def _rendering(glance: Glance) -> float:
    begun = time.process_time()
    rendered(
        "board.html",
        me=Visitor(Actor("bench", "respond"), ("",)),
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
        webhooks=TakenWebhooks(0, 0),
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
