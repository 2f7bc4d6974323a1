"""What everybody who looks is shown, read for all of them together.

However many watch, Temporal is looked at once a second, and no more than a tenth of the time: with 500 open incidents a
look takes half a second, and then comes every five. As long as nobody watches, nothing is read.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime

import structlog

from starter.board.glance import MOST_REVIEWS_READ, MOST_ROWS_READ, Glance
from starter.board.surroundings import SurroundingsReader
from starter.desk.desk import Desk
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.results import Unreachable

BOARD_LOOK_EVERY_S = 1.0
SHARE_OF_LOOKING = 10
"""A look that takes long is followed by so many times its length without one."""
STILL_THERE_EVERY_S = 15.0
"""A watcher hears at least that we are there: a connection that is dead is noticed then."""
MOST_WATCHERS = 500
FRESH_FOR_S = 1.0
"""After the time of the next look: then nobody watches."""
LOST = "lost"
"""The version of everything while Temporal is away: pages are loaded anew, and say so."""

log = structlog.get_logger()


class TooManyWatch(Exception):
    """Pages can be looked at, and do not change by themselves."""


class BoardFeed:
    """Belongs to one event loop."""

    def __init__(self, desk: Desk, heartbeats: Heartbeats, around: SurroundingsReader) -> None:
        self._desk, self._heartbeats, self._around = desk, heartbeats, around
        self._glance: Glance | None = None
        self._versions: Mapping[str, str] = {}
        self.is_lost = False
        """Temporal was away at the last look."""
        self._next_look = 0.0
        self._looking: asyncio.Task[Glance] | None = None
        self._news = asyncio.Condition()
        self._watched: Counter[str] = Counter()
        self._is_watched = asyncio.Event()
        self.closing: Callable[[], bool] = lambda: False
        """Has the server been told to stop? Then nobody is kept."""
        self.alarms: Callable[[], Iterable[str]] = tuple
        """Why people may not be paged now."""

    @property
    def watchers(self) -> int:
        return self._watched.total()

    async def glance(self) -> Glance:
        """As it is now, or was a moment ago. Whoever comes during a look waits for its answer. Raises Unreachable."""
        if self._looking is None:
            if self._glance is not None and self._clock() < self._next_look:
                return self._glance
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)  # one who leaves takes it from nobody

    def version(self, incident: str) -> str:
        """As watchers heard it last; empty if that is long ago. A page says by it what it was made of."""
        is_old = self._clock() > self._next_look + FRESH_FOR_S
        return "" if self._glance is None or is_old else self._version(incident)

    def expire(self) -> None:
        """Somebody has just done something: the next look is not put off."""
        self._next_look = 0.0

    async def run(self) -> None:
        """Until it is cancelled: looks as long as somebody watches."""
        while True:
            await self._is_watched.wait()
            await asyncio.sleep(max(self._next_look - self._clock(), 0.05))
            try:
                await self.glance()
            except Unreachable as error:
                log.warning("the board cannot be brought up to date", problem=str(error))
                self._next_look = self._clock() + 5 * BOARD_LOOK_EVERY_S
                await self._say(self._versions, is_lost=True)

    async def changes(self, incident: str) -> AsyncGenerator[str, None]:
        """The version of one incident, or of the board (empty), now and whenever it changes; nothing (an empty one)
        now and then. Raises TooManyWatch, Unreachable."""
        if self.watchers >= MOST_WATCHERS:
            raise TooManyWatch
        self._watched[incident] += 1
        self._is_watched.set()
        try:
            async for version in self._versions_of(incident):
                yield version
        finally:
            self._watched[incident] -= 1
            if not self.watchers:
                self._is_watched.clear()

    async def _versions_of(self, incident: str) -> AsyncIterator[str]:
        await self.glance()
        seen, said_at = "", 0.0
        while not self.closing():
            version = self._version(incident)
            if version != seen or self._clock() - said_at >= STILL_THERE_EVERY_S:
                yield version if version != seen else ""
                seen, said_at = version, self._clock()
            await self._wait_for_news()

    def _version(self, incident: str) -> str:
        return LOST if self.is_lost else self._versions.get(incident, "closed")

    async def _wait_for_news(self) -> None:
        try:
            async with asyncio.timeout(BOARD_LOOK_EVERY_S), self._news:
                await self._news.wait()
        except TimeoutError:
            return

    async def _look(self) -> Glance:
        begun = self._clock()
        try:
            self._glance = glance = await self._read()
        finally:
            self._looking = None
        took = self._clock() - begun
        self._next_look = self._clock() + max(BOARD_LOOK_EVERY_S - took, SHARE_OF_LOOKING * took)
        await self._say(glance.versions())
        return glance

    async def _say(self, versions: Mapping[str, str], *, is_lost: bool = False) -> None:
        self._versions, self.is_lost = versions, is_lost
        async with self._news:
            self._news.notify_all()

    async def _read(self) -> Glance:
        incidents, reviews, heartbeats, around = await asyncio.gather(
            self._desk.incidents(1, MOST_ROWS_READ, closed=False),
            self._desk.reviews(1, MOST_REVIEWS_READ, closed=False),
            self._heartbeats.list(),
            self._around.read(),
        )
        return Glance(datetime.now(UTC), incidents, reviews, heartbeats, around, tuple(self.alarms()))

    def _clock(self) -> float:
        return asyncio.get_running_loop().time()
