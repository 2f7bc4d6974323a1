"""Leaves what people say with their incidents, without waiting for a worker: for whoever cannot wait.

What several say to one incident at the same moment is looked up once and travels together, as alerts do (ADR 9): two
hundred people who press at once are as many signals as incidents, and each is answered once Temporal has what they
said.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from starter.desk import acting
from starter.desk.finding_together import OpenIncidents
from starter.temporal.incidents import Incidents
from starter.temporal.results import FoundIncident
from workflows.policy.incident.events import Event

MOST_SAID_TOGETHER: Final = 50
_Under = tuple[str, type[Event]]
"""Workflow and kind of event: a signal has one name."""


@dataclass
class _SaidTogether:
    leaves: bool = False
    """It is under way: nobody can join any more."""
    events: list[Event] = field(default_factory=list)
    committed: "asyncio.Task[None]" = field(init=False)


class Recorder:
    """Belongs to one event loop. Both methods raise Unreachable."""

    def __init__(self, known: Incidents) -> None:
        self._known = known
        self._open = OpenIncidents(known)
        self._lookups: dict[tuple[str, str], asyncio.Task[FoundIncident]] = {}
        self._newest: dict[_Under, _SaidTogether] = {}
        """Of what is under way."""

    async def find(self, part: str, event: Event) -> FoundIncident:
        """Who asks while somebody asks the same hears the same. Raises LookupFailed."""
        key = part, acting.addressee(event)
        under_way = self._lookups.get(key)
        if under_way is None:
            under_way = self._lookups[key] = asyncio.create_task(self._find(part, event))
            under_way.add_done_callback(lambda _: self._lookups.pop(key))
        return await asyncio.shield(under_way)

    async def _find(self, part: str, event: Event) -> FoundIncident:
        is_open = await self._open.find(part) if acting.addressee(event) != "review" else None
        return is_open or await acting.found(self._known, part, event)

    async def leave(self, found: FoundIncident, event: Event, *, unlisted: bool) -> None:
        """Returns once Temporal has it, and each of those that went with it has the same outcome. Raises NothingOpen,
        Unlisted."""
        event = await acting.worded(self._known, found, event, unlisted=unlisted)
        key = found.workflow_id, type(event)
        together = self._newest.get(key)
        if together is None or together.leaves or len(together.events) == MOST_SAID_TOGETHER:
            together = self._begin(key)
        together.events.append(event)
        await asyncio.shield(together.committed)

    def _begin(self, key: _Under) -> _SaidTogether:
        before, batch = self._newest.get(key), _SaidTogether()
        batch.committed = asyncio.create_task(self._commit(key, batch, before))
        self._newest[key] = batch
        return batch

    async def _commit(self, key: _Under, batch: _SaidTogether, before: _SaidTogether | None) -> None:
        if before is not None:
            await asyncio.wait([before.committed])
        batch.leaves = True
        try:
            await self._known.signal(key[0], *batch.events)
        finally:
            if self._newest[key] is batch:
                del self._newest[key]
