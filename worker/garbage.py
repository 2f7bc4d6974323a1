"""When a worker looks for garbage (ADR 33).

Python looks through everything that lives each time that has grown by a quarter, in whichever thread is at work just
then, and all others stand still meanwhile (https://docs.python.org/3/library/gc.html#gc.set_threshold). That takes
0.5 s with 1,000 incidents in memory, in the middle of a page; with 10,000 it takes so long that the SDK holds the turn
for one that never ends. What it finds is next to nothing, until incidents are forgotten. So it is done between turns,
once that is worth it.
"""

import asyncio
import gc
import time
from collections.abc import Callable
from typing import NoReturn

from worker.slots import TurnSlots

LOOKS_EVERY_S = 1.0
NO_FULL_COLLECTION = 1_000_000_000
FEW_FORGOTTEN = 100
"""A forgotten workflow takes up to 0.4 MB until its garbage is found."""
AT_LEAST_EVERY_S = 3600.0
"""For what activities leave behind, which is little."""
AT_LATEST_AFTER_S = 6 * AT_LEAST_EVERY_S
"""Whatever goes on: a turn that never ends is in hand for ever."""


class Garbage:
    def __init__(
        self,
        turns: TurnSlots,
        most: int,
        collect: Callable[[], object] = gc.collect,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Of `most` forgotten workflows the memory is needed, whatever goes on."""
        self._turns, self._most, self._collect, self._clock = turns, most, collect, clock
        self._kept = self._forgotten = 0
        self._collected_at = clock()

    def one_more(self) -> None:
        """A workflow is in memory."""
        self._kept += 1

    def one_less(self) -> None:
        """It is forgotten. Both are said by threads of turns."""
        self._kept -= 1
        self._forgotten += 1

    async def collect_between_turns(self) -> NoReturn:
        young, middle, old = gc.get_threshold()
        gc.set_threshold(young, middle, NO_FULL_COLLECTION)
        try:
            while True:
                await asyncio.sleep(LOOKS_EVERY_S)
                self.look()
        finally:
            gc.set_threshold(young, middle, old)

    def look(self) -> None:
        if self._is_needed or (self._is_worth_it and self._turns.at_rest):
            self._forgotten, self._collected_at = 0, self._clock()
            self._collect()

    @property
    def _is_needed(self) -> bool:
        return self._forgotten >= self._most or self._since_s >= AT_LATEST_AFTER_S

    @property
    def _is_worth_it(self) -> bool:
        """It takes as long as there is much to look through, and the next page stands still for that."""
        return self._since_s >= AT_LEAST_EVERY_S or self._forgotten >= max(FEW_FORGOTTEN, self._kept // 4)

    @property
    def _since_s(self) -> float:
        return self._clock() - self._collected_at
