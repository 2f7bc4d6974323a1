"""What whoever typed a command or filled in a form reads once an incident that takes long says what became of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from chat import words
from chat.acting import Answered, Deed, Hands
from chat.forms import views
from chat.looking import Looks, SeenAfterwards
from chat.looking_again import LateLook, looked_again
from chat.people import Presser
from chat.permissions import NotAllowed
from chat.web import Modals, Replies, ShownView
from starter.desk.recorder import Recorder
from starter.temporal.results import LookupFailed, Unreachable

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

        return self._promised(partial(self._look, deed, presser), deed.id, answer)

    def in_form(self, deed: Deed, presser: Presser, view_id: str) -> Answered:
        return self._promised(partial(self._look, deed, presser), deed.id, self._fills(view_id))

    def in_declaration(self, again: Callable[[], Awaitable[Answered]], view_id: str) -> Answered:
        """`again`: says the same again, which opens nothing twice. Raises Unreachable."""

        async def look() -> SeenAfterwards:
            try:
                answered = await again()
            except Unreachable:
                return SeenAfterwards(words.STORED, is_late=True)
            return SeenAfterwards(answered.text, is_late=answered.is_late)

        return self._promised(look, "", self._fills(view_id))

    def _fills(self, view_id: str) -> _SlowAnswer:
        """The form itself, as long as it is open."""

        async def answer(text: str) -> None:
            await self.modals.fill(ShownView(id=view_id), views.shown("Tocsin", text))

        return answer

    def _promised(self, look: LateLook, event_id: str, answer: _SlowAnswer) -> Answered:
        self.replies.beside(self._follow(look, event_id, answer))
        return Answered(words.FOLLOWS)

    async def _follow(self, look: LateLook, event_id: str, answer: _SlowAnswer) -> None:
        async for seen in looked_again(look):
            await answer(seen.answer_to(event_id))

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
