"""Calls on others that a request brings about which has proved nothing yet: few at once, and fewer for one address, so
that whoever makes many keeps nobody else waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

CALLS_AT_ONCE: Final = 10
CALLS_OF_ONE_ADDRESS: Final = 2


@dataclass
class StrangersCalls:
    """Belongs to one event loop."""

    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CALLS_AT_ONCE))
    _own: WeakValueDictionary[str, asyncio.Semaphore] = field(default_factory=WeakValueDictionary)
    """By address, as long as somebody there calls or waits."""

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        own = self._own.setdefault(address, asyncio.Semaphore(CALLS_OF_ONE_ADDRESS))
        async with own, self._places:
            yield
