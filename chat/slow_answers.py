"""What whoever typed a command or filled in a form reads once an incident that takes long says what became of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from chat import words
from chat.acting import Answered, Deed, Hands
from chat.forms import views
from chat.looking import Looks, SeenAfterwards
from chat.people import Presser
from chat.permissions import NotAllowed
from chat.web import Modals, Replies, ShownView
from starter.desk.recorder import Recorder
from starter.temporal.results import LookupFailed, Unreachable

LOOKED_AGAIN_AFTER_S: Final = (1.0, 5.0, 15.0)
_SlowAnswer = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class SlowAnswers:
    hands: Hands
    looks: Looks
    recorder: Recorder
    replies: Replies
    modals: Modals

    def in_message(self, deed: Deed, presser: Presser, response_url: str) -> Answered:
        async def answer(text: str) -> None:
            self.replies.later(response_url, text)

        return self._promised(deed, presser, answer)

    def in_form(self, deed: Deed, presser: Presser, view_id: str) -> Answered:
        """In the form itself, as long as it is open."""

        async def answer(text: str) -> None:
            await self.modals.fill(ShownView(id=view_id), views.shown("Tocsin", text))

        return self._promised(deed, presser, answer)

    def _promised(self, deed: Deed, presser: Presser, answer: _SlowAnswer) -> Answered:
        self.replies.beside(self._follow(deed, presser, answer))
        return Answered(words.FOLLOWS)

    async def _follow(self, deed: Deed, presser: Presser, answer: _SlowAnswer) -> None:
        seen = SeenAfterwards(words.TAKES_LONG, is_late=True)
        for pause in LOOKED_AGAIN_AFTER_S:
            await asyncio.sleep(pause)
            seen = await self._look(deed, presser)
            if not seen.is_late:
                break
        await answer(seen.answer_to(deed.id))

    async def _look(self, deed: Deed, presser: Presser) -> SeenAfterwards:
        """Of a private incident only for who may see it."""
        try:
            found = await self.recorder.find(deed.incident, deed.event(presser))
            if not found.may_be_private:
                return await self.looks.after(found)
            if await self.hands.desk_of(presser, here=deed.here) is self.hands.desk:
                return await self.looks.after_in_private(found)
        except Unreachable:
            return SeenAfterwards(words.STORED, is_late=True)
        except (LookupFailed, NotAllowed):
            pass
        return SeenAfterwards(words.STORED)
