"""What somebody said in a channel, as it goes on a timeline: with its author, its time and a link."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from activities.errors import Rejected, Unavailable
from activities.plain_text import clean, one_line
from activities.slack_answers import AnswerPage, SlackAnswer
from activities.slack_api import SlackApi
from activities.vendor_answer import Entries
from chat.payloads import SlackText
from chat.people import Pressers
from starter.temporal.redacting import Redact

LONGEST_SAYING: Final = 1_500


class Saying(SlackAnswer):
    ts: str
    user: str = ""
    text: str = ""
    thread_ts: str = ""


class Sayings(AnswerPage):
    messages: Entries[Saying]


class Permalink(SlackAnswer):
    permalink: str = ""


@dataclass(frozen=True)
class SayingsReader:
    api: SlackApi
    pressers: Pressers
    redact: Redact = str
    """Before a text is cut: what is cut in the middle is recognized no more."""

    async def message(self, channel: str, ts: str) -> SlackText | None:
        """None: it is not there any more. Raises Unavailable, Rejected."""
        web = self.api.web
        found = await self.api.ask(
            web.conversations_history(channel=channel, latest=ts, oldest=ts, inclusive=True, limit=1), Sayings
        )
        if not any(each.ts == ts for each in found.messages):
            found = await self.api.ask(web.conversations_replies(channel=channel, ts=ts, limit=1), Sayings)
        said = next((each for each in found.messages if each.ts == ts), None)
        return SlackText(ts=said.ts, user=said.user, text=said.text) if said else None

    async def quoted(self, channel: str, ts: str, message: SlackText, noter: str) -> str:
        """With a link, by which it is known again when it is edited; with its author, if `noter` is another member."""
        moment = said_at(ts) if message.user != noter else f"said {said_at(ts)}".strip()
        author = await self.author(message.user) if message.user != noter else ""
        where = await self._link(channel, ts) or mark_of(ts)
        return f"“{self.words(message)}” ({', '.join(filter(None, (author, moment, where)))})"

    async def signature(self, ts: str, user: str) -> str:
        """Of a message that is not there any more: links to it lead nowhere."""
        return f"({', '.join(filter(None, (await self.author(user), said_at(ts))))})"

    def words(self, message: SlackText) -> str:
        return clean(self.redact(message.text), LONGEST_SAYING)

    async def author(self, user: str) -> str:
        member = await self.pressers.member(user) if user else None
        return one_line(member.real_name or member.profile.real_name or user, 80) if member else user or "an app"

    async def _link(self, channel: str, ts: str) -> str:
        try:
            call = self.api.web.chat_getPermalink(channel=channel, message_ts=ts)
            return (await self.api.ask(call, Permalink)).permalink
        except (Unavailable, Rejected):
            return ""


def said_at(ts: str) -> str:
    """Empty: it is not a moment."""
    return f"{datetime.fromtimestamp(float(ts), UTC):%H:%M} UTC" if ts.replace(".", "", 1).isdecimal() else ""


def mark_of(ts: str) -> str:
    """How Slack's links call a message: `p1764183600000100`."""
    return f"p{ts.replace('.', '')}"
