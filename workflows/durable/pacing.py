"""How much is read and applied within one activation, which the SDK takes for deadlocked after two seconds.

While no worker ran, an hour of a storm may wait in the history, and all of it arrives at once. Alerts beyond the bound
wait for the next activation, which only a timer brings: yielding to asyncio's loop goes on in the same activation.
"""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

BYTES_AT_ONCE = 256 * 1024
"""Bytes: some milliseconds of work as a rule, and less than a tenth of a second of the worst that may stand in them."""
NOT_BEFORE = timedelta(milliseconds=1)
READ_WITHIN = timedelta(seconds=5)
"""How long nothing is decided while alerts wait to be read: the last of them may say that nobody need be paged."""


class Pace:
    """Belongs to one run of a workflow."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()  # in the order of their arrival
        self._activation = 0
        self._taken = 0
        self._waiting = 0
        self._behind_since: datetime | None = None

    def is_behind(self) -> bool:
        """Something waits, and has not for long."""
        return self._behind_since is not None and workflow.now() - self._behind_since < READ_WITHIN

    async def room_for(self, size: int) -> None:
        """Returns at once while there is some; otherwise in a later activation."""
        self._waiting += 1
        try:
            async with self._lock:
                while not self._fits(size):
                    self._behind_since = self._behind_since or workflow.now()
                    await workflow.sleep(NOT_BEFORE, summary="more alerts than are read at once")
                self._taken += size
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._behind_since = None

    def _fits(self, size: int) -> bool:
        present = workflow.info().get_current_history_length()  # grows with each activation
        if present != self._activation:
            self._activation, self._taken = present, 0
        return not self._taken or self._taken + size <= BYTES_AT_ONCE
