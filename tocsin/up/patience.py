"""Waits for what a slow machine is late with, and says so: silence looks like a fault, and is often none."""

import asyncio
from collections.abc import Callable

SAY_EVERY_S = 10.0


class Patience:
    """For one thing that is waited for, from now on."""

    def __init__(self, what: str, within_s: float, say: Callable[[str], None]) -> None:
        self._what = what
        self._say = say
        self._clock = asyncio.get_running_loop().time
        self._began_at = self._said_at = self._clock()
        self._within_s = within_s

    @property
    def is_over(self) -> bool:
        return self._clock() - self._began_at > self._within_s

    async def wait(self, s: float = 0.1) -> None:
        """Until the next look."""
        now = self._clock()
        if now - self._said_at >= SAY_EVERY_S:
            self._said_at = now
            self._say(f"still waiting {self._what}, for {now - self._began_at:.0f} s now: a slow machine takes longer")
        await asyncio.sleep(s)
