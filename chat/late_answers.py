"""What whoever pressed is told once their press is stored, and no longer waited for."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from chat import words
from chat.looking import Looks
from chat.web import Replies

INCIDENTS_LOOKED_AT: Final = 4
"""So many incidents, one look for all who wait for the same: nobody's press waits behind answers."""


@dataclass
class LateAnswers:
    looks: Looks
    replies: Replies
    _waiting: dict[str, list[str]] = field(default_factory=dict)
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(INCIDENTS_LOOKED_AT))

    def answer(self, incident: str, response_url: str) -> None:
        """How it stands now. It may be seen by everybody."""
        waiting = self._waiting.setdefault(incident, [])
        waiting.append(response_url)
        if len(waiting) == 1:
            self.replies.beside(self._look(incident))

    async def _look(self, incident: str) -> None:
        async with self._few:
            waiting = self._waiting.pop(incident)
            text = await self.looks.after(incident)
        for response_url in waiting:
            self.replies.later(response_url, text)

    def answer_stored(self, response_url: str) -> None:
        """And no more than that."""
        self.replies.later(response_url, words.STORED)
