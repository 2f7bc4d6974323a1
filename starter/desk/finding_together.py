"""Open incidents that several look for at the same moment are asked for in one question: a list costs Temporal more
than the signal that follows it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starter.temporal.incidents import Incidents
from starter.temporal.lookup import is_whole_id
from starter.temporal.open_ones import open_ones
from starter.temporal.results import FoundIncident

MOST_SOUGHT_TOGETHER: Final = 50


@dataclass
class _Sought:
    ids: set[str] = field(default_factory=set)
    found: "asyncio.Task[Mapping[str, FoundIncident]]" = field(init=False)


class OpenIncidents:
    """Belongs to one event loop."""

    def __init__(self, known: Incidents) -> None:
        self._known = known
        self._next: _Sought | None = None
        """What others may still join."""
        self._last: _Sought | None = None

    async def find(self, part: str) -> FoundIncident | None:
        """None: no open one has that whole id. Who comes while a question is under way goes with the next one. Raises
        Unreachable."""
        if not is_whole_id(part):
            return None
        sought = self._next
        if sought is None or len(sought.ids) == MOST_SOUGHT_TOGETHER:
            sought = self._begin()
        sought.ids.add(part)
        return (await asyncio.shield(sought.found)).get(part)

    def _begin(self) -> _Sought:
        before, sought = self._last, _Sought()
        sought.found = asyncio.create_task(self._ask(sought, before))
        self._next = self._last = sought
        return sought

    async def _ask(self, sought: _Sought, before: _Sought | None) -> Mapping[str, FoundIncident]:
        if before is not None:
            await asyncio.wait([before.found])
        if self._next is sought:
            self._next = None
        return await open_ones(self._known.connection, sought.ids, self._known.but)
