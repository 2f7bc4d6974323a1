"""Pages change by themselves, and however many watch, Temporal is asked as often as for one."""

import asyncio
from collections import Counter
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from starter.board import feed as feeds
from starter.board.feed import LOST, BoardFeed, TooManyWatch
from starter.board.surroundings import Surroundings, SurroundingsReader
from starter.desk.desk import Desk
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from starter.temporal.results import ListPage, ReviewSummary, Summary, Unreachable
from tests.patience import HANGS_AFTER_S
from tests.starter.board.conftest import logged_in
from tests.starter.conftest import GatewayUnderTest


def row(incident: str, **more: Any) -> Summary:
    begun = datetime(2026, 11, 26, tzinfo=UTC)
    return Summary(workflow_id=incident, run_id="r", incident=incident, title="t", open=True, started_at=begun, **more)


class CountingDesk:
    """Answers lists, and counts how often it is asked."""

    def __init__(self, *rows: Summary) -> None:
        self.rows, self.looks = rows, 0

    async def incidents(self, number: int, size: int, *, closed: bool) -> ListPage[Summary]:
        self.looks += 1
        return ListPage(rows=self.rows, size=size, total=len(self.rows))

    async def reviews(self, number: int, size: int, *, closed: bool) -> ListPage[ReviewSummary]:
        return ListPage(rows=(), size=size, total=0)

    async def list(self) -> tuple[()]:
        return ()

    async def read(self) -> Surroundings:
        return Surroundings()


def feed_of(desk: CountingDesk) -> BoardFeed:
    return BoardFeed(cast(Desk, desk), cast(Heartbeats, desk), cast(SurroundingsReader, desk))


async def first(feed: BoardFeed, incident: str = "") -> str:
    async with aclosing(feed.changes(incident)) as changes:
        return await anext(changes)


async def test_a_hundred_watchers_cost_one_look() -> None:
    desk = CountingDesk(row("a"))
    feed = feed_of(desk)
    versions = await asyncio.gather(*(first(feed) for _ in range(100)))
    assert (desk.looks, len(set(versions))) == (1, 1)


class AwayDesk(CountingDesk):
    async def incidents(self, number: int, size: int, *, closed: bool) -> ListPage[Summary]:
        await super().incidents(number, size, closed=closed)
        raise Unreachable("Temporal does not answer")


async def test_while_temporal_is_away_all_who_look_wait_for_one_answer() -> None:
    """One after the other, the hundredth would wait for a hundred of its silences."""
    desk = AwayDesk()
    feed = feed_of(desk)
    answers = await asyncio.gather(*(feed.glance() for _ in range(100)), return_exceptions=True)
    assert (desk.looks, {type(answer) for answer in answers}) == (1, {Unreachable})


async def test_whoever_leaves_takes_the_look_from_nobody() -> None:
    desk = CountingDesk(row("a"))
    feed = feed_of(desk)
    leaves, stays = (asyncio.create_task(feed.glance()) for _ in range(2))
    await asyncio.sleep(0)
    leaves.cancel()
    assert ((await stays).incidents.total, desk.looks) == (1, 1)


async def test_while_temporal_is_away_a_page_that_watches_comes_again_by_itself(
    tokens: GatewayUnderTest, away: Incidents
) -> None:
    async with logged_in(replace(tokens, incidents=away)) as http:
        answer = await http.get("/events")
    assert (answer.status_code, answer.text) == (200, "retry: 3000\n\n")


async def test_a_watcher_hears_of_a_change_of_theirs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "BOARD_LOOK_EVERY_S", 0.01)
    desk = CountingDesk(row("a"), row("b"))
    feed = feed_of(desk)
    running = asyncio.create_task(feed.run())
    heard: Counter[str] = Counter()

    async def watch(incident: str) -> None:
        async for version in feed.changes(incident):
            heard[incident] += bool(version)

    watching = [asyncio.create_task(watch(incident)) for incident in ("a", "b")]
    try:
        async with asyncio.timeout(HANGS_AFTER_S):
            while heard != {"a": 1, "b": 1}:
                await asyncio.sleep(0.01)
            desk.rows = (row("a", severity="sev1"), row("b"))
            while heard.total() < 3:
                await asyncio.sleep(0.01)
        assert heard == {"a": 2, "b": 1}
    finally:
        for task in (running, *watching):
            task.cancel()


async def heard(feed: BoardFeed, number: int) -> list[str]:
    """So many versions, as somebody hears them who watches the board."""
    versions: list[str] = []
    async with aclosing(feed.changes("")) as changes, asyncio.timeout(HANGS_AFTER_S):
        async for version in changes:
            versions += [version] if version else []
            if len(versions) == number:
                break
    return versions


async def test_whoever_watches_hears_that_people_may_not_be_paged_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row changes because of it."""
    monkeypatch.setattr(feeds, "BOARD_LOOK_EVERY_S", 0.01)
    alarms: list[str] = []
    feed = feed_of(CountingDesk(row("a")))
    feed.alarms = lambda: alarms
    running, watching = asyncio.create_task(feed.run()), asyncio.create_task(heard(feed, 2))
    await feed.glance()
    alarms.append("the canary did not come back")
    assert len(set(await watching)) == 2
    running.cancel()


async def test_a_page_says_by_which_version_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes while it is on its way is then heard of; nobody knows what an old look is worth."""
    feed = feed_of(CountingDesk(row("a")))
    assert feed.version("a") == ""
    glance = await feed.glance()
    assert feed.version("") == glance.version
    assert feed.version("a") == glance.versions()["a"]
    monkeypatch.setattr(feeds, "FRESH_FOR_S", -100.0)
    assert feed.version("a") == ""


class ComingBackDesk(CountingDesk):
    is_away = False

    async def incidents(self, number: int, size: int, *, closed: bool) -> ListPage[Summary]:
        if self.is_away:
            raise Unreachable("Temporal does not answer")
        return await super().incidents(number, size, closed=closed)


async def test_whoever_watches_hears_that_temporal_is_away_and_that_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise an old page looks like one on which nothing happens."""
    monkeypatch.setattr(feeds, "BOARD_LOOK_EVERY_S", 0.01)
    desk = ComingBackDesk(row("a"))
    feed = feed_of(desk)
    running = asyncio.create_task(feed.run())
    watching = asyncio.create_task(heard(feed, 3))
    await feed.glance()
    desk.is_away = True
    while not feed.is_lost:
        await asyncio.sleep(0.01)
    desk.is_away = False
    before, lost, after = await watching
    assert (before == after, lost) == (True, LOST)
    running.cancel()


async def test_nobody_watches_nothing_is_read() -> None:
    desk = CountingDesk(row("a"))
    feed = feed_of(desk)
    running = asyncio.create_task(feed.run())
    await first(feed)
    looks = desk.looks
    for _ in range(20):
        await asyncio.sleep(0)
    running.cancel()
    assert (feed.watchers, desk.looks) == (0, looks)


async def test_there_is_an_end_to_how_many_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_WATCHERS", 1)
    feed = feed_of(CountingDesk())
    async with aclosing(feed.changes("")) as changes:
        await anext(changes)
        with pytest.raises(TooManyWatch):
            await first(feed)


async def test_whoever_watches_does_not_hold_a_stop_up() -> None:
    feed = feed_of(CountingDesk())
    feed.closing = lambda: True
    assert [version async for version in feed.changes("")] == []
