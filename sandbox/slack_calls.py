"""The methods of Slack's Web API that Tocsin calls: the arguments of each, and its answer."""

import json
from abc import abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from sandbox import slack_json
from sandbox.slack import (
    MAX_TEXT,
    MAX_TOPIC,
    SandboxChannel,
    SandboxMessage,
    Workspace,
    check_blocks,
    check_thread_ts,
    slack_error,
)
from sandbox.slack_json import BOT, BOT_USER, Answer

Item = TypeVar("Item")


def _decoded(value: object) -> object:
    """Forms and queries carry lists and objects as JSON text."""
    return json.loads(value) if isinstance(value, str) and value else value


Blocks = Annotated[list[JsonValue], BeforeValidator(_decoded)]
DecodedMetadata = Annotated[dict[str, JsonValue] | None, BeforeValidator(_decoded)]


class SlackCall(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    @abstractmethod
    def answer(self, workspace: Workspace, /) -> Answer: ...


class AuthTest(SlackCall):
    def answer(self, _workspace: Workspace, /) -> Answer:
        names = {"url": "https://sandbox.slack.com/", "team": "Sandbox", "user": "tocsin"}
        return {**names, "team_id": slack_json.TEAM, "user_id": BOT_USER, "bot_id": BOT}


class ConversationsCreate(SlackCall):
    name: str = ""
    is_private: bool = False

    def answer(self, workspace: Workspace, /) -> Answer:
        return {"channel": slack_json.channel(workspace.create(self.name, self.is_private))}


class ConversationsList(SlackCall):
    types: str = "public_channel"
    cursor: str = ""
    limit: int = Field(100, ge=1, le=1000)

    def answer(self, workspace: Workspace, /) -> Answer:
        channels = [channel for channel in workspace.channels if self._wants(channel)]
        page, cursor = _page(channels, self.cursor, self.limit)
        return {
            "channels": [slack_json.channel(channel) for channel in page],
            "response_metadata": {"next_cursor": cursor},
        }

    def _wants(self, channel: SandboxChannel) -> bool:
        kind = "private_channel" if channel.private else "public_channel"
        return kind in self.types.split(",")


class ConversationsInfo(SlackCall):
    channel: str

    def answer(self, workspace: Workspace, /) -> Answer:
        return {"channel": slack_json.channel(workspace.channel(self.channel))}


class ConversationsJoin(SlackCall):
    """The app is in every channel here, as it is in those that it created."""

    channel: str

    def answer(self, workspace: Workspace, /) -> Answer:
        return {"channel": slack_json.channel(workspace.channel(self.channel)), "warning": "already_in_channel"}


class ConversationsSetTopic(SlackCall):
    channel: str
    topic: str

    def answer(self, workspace: Workspace, /) -> Answer:
        if len(self.topic) > MAX_TOPIC:
            raise slack_error("too_long")
        channel = workspace.channel(self.channel)
        channel.topic = self.topic
        return {"channel": slack_json.channel(channel)}


class ConversationsHistory(SlackCall):
    channel: str
    oldest: str = "0"
    inclusive: bool = False
    include_all_metadata: bool = False
    cursor: str = ""
    limit: int = Field(100, ge=1, le=999)

    def answer(self, workspace: Workspace, /) -> Answer:
        found = workspace.channel(self.channel).history()
        return self._listed([message for message in reversed(found) if self._is_wanted(message)])

    def _is_wanted(self, message: SandboxMessage) -> bool:
        return float(message.ts) > float(self.oldest) or (self.inclusive and message.ts == self.oldest)

    def _listed(self, messages: Sequence[SandboxMessage]) -> Answer:
        page, cursor = _page(messages, self.cursor, self.limit)
        listed = [slack_json.message(message, self.include_all_metadata) for message in page]
        return {"messages": listed, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


class ConversationsReplies(ConversationsHistory):
    """The parent comes first, whatever `oldest` says; then the replies, oldest first."""

    ts: str

    def answer(self, workspace: Workspace, /) -> Answer:
        parent = workspace.channel(self.channel).parent(self.ts)
        if parent is None:
            raise slack_error("thread_not_found")
        return self._listed([parent, *(reply for reply in parent.replies if self._is_wanted(reply))])


class _Said(SlackCall):
    text: str = ""
    blocks: Blocks = []
    metadata: DecodedMetadata = None

    def say_on(self, message: SandboxMessage) -> None:
        if not self.text and not self.blocks:
            raise slack_error("no_text")
        check_blocks(self.blocks)
        if self.metadata is not None and not {"event_type", "event_payload"} <= self.metadata.keys():
            raise slack_error("invalid_metadata_format")
        message.text, message.blocks = self.text[:MAX_TEXT], self.blocks
        message.metadata = self.metadata or message.metadata


class ChatPostMessage(_Said):
    channel: str
    thread_ts: str | None = None
    reply_broadcast: bool = False

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel, by="id or name")
        check_thread_ts(self.thread_ts)
        message = SandboxMessage(workspace.new_ts(), thread_ts=self.thread_ts, broadcast=self.reply_broadcast)
        self.say_on(message)
        channel.add(message)
        truncated = {"warning": "message_truncated"} if len(self.text) > MAX_TEXT else {}
        return {"channel": channel.id, "ts": message.ts, "message": slack_json.message(message), **truncated}


class ChatUpdate(_Said):
    channel: str
    ts: str

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        message = channel.message(self.ts)
        self.say_on(message)
        message.edited = True
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": slack_json.message(message)}


class PinsAdd(SlackCall):
    channel: str
    timestamp: str

    def answer(self, workspace: Workspace, /) -> Answer:
        workspace.channel(self.channel).pin(self.timestamp)
        return {}


SLACK_METHODS: Mapping[str, type[SlackCall]] = {
    "auth.test": AuthTest,
    "conversations.create": ConversationsCreate,
    "conversations.list": ConversationsList,
    "conversations.info": ConversationsInfo,
    "conversations.join": ConversationsJoin,
    "conversations.setTopic": ConversationsSetTopic,
    "conversations.history": ConversationsHistory,
    "conversations.replies": ConversationsReplies,
    "chat.postMessage": ChatPostMessage,
    "chat.update": ChatUpdate,
    "pins.add": PinsAdd,
}


def _page(items: Sequence[Item], cursor: str, limit: int) -> tuple[Sequence[Item], str]:
    """One page of `items`, and the cursor of the next one: empty at the end."""
    try:
        start = int(b64decode(cursor)) if cursor else 0
    except ValueError:
        raise slack_error("invalid_cursor") from None
    following = start + limit
    return items[start:following], b64encode(b"%d" % following).decode() if following < len(items) else ""
