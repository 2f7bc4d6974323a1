"""What people say in a channel goes on the timeline when somebody pins it. An edit follows, and so does the end of the
message. Whoever did something that came to nothing is told so, by a message that they alone see."""

from dataclasses import dataclass, replace
from typing import Final

from pydantic import JsonValue, ValidationError

from activities.errors import Rejected, Unavailable
from chat.acting import Answered, Deed, Hands, in_words, slack_id
from chat.finding import Finder, only_text, picker
from chat.lateness import incident_of
from chat.payloads import EventCallback, MessageEvent, ReactionAdded, SlackText, SlackUser
from chat.people import Presser, Pressers
from chat.permissions import NotAllowed
from chat.sayings import SayingsReader, mark_of
from chat.web import Whispers
from starter.desk.verbs import VERB_BY_NAME
from workflows.policy.effects.offers import Pressed

PINS: Final = frozenset({"pushpin", "round_pushpin"})
MESSAGE_CHANGES: Final = frozenset({"message_changed", "message_deleted"})
_NOTE_VERB: Final = VERB_BY_NAME["incidents", "note"]


@dataclass(frozen=True)
class PinnedMessages:
    hands: Hands
    finder: Finder
    pressers: Pressers
    sayings: SayingsReader
    whispers: Whispers

    async def receive(self, callback: EventCallback) -> None:
        """Raises Unreachable."""
        match callback.event:
            case ReactionAdded() as reaction if reaction.reaction in PINS and reaction.item.type == "message":
                await self._reacted(reaction)
            case MessageEvent() as message if message.subtype in MESSAGE_CHANGES and not message.is_as_before:
                await self._changed(message, callback.event_id)

    async def pin(
        self, part: str, channel: str, ts: str, presser: Presser, message: SlackText, *, here: bool
    ) -> Answered:
        """However often and by whom: once. Raises what `in_words` puts in words, and Unreachable."""
        text = await self._as_pinned(channel, ts, message, presser)
        return await self.hands.do(
            Deed(_NOTE_VERB, part, slack_id("pin", channel, ts), {"text": text}, here=here), presser
        )

    async def _reacted(self, reaction: ReactionAdded) -> None:
        presser = await self.pressers.who(SlackUser(id=reaction.user))
        if said := await self._pinned(reaction.item.channel, reaction.item.ts, presser):
            await self.whispers.here(reaction.item.channel, reaction.user, said)

    async def _pinned(self, channel: str, ts: str, presser: Presser) -> dict[str, JsonValue] | None:
        """What whoever pinned it is told; None: nothing. A pin where no incident is open is meant for nobody here."""
        place = await self.finder.of_channel(channel)
        try:
            rows = () if place.incident else await self.finder.open(presser)
        except NotAllowed:  # of another workspace, in a channel that is no incident's
            return None
        if not place.incident and not rows:
            return None
        try:
            message = await self.sayings.message(channel, ts)
        except (Unavailable, Rejected) as no:
            return only_text(f"That message is not on the timeline: it could not be read ({no}). Try its shortcut.")
        if message is None:
            return only_text("That message is not on the timeline: it is not there any more.")
        if len(rows) > 1:
            text = await self._as_pinned(channel, ts, message, presser)
            return picker(rows, Pressed(incident="", verb=_NOTE_VERB.name, said={"text": text}))
        part = place.incident or rows[0].incident
        answered = await in_words(self.pin(part, channel, ts, presser, message, here=place.is_its_own))
        return None if answered.done else only_text(answered.text)

    async def _changed(self, event: MessageEvent, event_id: str) -> None:
        """Only of what stands on a timeline, which its link says. What we change ourselves, a card each minute, stands
        there anyway: to ask incidents of it would cost a worker some turns each time."""
        user = event.message.user or event.previous_message.user
        ts = event.deleted_ts or event.message.ts
        part = await self._pinned_to(event.channel, mark_of(ts)) if ts and not self.pressers.is_us(user) else ""
        if not part:
            return
        if event.deleted_ts:
            text = f"deleted the pinned message {await self.sayings.signature(ts, user)}"
        else:
            said = await self.sayings.quoted(event.channel, ts, event.message, user)
            text = f"changed the pinned message to {said}"
        deed = Deed(_NOTE_VERB, part, slack_id("changed", event.channel, ts, event_id), {"text": text}, here=True)
        answered = await in_words(self.hands.do(deed, await self._who_changed(event, user)))
        if user and not answered.done:
            kept = f"Your message stays on the timeline as it was pinned. {answered.text}"
            await self.whispers.here(event.channel, user, only_text(kept))

    async def _as_pinned(self, channel: str, ts: str, message: SlackText, presser: Presser) -> str:
        return f"pinned {await self.sayings.quoted(channel, ts, message, presser.user)}"

    async def _pinned_to(self, channel: str, mark: str) -> str:
        """The incident of this channel, or any that is open, if it is on its timeline; empty: none."""
        place = await self.finder.of_channel(channel)
        parts = [place.incident] if place.incident else [row.incident for row in await self.finder.every_open()]
        for part in parts:
            incident = await incident_of(self.hands.desk, part)
            if incident and any(mark in entry.text for entry in incident.timeline):
                return part
        return ""

    async def _who_changed(self, event: MessageEvent, user: str) -> Presser:
        """Its author may do so. Who deleted a message, Slack does not say."""
        try:
            author = await self.pressers.who(SlackUser(id=user))
        except ValidationError:
            return Presser(user, user or "somebody")
        return replace(author, by="somebody" if event.deleted_ts else await self.sayings.author(user))
