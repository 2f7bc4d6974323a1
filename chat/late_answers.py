"""What whoever pressed is told once their press is stored, and no longer waited for: how the incident stands, or why
what they pressed came to little."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from chat import words
from chat.looking import Looks
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
        """That it is stored; and whoever surely may see the incident reads why their press came to little."""
        self.replies.beside(self._look_in_private(found, event_id, response_url, may_see))

    async def _look(self, found: FoundIncident) -> None:
        await asyncio.sleep(LOOKED_AFTER_S)
        async with self._few:
            waiting = self._waiting.pop(found.workflow_id)
            seen = await self.looks.after(found)
        for event_id, response_url in waiting:
            self.replies.later(response_url, seen.answer_to(event_id))

    async def _look_in_private(
        self, found: FoundIncident, event_id: str, response_url: str, may_see: Callable[[], Awaitable[bool]]
    ) -> None:
        said = words.STORED
        await asyncio.sleep(LOOKED_AFTER_S)
        async with self._few:
            with contextlib.suppress(NotAllowed):
                said = await self._seen_in_private(found, event_id) if await may_see() else said
        self.replies.later(response_url, said)

    async def _seen_in_private(self, found: FoundIncident, event_id: str) -> str:
        return (await self.looks.after_in_private(found)).answer_to(event_id)
