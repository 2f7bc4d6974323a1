"""conversations.*: https://docs.slack.dev/reference/methods?family=conversations"""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from sandbox.slack import written
from sandbox.slack.calls.base import Ids, SlackCall, page_of
from sandbox.slack.channel import SandboxChannel, SandboxMessage
from sandbox.slack.errors import slack_error
from sandbox.slack.people import BOT_USER
from sandbox.slack.workspace import Workspace
from sandbox.slack.written import Answer

MAX_TOPIC = 250
MANAGE, READ, HISTORY = (
    ("channels:manage", "groups:write"),
    ("channels:read", "groups:read"),
    ("channels:history", "groups:history"),
)


class ConversationsCreate(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = MANAGE
    name: str = ""
    is_private: bool = False

    def answer(self, workspace: Workspace, /) -> Answer:
        return {"channel": written.channel(workspace.create(self.name, self.is_private))}


class ConversationsList(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = READ
    types: str = "public_channel"
    cursor: str = ""
    limit: int = Field(100, ge=1, le=1000)

    def answer(self, workspace: Workspace, /) -> Answer:
        channels = [channel for channel in workspace.channels if self._wants(channel)]
        page, cursor = page_of(channels, self.cursor, self.limit)
        return {
            "channels": [written.channel(channel) for channel in page],
            "response_metadata": {"next_cursor": cursor},
        }

    def _wants(self, channel: SandboxChannel) -> bool:
        if channel.direct:
            return ("im" if len(channel.members) == 2 else "mpim") in self.types.split(",")
        return ("private_channel" if channel.private else "public_channel") in self.types.split(",")


class ConversationsInfo(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = READ
    channel: str

    def answer(self, workspace: Workspace, /) -> Answer:
        return {"channel": written.channel(workspace.channel(self.channel))}


class ConversationsMembers(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = READ
    channel: str
    cursor: str = ""
    limit: int = Field(100, ge=1, le=1000)

    def answer(self, workspace: Workspace, /) -> Answer:
        page, cursor = page_of(workspace.channel(self.channel).members, self.cursor, self.limit)
        return {"members": list(page), "response_metadata": {"next_cursor": cursor}}


class ConversationsJoin(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = ("channels:join",)
    channel: str

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        already = BOT_USER in channel.members
        if channel.private and not already:
            raise slack_error("method_not_supported_for_channel_type")
        if not already:
            channel.members.append(BOT_USER)
        return {"channel": written.channel(channel), **({"warning": "already_in_channel"} if already else {})}


class ConversationsInvite(SlackCall):
    """With `force` those who can come, come; without it one who cannot keeps all of them out."""

    scopes: ClassVar[tuple[str, ...]] = MANAGE
    channel: str
    users: Ids
    force: bool = False

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        channel.demand(BOT_USER)
        if not self.users:
            raise slack_error("no_user")
        before = list(channel.members)
        refused = channel.invite([workspace.people.member(each) for each in self.users])
        if refused and (not self.force or len(refused) == len(self.users)):
            channel.members[:] = before
            errors = [{"user": user, "ok": False, "error": why} for user, why in refused.items()]
            raise slack_error(next(iter(refused.values())), errors=errors)
        return {"channel": written.channel(channel)}


class ConversationsOpen(SlackCall):
    """A direct message: with one person, or with up to eight."""

    scopes: ClassVar[tuple[str, ...]] = ("im:write", "mpim:write")
    users: Ids
    return_im: bool = False

    def answer(self, workspace: Workspace, /) -> Answer:
        if not self.users:
            raise slack_error("users_list_not_supplied")
        if len(self.users) > 8:
            raise slack_error("too_many_users")
        channel, already = workspace.direct(self.users)
        shown = written.channel(channel) if self.return_im else {"id": channel.id}
        return {"channel": shown, "already_open": already, "no_op": already}


class ConversationsSetTopic(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = MANAGE
    channel: str
    topic: str

    def answer(self, workspace: Workspace, /) -> Answer:
        if len(self.topic) > MAX_TOPIC:
            raise slack_error("too_long")
        channel = workspace.channel(self.channel)
        channel.demand(BOT_USER)
        channel.topic = self.topic
        return {"channel": written.channel(channel)}


class ConversationsHistory(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = HISTORY
    channel: str
    oldest: str = "0"
    latest: str = ""
    inclusive: bool = False
    include_all_metadata: bool = False
    cursor: str = ""
    limit: int = Field(100, ge=1, le=999)

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        channel.demand(BOT_USER)
        return self._listed([message for message in reversed(channel.history()) if self._is_wanted(message)])

    def _is_wanted(self, message: SandboxMessage) -> bool:
        if message.ts in (self.oldest, self.latest):
            return self.inclusive
        return float(message.ts) > float(self.oldest) and (not self.latest or float(message.ts) < float(self.latest))

    def _listed(self, messages: Sequence[SandboxMessage]) -> Answer:
        page, cursor = page_of(messages, self.cursor, self.limit)
        listed = [written.message(message, self.include_all_metadata) for message in page]
        return {"messages": listed, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


class ConversationsReplies(ConversationsHistory):
    """The parent comes first, whatever `oldest` says; then the replies, oldest first."""

    ts: str

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        channel.demand(BOT_USER)
        parent = channel.parent(self.ts)
        if parent is None:
            raise slack_error("thread_not_found")
        return self._listed([parent, *(reply for reply in parent.replies if self._is_wanted(reply))])
