"""What people say in a channel goes on the timeline when somebody pins it: with its author, its time and a link. An
edit follows, and so does the end of the message."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import structlog

from activities.errors import Rejected, Unavailable
from activities.plain_text import clean, one_line
from activities.slack_answers import AnswerPage, SlackAnswer
from activities.slack_api import SlackApi
from chat import words
from chat.acting import Answered, Deed, Hands, in_words, slack_id
from chat.finding import ChannelOf, Finder
from chat.lateness import incident_of
from chat.payloads import EventCallback, MessageEvent, ReactionAdded, SlackText, SlackUser
from chat.people import Presser, Pressers
from chat.permissions import NotAllowed
from starter.desk.verbs import VERB_BY_NAME
from starter.temporal.redacting import Redact

PINS: Final = frozenset({"pushpin", "round_pushpin"})
MESSAGE_CHANGES: Final = frozenset({"message_changed", "message_deleted"})
LONGEST_SAYING: Final = 1_500

log = structlog.get_logger()


class Saying(SlackAnswer):
    ts: str
    user: str = ""
    text: str = ""
    thread_ts: str = ""


class Sayings(AnswerPage):
    messages: tuple[Saying, ...]


class Permalink(SlackAnswer):
    permalink: str = ""


@dataclass(frozen=True)
class PinnedMessages:
    api: SlackApi
    hands: Hands
    finder: Finder
    pressers: Pressers
    redact: Redact = str
    """Before a text is cut: what is cut in the middle is recognized no more."""

    async def receive(self, callback: EventCallback) -> None:
        """Raises Unreachable."""
        match callback.event:
            case ReactionAdded() as reaction if reaction.reaction in PINS and reaction.item.type == "message":
                await self._reacted(reaction)
            case MessageEvent() as message if message.subtype in MESSAGE_CHANGES:
                await self._changed(message)

    async def pin(
        self, part: str, channel: str, ts: str, presser: Presser, message: SlackText, *, here: bool
    ) -> Answered:
        """However often and by whom: once. Raises what `in_words` puts in words, and Unreachable."""
        text = await self._written(channel, ts, message)
        verb = VERB_BY_NAME["incidents", "note"]
        deed = Deed(verb, part, slack_id("pin", channel, ts), {"text": text}, here=here)
        return await self.hands.do(deed, presser)

    async def _reacted(self, reaction: ReactionAdded) -> None:
        presser = await self.pressers.who(SlackUser(id=reaction.user))
        channel, ts = reaction.item.channel, reaction.item.ts
        part, here = await self._incident(channel, presser)
        message = await self._message(channel, ts) if part else None
        if message is None:
            return
        answered = await in_words(self.pin(part, channel, ts, presser, message, here=here))
        if not answered.done:
            await self._whisper(reaction, answered.text)

    async def _changed(self, event: MessageEvent) -> None:
        """Only of what stands on the timeline, which its link says."""
        ts = event.deleted_ts or event.message.ts
        part, _ = await self.finder.of_channel(event.channel)
        incident = await incident_of(self.hands.desk, part) if part and ts else None
        if incident is None or not any(_mark(ts) in entry.text for entry in incident.timeline):
            return
        changed = (
            "was deleted"
            if event.deleted_ts
            else f"now reads: {clean(self.redact(event.message.text), LONGEST_SAYING)}"
        )
        text = f"the message {_mark(ts)} {changed}"
        verb, event_id = VERB_BY_NAME["incidents", "note"], slack_id("changed", event.channel, ts, text)
        deed = Deed(verb, part, event_id, {"text": text}, here=True)
        by = await self._author(event.message.user) if event.message.user else "somebody"
        await in_words(self.hands.do(deed, Presser(event.message.user, by)))

    async def _incident(self, channel: str, presser: Presser) -> ChannelOf:
        """Of this channel; elsewhere the only one that is open."""
        place = await self.finder.of_channel(channel)
        if place.incident:
            return place
        try:
            rows = await self.finder.open(presser)
        except NotAllowed:
            return ChannelOf()
        return ChannelOf(rows[0].incident) if len(rows) == 1 else ChannelOf()

    async def _written(self, channel: str, ts: str, message: SlackText) -> str:
        author = await self._author(message.user)
        at = datetime.fromtimestamp(float(ts), UTC) if ts.replace(".", "", 1).isdecimal() else None
        when = f" at {at:%H:%M} UTC" if at else ""
        link = await self._link(channel, ts)
        text = clean(self.redact(message.text), LONGEST_SAYING)
        return f"{author} said{when}: {text} ({' '.join(filter(None, (_mark(ts), link)))})"

    async def _author(self, user: str) -> str:
        member = await self.pressers.member(user) if user else None
        return one_line(member.real_name or member.profile.real_name or user, 80) if member else user or "an app"

    async def _message(self, channel: str, ts: str) -> SlackText | None:
        web = self.api.web
        try:
            found = await self.api.ask(
                web.conversations_history(channel=channel, latest=ts, oldest=ts, inclusive=True, limit=1), Sayings
            )
            if not any(each.ts == ts for each in found.messages):
                found = await self.api.ask(web.conversations_replies(channel=channel, ts=ts, limit=1), Sayings)
        except (Unavailable, Rejected) as error:
            log.warning("a pinned message cannot be read", problem=str(error))
            return None
        said = next((each for each in found.messages if each.ts == ts), None)
        return SlackText(ts=said.ts, user=said.user, text=said.text) if said else None

    async def _link(self, channel: str, ts: str) -> str:
        try:
            call = self.api.web.chat_getPermalink(channel=channel, message_ts=ts)
            return (await self.api.ask(call, Permalink)).permalink
        except (Unavailable, Rejected):
            return ""

    async def _whisper(self, reaction: ReactionAdded, text: str) -> None:
        try:
            call = self.api.web.chat_postEphemeral(
                channel=reaction.item.channel, user=reaction.user, text=text[: words.LONGEST_SECTION]
            )
            await self.api.ask(call, SlackAnswer)
        except (Unavailable, Rejected) as error:
            log.warning("Slack did not take an answer", problem=str(error))


def _mark(ts: str) -> str:
    """How Slack's links call a message: `p1764183600000100`."""
    return f"p{ts.replace('.', '')}"
