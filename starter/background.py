"""What runs beside the requests for as long as the gateway does. None of it may end unseen: a loop that a bug has ended
begins again, and people hear of it where they look how the gateway stands."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

BEGUN_AGAIN_AFTER_S = 5.0
LAST_WORDS_S = 2.0

log = structlog.get_logger()


@dataclass(frozen=True)
class LoopEnd:
    """A loop has ended by itself, which none should."""

    at: datetime
    reason: str
    count: int
    """How often, since the gateway started."""


@dataclass
class BackgroundLoops:
    """Belongs to one event loop."""

    loops: Mapping[str, Callable[[], Awaitable[None]]]
    """By what they do, as people read it. None of them returns."""
    _ends: dict[str, LoopEnd] = field(default_factory=dict)
    _running: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        self._running = [asyncio.create_task(self._keep(name)) for name in self.loops]

    async def stop(self) -> None:
        """Each is given a moment for its last words."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=LAST_WORDS_S)

    def problems(self) -> Iterator[str]:
        for name, end in self._ends.items():
            often = f", {end.count} times since the gateway started" if end.count > 1 else ""
            yield f"{name}: was ended by a bug at {end.at:%Y-%m-%d %H:%M:%S} UTC{often}, and began again: {end.reason}"

    async def _keep(self, name: str) -> None:
        while True:
            [error] = await asyncio.gather(self.loops[name](), return_exceptions=True)
            reason = "it returned" if error is None else f"{type(error).__name__}: {error}"
            before = self._ends.get(name)
            self._ends[name] = LoopEnd(datetime.now(UTC), reason, before.count + 1 if before else 1)
            log.error("what runs beside the requests was ended by a bug", loop=name, exc_info=error)
            await asyncio.sleep(BEGUN_AGAIN_AFTER_S)
