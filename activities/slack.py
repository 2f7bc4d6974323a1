"""Slack: the incident's channel, its topic, and every message in it.

Slack has no idempotency key for posting (slackapi/slack-api-specs#10). So each message carries ours in its metadata,
and whoever is not sure whether it was sent looks for it in the channel before sending it again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from activities.attempts import begun_at
from activities.errors import Malformed, Rejected, Unavailable
from activities.plain_text import one_line
from activities.slack_answers import Created, DirectMessages, Posted, SlackChannel, SlackDone
from activities.slack_api import SlackApi, SlackRefused, channel_link
from activities.slack_groups import set_members
from activities.slack_message import LONGEST_TOPIC, Form, forms, literal
from activities.slack_people import SlackPeople
from workflows.policy.effects.effects import Card, Destination, Invite, OpenChannel, Post, Receipt, Send, SetTopic
from workflows.policy.effects.offers import Offer
from workflows.policy.rota.roster import UserGroupOrder

LONGEST_CHANNEL_NAME = 80
"""Characters of a channel's name: https://docs.slack.dev/reference/methods/conversations.create#naming"""


class Slack:
    """`users` says who is who in Slack: a person's name to a member id. Every method raises Unavailable or Rejected."""

    def __init__(self, token: str, url: str, users: Mapping[str, str]) -> None:
        self._url = url
        self._api = SlackApi(token, url)
        self._people = SlackPeople(self._api, users)
        self._ids: dict[str, str] = {}
        """Channel ids by `#name`: posting takes a name, everything else wants the id."""

    async def close(self) -> None:
        await self._api.close()

    async def set_user_group(self, order: UserGroupOrder) -> str:
        """A remark if somebody has to see it. Raises Unavailable or Rejected."""
        return await set_members(self._api, self._people, order)

    async def open_channel(self, send: Send) -> Receipt:
        """Creates the channel, or adopts the one that bears the incident's id in its name, topic or purpose.

        There is nothing to look for first: if an earlier attempt created it, its name is taken.
        """
        assert isinstance(send.effect, OpenChannel)
        for name in _spellings(send.effect.name):
            channel, note = await self._create_or_adopt(name, send.effect.private, send.incident)
            if channel is not None:
                note = _joined(note, await self._headline(channel, send))
                link = channel_link(self._url, channel.id)
                return Receipt(reference=channel.id, name=f"#{channel.name or name}", link=link, note=note)
        raise Rejected(
            f"Slack channel #{send.effect.name} is taken by something else, and so are -2 and -3: rename one"
        )

    async def set_topic(self, send: Send) -> Receipt:
        assert isinstance(send.effect, SetTopic)
        return await self._set_topic(await self._id(send.effect.channel), send.text)

    async def post(self, send: Send, may_have_been_sent: bool) -> Receipt:
        """Posts, and pins if asked to; a message that cannot be looked for, or pinned, is posted all the same."""
        assert isinstance(send.effect, Post)
        posted, note = await self._look(send, send.effect.to) if may_have_been_sent else (None, None)
        if posted is None:
            posted, simplified = await self._post(send, send.effect)
            note = _joined(note, simplified)
        unpinned = await self._pin(posted) if send.effect.pin else None
        link = channel_link(self._url, posted.channel)
        return Receipt(reference=f"{posted.channel}:{posted.ts}", link=link, note=_joined(note, unpinned))

    async def bring_up_to_date(self, send: Send, may_have_been_sent: bool) -> Receipt:
        """Edits what was posted; where somebody has deleted it, posts it again, once. The receipt then says where."""
        assert isinstance(send.effect, Card)
        channel, _, ts = send.effect.message.partition(":")
        try:
            _, note = await self._in_some_form(send, (), send.effect.offers, partial(self._edit, channel, ts))
        except SlackRefused as error:
            if error.code != "message_not_found" or not send.effect.may_post:
                raise
        else:
            return Receipt(note=note)
        posted, note = await self._look(send, send.effect.to) if may_have_been_sent else (None, None)
        if posted is None:
            say = partial(self._say, send.effect.to)
            posted, note = await self._in_some_form(send, (), send.effect.offers, say)
        unpinned = await self._pin(posted) if send.effect.pin else None
        return Receipt(reference=f"{posted.channel}:{posted.ts}", note=_joined(note, unpinned))

    async def invite(self, send: Send) -> Receipt:
        assert isinstance(send.effect, Invite)
        person = send.effect.to
        member = await self._people.member(person, send.addresses.get(person, ""))
        if member is None:
            return Receipt(note=f"Slack does not know {person}: name them in TOCSIN_SLACK_USERS", warns=True)
        await self._people.invite(send.effect.channel, member)
        return Receipt()

    def names(self, person: str) -> bool:
        return self._people.names(person)

    async def direct(self, person: str, address: str) -> str | None:
        """The channel of messages to them alone. None: Slack does not know them."""
        member = await self._people.member(person, address)
        if member is None:
            return None
        opening = self._api.web.conversations_open(users=[member])
        return (await self._api.ask(opening, DirectMessages)).channel.id

    async def _post(self, send: Send, effect: Post) -> tuple[Posted, str | None]:
        return await self._in_some_form(send, effect.mention, effect.offers, partial(self._say, effect.to))

    async def _in_some_form(
        self, send: Send, mention: tuple[str, ...], offers: Sequence[Offer], say: Callable[[Form], Awaitable[Posted]]
    ) -> tuple[Posted, str | None]:
        """In the first that Slack takes."""
        members = await self._people.known(send.addresses, mention)
        *tried, last = forms(send, mention, offers, members)
        remark = None
        for form in tried:
            try:
                return await say(form), remark
            except (SlackRefused, Malformed) as error:
                _raise_unless_about_the_message(error)
                remark = remark or f"simplified, for {error}"
        return await say(last), remark

    async def _say(self, to: Destination, form: Form) -> Posted:
        message = self._api.web.chat_postMessage(
            channel=to.channel,
            thread_ts=to.thread,
            blocks=form.blocks,
            text=form.text,
            metadata=form.mark,
            unfurl_links=False,
            unfurl_media=False,
        )
        posted = await self._api.ask(message, Posted)
        if not posted.channel:
            return posted.model_copy(update={"channel": await self._id(to.channel)})
        self._ids[to.channel] = posted.channel
        return posted

    async def _edit(self, channel: str, ts: str, form: Form) -> Posted:
        """Without blocks the old ones vanish, and without the mark that does."""
        message = self._api.web.chat_update(
            channel=channel, ts=ts, blocks=form.blocks, text=form.text, metadata=form.mark
        )
        return await self._api.ask(message, Posted)

    async def _look(self, send: Send, destination: Destination) -> tuple[Posted | None, str | None]:
        try:
            found = await self.find(send.vendor_key, destination, begun_at(send).timestamp())
        except Rejected as error:
            return None, f"sent without looking for it first: {error}"
        return found, "it was already there" if found else None

    async def find(self, key: str, destination: Destination, since: float) -> Posted | None:
        """The message that bears this vendor key. `since`: Unix time."""
        channel = await self._id(destination.channel)
        async for message in self._api.messages(channel, destination.thread, since):
            if message.metadata.event_payload.op == key:
                return Posted(channel=channel, ts=message.ts)
        return None

    async def _pin(self, posted: Posted) -> str | None:
        try:
            await self._api.ask(self._api.web.pins_add(channel=posted.channel, timestamp=posted.ts), SlackDone)
        except (Unavailable, Rejected) as error:
            already = isinstance(error, SlackRefused) and error.code == "already_pinned"
            return None if already else f"not pinned: {error}"
        return None

    async def _create_or_adopt(self, name: str, private: bool, incident: str) -> tuple[SlackChannel | None, str | None]:
        try:
            creation = self._api.web.conversations_create(name=name, is_private=private)
            return (await self._api.ask(creation, Created)).channel, None
        except SlackRefused as error:
            if error.code != "name_taken":
                raise
        channel = await self._named(name)
        if channel is None or channel.is_archived or channel.is_private != private or not channel.bears(incident):
            return None, None  # what is private is not talked of in an open channel that bears its id
        return channel, "adopted the existing channel"

    async def _headline(self, channel: SlackChannel, send: Send) -> str | None:
        """Sets the new channel's topic: a failure here must not put the channel in doubt."""
        try:
            await self._set_topic(channel.id, send.text)
        except (Unavailable, Rejected) as error:
            return f"topic not set: {error}"
        return None

    async def _set_topic(self, channel: str, text: str) -> Receipt:
        try:
            await self._topic(channel, literal(one_line(text, LONGEST_TOPIC), LONGEST_TOPIC))
        except SlackRefused as error:
            if error.code != "too_long":  # Slack counts some characters as several
                raise
            await self._topic(channel, literal(one_line(text, LONGEST_TOPIC // 3), LONGEST_TOPIC // 3))
        return Receipt(reference=channel)

    async def _topic(self, channel: str, topic: str) -> None:
        await self._api.ask(self._api.web.conversations_setTopic(channel=channel, topic=topic), SlackDone)

    async def _id(self, channel: str) -> str:
        if not channel.startswith("#"):
            return channel
        if channel not in self._ids:
            found = await self._named(channel.removeprefix("#"))
            if found is None:
                raise Rejected(f"Slack shows the app no channel {channel}: create it, or invite the app")
            self._ids[channel] = found.id
        return self._ids[channel]

    async def _named(self, name: str) -> SlackChannel | None:
        async for channel in self._api.channels():
            if channel.name == name:
                return channel
        return None


def _raise_unless_about_the_message(error: SlackRefused | Malformed) -> None:
    if isinstance(error, SlackRefused) and not error.about_the_message:
        raise error


def _spellings(name: str) -> tuple[str, ...]:
    return name, *(name[: LONGEST_CHANNEL_NAME - len(suffix)] + suffix for suffix in ("-2", "-3"))


def _joined(*notes: str | None) -> str | None:
    return "; ".join(filter(None, notes)) or None
