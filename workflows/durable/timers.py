"""When a workflow wakes by itself.

A timer is an Action when it is set, and none when it is cancelled: one that is set for later is kept while something
comes first, and is there when that is over. One that would wake for nothing is cancelled.
https://docs.temporal.io/evaluate/cloud/actions
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

from workflows.durable.summaries import summary


class Timers:
    """Belongs to one run of a workflow. `ran_out` is called in a callback, where nothing must be decided."""

    def __init__(self, ran_out: Callable[["asyncio.Task[None]"], None]) -> None:
        self._ran_out = ran_out
        self._timers: dict[datetime, asyncio.Task[None]] = {}

    def __contains__(self, at: datetime) -> bool:
        return at in self._timers

    def cancel(self, before: datetime | None = None) -> None:
        """All that are set for earlier than that; None: all."""
        for at in [each for each in self._timers if before is None or each < before]:
            timer = self._timers.pop(at)
            timer.remove_done_callback(self._ran_out)
            timer.cancel()

    def set(self, at: datetime, span: timedelta, why: str) -> None:
        """`span`: how long that really takes from now on."""
        timer = asyncio.create_task(workflow.sleep(max(span, timedelta(milliseconds=1)), summary=summary(why)))
        timer.add_done_callback(self._ran_out)
        self._timers[at] = timer

    def have_run_out(self) -> bool:
        """Since this was asked the last time. Raises what a timer ended with: a bug."""
        over = [at for at, timer in self._timers.items() if timer.done()]
        for at in over:
            self._timers.pop(at).result()
        return bool(over)
