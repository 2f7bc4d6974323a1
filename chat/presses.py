"""A button was pressed: what travels in it is read back, and done or asked more about."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Final

from pydantic import ValidationError

from chat.acting import Answered, Deed, Hands, Misfit, slack_id
from chat.forms.verb_form import VerbForms
from chat.lateness import incident_of
from chat.looking import Looks
from chat.payloads import Action, BlockActions
from chat.people import Presser
from chat.prompt_deeds import PromptDeeds
from chat.web import Replies
from starter.desk.verbs import VERB_BY_NAME
from starter.temporal.results import Unreachable
from workflows.policy.effects.offers import Pressed

OUR_BUTTON: Final = re.compile(r"tocsin/(?P<group>[a-z]{1,20})/(?P<verb>[a-z-]{1,30})/\d{1,4}")
AN_INCIDENT: Final = re.compile(r"[A-Za-z0-9._-]{1,200}")
LONGEST_VALUE_PRESSED: Final = 2_000
"""Characters that a button's value may have."""
DOUBLE_CLICK_S: Final = 5.0
LOOK: Final = "look"
"""The group of what changes nothing."""


@dataclass
class Clicks:
    """A double click is one press: the second comes to nothing."""

    seen: dict[tuple[str, ...], float] = field(default_factory=dict)

    async def once(self, again: tuple[str, ...], do: Callable[[], Awaitable[Answered]]) -> Answered | None:
        """None: it is being done, or was a moment ago."""
        now = monotonic()
        while self.seen and now - next(iter(self.seen.values())) >= DOUBLE_CLICK_S:
            del self.seen[next(iter(self.seen))]
        if again in self.seen:
            return None
        self.seen[again] = now
        answered = None
        try:
            answered = await do()
        finally:
            if answered is None or not answered.done:
                self.seen.pop(again, None)
        return answered


@dataclass(frozen=True)
class Presses:
    hands: Hands
    replies: Replies
    forms: VerbForms
    looks: Looks
    deeds: PromptDeeds
    sight_within_s: float = 0.3
    clicks: Clicks = field(default_factory=Clicks)

    async def receive(self, press: BlockActions, presser: Presser) -> None:
        """Returns when Temporal has it, or it is answered why not. Raises Unreachable; of a form that cannot be
        opened Unavailable, Rejected, TimeoutError."""
        for action in press.actions:
            if found := OUR_BUTTON.fullmatch(action.action_id):
                await self._one(press, presser, action, found["group"], found["verb"])

    async def _one(self, press: BlockActions, presser: Presser, action: Action, group: str, name: str) -> None:
        try:
            pressed = pressed_of(action, group, name)
        except Misfit as no:
            self.replies.later(press.response_url, str(no))
            return
        channel = press.container.channel_id
        if group == LOOK:
            sees = await self._surely_sees(pressed.incident, channel, self.sight_within_s)
            text = await self.looks.at(pressed.verb, pressed.incident, presser, here=sees)
            self.replies.later(press.response_url, text)
        elif pressed.asks:
            here = partial(self._surely_sees, pressed.incident, channel, 3 * self.sight_within_s)
            await self.forms.open(pressed, VERB_BY_NAME[group, name], press.trigger_id, presser, here)
        else:
            await self._do(press, presser, action, pressed)

    async def _do(self, press: BlockActions, presser: Presser, action: Action, pressed: Pressed) -> None:
        """What is done at once waits less for whether it can be seen, and what nobody can say keeps no press from
        being recorded."""
        where = press.container.channel_id, press.container.message_ts
        deed = Deed(
            VERB_BY_NAME[pressed.group, pressed.verb],
            pressed.incident,
            slack_id(press.team_id, *where, press.user.id, action.action_id, action.action_ts),
            pressed.said,
            pressed.if_still,
            pressed.ring,
            here=False,
        )
        sight = partial(self._sees, pressed.incident, where[0], self.sight_within_s / 3)
        again = (*where, press.user.id, action.action_id, action.value)
        answered = await self.clicks.once(again, lambda: self.deeds.do(deed, presser, sight, press.response_url))
        if answered is not None and answered.text:
            self.replies.later(press.response_url, answered.text)

    async def _surely_sees(self, part: str, channel: str, within_s: float) -> bool:
        return await self._sees(part, channel, within_s) is True

    async def _sees(self, part: str, channel: str, within_s: float) -> bool | None:
        """Can what is private be seen where the message stands? Not in what was left when it became private. None:
        nobody can say now."""
        try:
            async with asyncio.timeout(within_s):
                incident = await incident_of(self.hands.desk, part)
        except (Unreachable, TimeoutError):
            return None
        if incident is None:
            return None
        if not incident.private:
            return True
        own = incident.references.get("channel")
        return channel == own if own else incident.channels == 1


def pressed_of(action: Action, group: str, name: str) -> Pressed:
    """Raises Misfit: whoever signs is Slack, and what is in a button is not known to be ours."""
    value = action.value or action.selected_option.value
    try:
        if len(value) > LONGEST_VALUE_PRESSED:
            raise ValueError
        pressed = Pressed.model_validate_json(value)
    except (ValidationError, ValueError):
        raise Misfit("This button cannot be read: it is of another version of Tocsin. Use the command.") from None
    if (pressed.group, pressed.verb) != (group, name) or (group != LOOK and (group, name) not in VERB_BY_NAME):
        raise Misfit("This button is not known to this version of Tocsin. Use the command.")
    if not AN_INCIDENT.fullmatch(pressed.incident):
        raise Misfit("This button names no incident.")
    return pressed
