"""Work on long bodies is done beside the event loop, so that it keeps nobody waiting who sends a short one.

What is done there is pure: a body is read, interpreted and grouped. Each source has one body at a time under way, and
waits for itself alone.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, TypeVar

from starter.sources.json_text import weight_of

SHORT_BYTES: Final = 65_536
LIGHT_WEIGHT: Final = 4_000
"""What is as short and as light is read at once: whatever it contains, that takes some milliseconds. So is what senders
usually send, such as fifty alerts of Alertmanager's: the way to a thread and back costs as much as to read them."""
SOURCES_AT_ONCE = 2
"""Bodies of different sources. They share the processor's time with the loop, which gets its part every few ms."""

T = TypeVar("T")


@dataclass(frozen=True)
class Beside:
    """Belongs to one event loop."""

    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(SOURCES_AT_ONCE, "long-bodies"))
    _turns: defaultdict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(1))
    )

    async def do(self, source: str, body: bytes, work: Callable[[], T]) -> T:
        """What `work` returns or raises, which looks at this body."""
        if is_short(body):
            return work()
        async with self._turns[source]:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def is_short(body: bytes) -> bool:
    return len(body) <= SHORT_BYTES and weight_of(body) <= LIGHT_WEIGHT
