"""What whoever pressed is told once their press is stored, and no longer waited for: how the incident stands, or why
what they pressed came to little."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from chat.looking import Looks, SeenAfterwards
from chat.looking_again import LateLook, looked_again
from chat.permissions import NotAllowed
from chat.web import Replies
from starter.temporal.results import FoundIncident

INCIDENTS_LOOKED_AT: Final = 4
"""So many incidents, one look for all who wait for the same: nobody's press waits behind answers."""
LOOKED_AFTER_S: Final = 1.0
"""Until then most of a crowd have been answered, and have what a look would take from them: processor time."""
_Awaited = tuple[str, str]
"""What was pressed, and where its answer goes."""


@dataclass
class LateAnswers:
    looks: Looks
    replies: Replies
    _waiting: dict[str, list[_Awaited]] = field(default_factory=dict)
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(INCIDENTS_LOOKED_AT))

    def answer(self, found: FoundIncident, event_id: str, response_url: str) -> None:
        """It may be seen by everybody."""
        waiting = self._waiting.setdefault(found.workflow_id, [])
        waiting.append((event_id, response_url))
        if len(waiting) == 1:
            self.replies.beside(self._look(found))

    def answer_in_private(
        self, found: FoundIncident, event_id: str, response_url: str, may_see: Callable[[], Awaitable[bool]]
    ) -> None:
        """That it is stored, or nobody acts; and whoever surely may see the incident reads why their press came to
        little."""
        self.replies.beside(self._look_in_private(found, (event_id, response_url), may_see))

    async def _look(self, found: FoundIncident) -> None:
        await asyncio.sleep(LOOKED_AFTER_S)
        async with self._few:
            waiting = self._waiting.pop(found.workflow_id)
            seen = await self.looks.after(found)
        await self._answer(waiting, seen, partial(self._again, found))

    async def _again(self, found: FoundIncident) -> SeenAfterwards:
        async with self._few:
            return await self.looks.after(found)

    async def _look_in_private(
        self, found: FoundIncident, awaited: _Awaited, may_see: Callable[[], Awaitable[bool]]
    ) -> None:
        await asyncio.sleep(LOOKED_AFTER_S)
        look = partial(self._seen_in_private, found, may_see)
        await self._answer([awaited], await look(), look)

    async def _seen_in_private(self, found: FoundIncident, may_see: Callable[[], Awaitable[bool]]) -> SeenAfterwards:
        async with self._few:
            seen = await self.looks.after_in_private(found)
            with contextlib.suppress(NotAllowed):
                if seen.refusals and await may_see():
                    return seen
        return replace(seen, refusals={})

    async def _answer(self, waiting: Sequence[_Awaited], seen: SeenAfterwards, look: LateLook) -> None:
        self._say(waiting, seen)
        if seen.is_late:
            async for later in looked_again(look):
                self._say(waiting, later)

    def _say(self, waiting: Sequence[_Awaited], seen: SeenAfterwards) -> None:
        for event_id, response_url in waiting:
            self.replies.later(response_url, seen.answer_to(event_id))
