"""Runs parts in order, keeps them running, and stops them in the reverse order."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import IO, Self

from tocsin.failure import Failure
from tocsin.up.child import Child, Part
from tocsin.up.patience import Patience

READY_WITHIN_S = 300.0
"""On a very slow machine; whoever waits is told."""


class PartFailed(Failure):
    """A part did not come up; it has said why on its own standard error."""


class Supervisor:
    """As an asynchronous context manager: leaving it stops everything.

    `say` gets a line whenever somebody is waited for, and `died` (or else `say`) whenever something died. `output`
    takes all that the parts print; without it their logs go to our standard error, and their banners nowhere.
    """

    def __init__(
        self, say: Callable[[str], None], output: IO[bytes] | None = None, died: Callable[[str], None] | None = None
    ) -> None:
        self._say, self._died = say, died or say
        self._output = output
        self.children: list[Child] = []

    async def __aenter__(self) -> Self:
        self._pipe, self._held = os.pipe()
        """The lifeline (see lifeline.py): the write end is never inherited, so it closes when this process ends."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        while self.children:
            await self.children.pop().stop()
        os.close(self._pipe)
        os.close(self._held)

    async def start(self, part: Part, is_ready: Callable[[], Awaitable[bool]] | None = None) -> Child:
        """Start a part and wait until it is ready. Raises PartFailed if it dies before, or takes too long."""
        child = Child(part, self._pipe, self._died, self._output)
        self.children.append(child)
        await child.start()
        if is_ready is not None:
            await self._ready(child, is_ready)
        return child

    async def _ready(self, child: Child, is_ready: Callable[[], Awaitable[bool]]) -> None:
        patience = Patience(f"for the {child.part.name}", READY_WITHIN_S, self._say)
        while not await is_ready():
            if child.died.is_set():
                raise PartFailed(f"the {child.part.name} did not start")
            if patience.is_over:
                raise PartFailed(f"the {child.part.name} was not ready within {READY_WITHIN_S:g} s")
            await patience.wait(0.05)


def listening(host: str, port: int) -> Callable[[], Awaitable[bool]]:
    """A check: does anybody accept connections there?"""

    async def check() -> bool:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    return check
