"""What stands beside the incidents on the first page and changes seldom: who is on call, how much waits in queues."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from starter.desk.on_call import on_call
from starter.desk.on_call_answers import PostOnCall
from starter.temporal.backlogs import Backlog, backlogs
from starter.temporal.connection import TemporalConnection
from starter.temporal.shifts import Shifts
from workflows.policy.watches.installation import Installation

SURROUNDINGS_EVERY_S: Final = 15.0
ON_CALL_AHEAD: Final = timedelta(days=14)
"""So far the next hand-over is looked for."""


@dataclass(frozen=True)
class Surroundings:
    on_call: tuple[PostOnCall, ...] = ()
    backlogs: tuple[Backlog, ...] = ()

    @property
    def holders(self) -> str:
        """Another text as soon as somebody else is on call."""
        return repr([(each.runbook, each.post, each.now and each.now.name) for each in self.on_call])


NOTHING_AROUND: Final = Surroundings()


class SurroundingsReader:
    """Belongs to one event loop."""

    def __init__(self, connection: TemporalConnection, followed: Callable[[], Installation]) -> None:
        self._connection, self._followed = connection, followed
        self._known: Surroundings | None = None
        self._next_look = 0.0

    async def read(self) -> Surroundings:
        """As they are now, or were a moment ago. Raises Unreachable."""
        now = asyncio.get_running_loop().time()
        if self._known is None or now >= self._next_look:
            self._known = await self._look()
            self._next_look = now + SURROUNDINGS_EVERY_S
        return self._known

    async def _look(self) -> Surroundings:
        posts, queues = await asyncio.gather(
            on_call(self._followed(), Shifts(self._connection), datetime.now(UTC), ON_CALL_AHEAD),
            backlogs(self._connection),
        )
        return Surroundings(tuple(posts), queues)
