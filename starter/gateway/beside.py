"""Work on long bodies is done beside the event loop, so that it keeps nobody waiting who sends a short one.

What is done there is pure: a body is read, interpreted and grouped. Each source has one body at a time under way, and
waits for itself alone.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

SHORT_BYTES = 16_384
"""Read at once. Whatever it contains, that takes some milliseconds."""
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

    async def do(self, source: str, size: int, work: Callable[[], T]) -> T:
        """What `work` returns or raises. `size`: of the body, in bytes."""
        if size <= SHORT_BYTES:
            return work()
        async with self._turns[source]:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
