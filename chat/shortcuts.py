"""Shortcuts on a message: it goes on the timeline, or becomes a follow-up."""

from dataclasses import dataclass
from typing import Final

from chat import words
from chat.acting import in_words
from chat.finding import Finder, picker
from chat.forms.declaring import DeclareForms
from chat.forms.verb_form import VerbForms, certainly
from chat.payloads import GlobalShortcut, MessageShortcut
from chat.people import Presser
from chat.timeline import PinnedMessages
from chat.web import Replies
from starter.desk.verbs import VERB_BY_NAME
from starter.temporal.redacting import Redact
from workflows.policy.effects.offers import Pressed
from workflows.policy.wire.bounded import cut

TO_TIMELINE: Final = "tocsin_timeline"
TO_FOLLOW_UP: Final = "tocsin_follow_up"
TO_DECLARE: Final = "tocsin_declare"
UNKNOWN_SHORTCUT: Final = "This shortcut is not known to this version of Tocsin. Use the command."
LONGEST_QUOTE: Final = 1_200
"""Characters of a message that go into a button."""


@dataclass(frozen=True)
class Shortcuts:
    finder: Finder
    verb_forms: VerbForms
    declare_forms: DeclareForms
    timeline: PinnedMessages
    replies: Replies
    redact: Redact = str
    """Before a text is cut, as for the timeline."""

    async def receive(self, used: MessageShortcut | GlobalShortcut, presser: Presser) -> str:
        """What is to be said to whoever used it; empty: no more than what they see. Raises Unreachable, NotAllowed; of
        a form that cannot be opened Unavailable, Rejected, TimeoutError."""
        match used.callback_id:
            case callback if callback == TO_DECLARE:
                text = used.message.text if isinstance(used, MessageShortcut) else ""
                await self.declare_forms.open(used.trigger_id, cut(self.redact(text), 300))
            case callback if isinstance(used, MessageShortcut) and callback in (TO_TIMELINE, TO_FOLLOW_UP):
                await self._about_message(used, presser)
            case _:
                return UNKNOWN_SHORTCUT
        return ""

    async def _about_message(self, used: MessageShortcut, presser: Presser) -> None:
        part, here = await self.finder.of_channel(used.channel.id, used.channel.name)
        rows = () if part else await self.finder.open(presser)
        if not part and len(rows) == 1:
            part = rows[0].incident
        if used.callback_id == TO_TIMELINE and part:
            pinned = self.timeline.pin(part, used.channel.id, used.message_ts, presser, used.message, here=here)
            answered = await in_words(pinned)
            self.replies.later(used.response_url, answered.text)
            return
        wanted = self._wanted(used, part)
        if part:
            verb = VERB_BY_NAME[wanted.group, wanted.verb]
            await self.verb_forms.open(wanted, verb, used.trigger_id, presser, certainly(here))
        elif rows:
            self.replies.message(used.response_url, picker(rows, wanted))
        else:
            self.replies.later(used.response_url, words.plain("No incident is open."))

    def _wanted(self, used: MessageShortcut, part: str) -> Pressed:
        text = {"text": cut(self.redact(used.message.text), LONGEST_QUOTE)}
        if used.callback_id == TO_FOLLOW_UP:
            return Pressed(incident=part, group="followups", verb="add", said=text, asks=True)
        return Pressed(incident=part, verb="note", said=text)
