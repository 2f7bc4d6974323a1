"""chat.*: https://docs.slack.dev/reference/methods?family=chat"""

import re
from typing import ClassVar

from sandbox.slack import written
from sandbox.slack.calls.base import Blocks, DecodedObject, SlackCall
from sandbox.slack.channel import SandboxChannel, SandboxEphemeral, SandboxMessage
from sandbox.slack.errors import slack_error
from sandbox.slack.kit.checking import check_blocks
from sandbox.slack.people import BOT_USER
from sandbox.slack.workspace import Workspace
from sandbox.slack.written import Answer

MAX_TEXT = (
    40_000  # longer is truncated, with a warning: https://docs.slack.dev/changelog/2018-truncating-really-long-messages
)
WRITE = ("chat:write",)
_TS = re.compile(r"\d{10}\.\d{6}")


class _Said(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = WRITE
    text: str = ""
    blocks: Blocks = []
    metadata: DecodedObject = None

    def check(self) -> None:
        if not self.text and not self.blocks:
            raise slack_error("no_text")
        check_blocks(self.blocks)
        if self.metadata and not {"event_type", "event_payload"} <= self.metadata.keys():
            raise slack_error("invalid_metadata_format")

    @property
    def shown_text(self) -> str:
        return self.text[:MAX_TEXT]


class ChatPostMessage(_Said):
    channel: str
    thread_ts: str | None = None
    reply_broadcast: bool = False

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel, by="id or name")
        _demand_voice(workspace, channel)
        if self.thread_ts is not None and not _TS.fullmatch(self.thread_ts):
            raise slack_error("invalid_thread_ts")
        self.check()
        message = SandboxMessage(
            workspace.new_ts(),
            self.shown_text,
            self.blocks,
            self.metadata,
            thread_ts=self.thread_ts,
            broadcast=self.reply_broadcast,
        )
        channel.add(message)
        truncated = {"warning": "message_truncated"} if len(self.text) > MAX_TEXT else {}
        return {"channel": channel.id, "ts": message.ts, "message": written.message(message), **truncated}


class ChatUpdate(_Said):
    """The app's own messages only. Text without blocks takes the old blocks away; metadata stays unless it is given. A
    message with blocks does not say that it was edited."""

    channel: str
    ts: str

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        message = channel.message(self.ts)
        if message.user != BOT_USER:
            raise slack_error("cant_update_message")
        self.check()
        message.text, message.blocks = self.shown_text, self.blocks
        if self.metadata is not None:
            message.metadata = self.metadata or None
        message.edited = message.edited or not self.blocks
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": written.message(message)}


class ChatDelete(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = WRITE
    channel: str
    ts: str

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        if channel.message(self.ts).user != BOT_USER:
            raise slack_error("cant_delete_message")
        channel.delete(self.ts)
        return {"channel": channel.id, "ts": self.ts}


class ChatPostEphemeral(_Said):
    """https://docs.slack.dev/reference/methods/chat.postEphemeral: to somebody who is in the channel."""

    channel: str
    user: str
    thread_ts: str | None = None

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        channel.demand(BOT_USER)
        workspace.people.member(self.user)
        if self.user not in channel.members:
            raise slack_error("user_not_in_channel")
        self.check()
        shown = SandboxEphemeral(workspace.new_ts(), self.user, self.shown_text, self.blocks, self.thread_ts)
        channel.ephemerals.append(shown)
        return {"message_ts": shown.ts}


class ChatGetPermalink(SlackCall):
    channel: str
    message_ts: str

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        ts = channel.message(self.message_ts).ts
        link = f"https://sandbox.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": link}


def _demand_voice(workspace: Workspace, channel: SandboxChannel) -> None:
    """In a public channel `chat:write.public` is enough; in a private one that it is not in the app sees nothing."""
    if BOT_USER in channel.members:
        return
    if channel.private:
        raise slack_error("channel_not_found")
    if "chat:write.public" not in workspace.app.scopes:
        raise slack_error("not_in_channel")
