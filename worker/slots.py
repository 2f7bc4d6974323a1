"""How much a process has begun at once; and messages wait while turns wait (ADR 33).

The SDK asks for a slot before it polls Temporal for a task, and says from threads of its own when the task has come and
when the slot is free again: https://docs.temporal.io/develop/worker-performance#slot-suppliers
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import timedelta

from temporalio.worker import (
    CustomSlotSupplier,
    SlotMarkUsedContext,
    SlotPermit,
    SlotReleaseContext,
    SlotReserveContext,
)

UNANSWERED = timedelta(milliseconds=100)
"""A poll that has had no task for so long found none. One that finds some is answered sooner."""
LOOKS_AGAIN = timedelta(milliseconds=20)


class Slots(CustomSlotSupplier):
    """So many at most."""

    def __init__(self, most: int) -> None:
        self._free = asyncio.Semaphore(most)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def reserve_slot(self, _: SlotReserveContext) -> SlotPermit:
        self._loop = asyncio.get_running_loop()
        await self._free.acquire()
        return SlotPermit()

    def try_reserve_slot(self, _: SlotReserveContext) -> SlotPermit | None:
        """For tasks that Temporal would send along with another answer. Nothing here asks for such."""
        return None

    def mark_slot_used(self, _: SlotMarkUsedContext) -> None:
        pass

    def release_slot(self, _: SlotReleaseContext) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended, and with it the worker
                self._loop.call_soon_threadsafe(self._free.release)


class TurnSlots(Slots):
    """Of workflow tasks. Knows of each poll how long it has been waiting."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(most)
        self._clock = clock
        self._polls: dict[SlotPermit, tuple[bool, float]] = {}
        """Those that have no task yet: whether for what this process has in memory, and since when."""
        self._in_hand: set[SlotPermit] = set()

    async def reserve_slot(self, ctx: SlotReserveContext) -> SlotPermit:
        permit = await super().reserve_slot(ctx)
        self._polls[permit] = (ctx.is_sticky, self._clock())
        return permit

    def mark_slot_used(self, ctx: SlotMarkUsedContext) -> None:
        self._in_hand.add(ctx.permit)
        self._polls.pop(ctx.permit, None)

    def release_slot(self, ctx: SlotReleaseContext) -> None:
        self._polls.pop(ctx.permit, None)
        self._in_hand.discard(ctx.permit)
        super().release_slot(ctx)

    @property
    def at_rest(self) -> bool:
        return self.none_waits and not self._in_hand

    @property
    def none_waits(self) -> bool:
        """Polls of both kinds have found nothing: neither an incident in memory nor a new one waits for its turn."""
        long_ago = self._clock() - UNANSWERED.total_seconds()
        return {sticky for sticky, since in list(self._polls.values()) if since <= long_ago} == {True, False}


class MessageSlots(Slots):
    """Of activities that tell people something. While turns wait, one poll for them goes out at most every so often:
    each message ends in a turn of its incident, which would stand before somebody's page."""

    def __init__(self, most: int, turns: TurnSlots, patience: timedelta) -> None:
        super().__init__(most)
        self._turns, self._patience = turns, patience

    async def reserve_slot(self, ctx: SlotReserveContext) -> SlotPermit:
        permit = await super().reserve_slot(ctx)
        try:
            for _ in range(self._patience // LOOKS_AGAIN):
                if self._turns.none_waits:
                    break
                await asyncio.sleep(LOOKS_AGAIN.total_seconds())
        except asyncio.CancelledError:
            self._free.release()
            raise
        return permit
