"""What is done by one press: at once, or left for the incident.

Slack waits for three seconds, and whoever presses for as long as they must. So an incident has a moment to say what
changed. If it takes longer, or if many press at once, what was pressed is a signal: the press is answered once Temporal
has it, and the words follow. Nobody is refused because others press, too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from chat.acting import Answered, Deed, Hands, in_words
from chat.late_answers import LateAnswers
from chat.people import Presser
from chat.waits import AS_SLACK_WAITS, Waits
from starter.desk.recorder import Recorder
from starter.temporal.results import FoundIncident, LookupFailed
from workflows.policy.incident.events import Event

MOST_ASKED_AT_ONCE: Final = 8
"""Where more are under way, no incident is asked what changed. That costs a worker some turns each; signals are read
together."""
Sight = Callable[[], Awaitable[bool | None]]
"""Can what is private be seen where it was pressed? None: nobody can say now."""


@dataclass
class PromptDeeds:
    hands: Hands
    recorder: Recorder
    late_answers: LateAnswers
    waits: Waits = AS_SLACK_WAITS
    _under_way: int = 0

    async def do(self, deed: Deed, presser: Presser, sight: Sight, response_url: str) -> Answered:
        """Raises Unreachable."""
        self._under_way += 1
        try:
            answered = None
            if self._under_way <= MOST_ASKED_AT_ONCE:
                answered = await self._ask(deed, presser, sight)
            return answered or await in_words(self._leave(deed, presser, sight, response_url))
        finally:
            self._under_way -= 1

    async def _ask(self, deed: Deed, presser: Presser, sight: Sight) -> Answered | None:
        """None: the incident has not said in time."""
        try:
            async with asyncio.timeout(self.waits.press_s) as patience:
                answered = await in_words(self._done(deed, presser, sight))
        except TimeoutError:
            return None
        # Temporal's client makes an error of its own of a cancelled update: that is no sign that nobody works.
        return None if patience.expired() else answered

    async def _done(self, deed: Deed, presser: Presser, sight: Sight) -> Answered:
        """Nobody asks an incident who may see it, if lists say that everybody may. Raises what `in_words` puts in
        words, and Unreachable."""
        found = await self._found(deed, await self.hands.event_of(deed, presser))
        here = not found.may_be_private or await sight() is not False
        return await self.hands.do(replace(deed, here=here, was_open=not found.may_be_private), presser)

    async def _leave(self, deed: Deed, presser: Presser, sight: Sight, response_url: str) -> Answered:
        """Under the same id as it was asked: what was done meanwhile is done once. Raises what `in_words` puts in
        words, and Unreachable."""
        event = await self.hands.event_of(deed, presser)
        found = await self._found(deed, event)
        if found.may_be_private and not await self._may_see(presser, sight):
            raise LookupFailed(f"there is no incident {deed.incident!r} that you may see here")
        await self.recorder.leave(found, event, unlisted=deed.takes_role)
        if found.may_be_private:
            surely = partial(self._may_see, presser, sight, in_doubt=False)
            self.late_answers.answer_in_private(found, event.id, response_url, surely)
        else:
            self.late_answers.answer(found, event.id, response_url)
        return Answered("")

    async def _found(self, deed: Deed, event: Event) -> FoundIncident:
        """Raises LookupFailed, which names no incident: those that are private are looked through as well."""
        try:
            return await self.recorder.find(deed.incident, event)
        except LookupFailed as no:
            raise LookupFailed(no.brief) from None

    async def _may_see(self, presser: Presser, sight: Sight, *, in_doubt: bool = True) -> bool:
        """What nobody can say now keeps no press from being recorded, and shows nobody anything."""
        sees = await sight()
        return await self.hands.desk_of(presser, here=in_doubt if sees is None else sees) is self.hands.desk
