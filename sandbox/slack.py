"""A Slack workspace in memory: channels, messages, threads, pins, and what Slack refuses."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from sandbox.ids import new_id
from sandbox.vendor_error import VendorError

MAX_NAME = 80
MAX_TEXT = (
    40_000  # longer is truncated, with a warning: https://docs.slack.dev/changelog/2018-truncating-really-long-messages
)
MAX_BLOCKS = 50
MAX_SECTION = 3_000
MAX_CHARACTERS = 13_200  # over all blocks; undocumented: https://github.com/slackapi/bolt-js/issues/2509
MAX_TOPIC = 250

_TS = re.compile(r"\d{10}\.\d{6}")


def slack_error(error: str) -> VendorError:
    """Slack says no with 200: https://docs.slack.dev/apis/web-api/#responses"""
    return VendorError(200, {"ok": False, "error": error})


@dataclass
class SandboxMessage:
    ts: str
    text: str = ""
    blocks: list[JsonValue] = field(default_factory=list)
    metadata: dict[str, JsonValue] | None = None
    edited: bool = False
    broadcast: bool = False
    """A reply that is shown in the channel too."""
    replies: list["SandboxMessage"] = field(default_factory=list)
    thread_ts: str | None = None


@dataclass
class SandboxChannel:
    id: str
    name: str
    private: bool = False
    topic: str = ""
    messages: list[SandboxMessage] = field(default_factory=list)
    """What the channel shows, oldest first; replies hang on their parents."""
    pins: list[str] = field(default_factory=list)
    """The `ts` of what is pinned."""

    def history(self) -> list[SandboxMessage]:
        """Oldest first: the messages, and the replies that were sent to the channel too."""
        replies = (reply for message in self.messages for reply in message.replies if reply.broadcast)
        return sorted([*self.messages, *replies], key=lambda message: message.ts)

    def parent(self, ts: str) -> SandboxMessage | None:
        return next((message for message in self.messages if message.ts == ts), None)

    def message(self, ts: str) -> SandboxMessage:
        everything = (each for message in self.messages for each in (message, *message.replies))
        found = next((message for message in everything if message.ts == ts), None)
        if found is None:
            raise slack_error("message_not_found")
        return found

    def add(self, message: SandboxMessage) -> None:
        """A reply to a thread that does not exist is accepted and shown to nobody, as Slack does.

        Seen by others: https://github.com/slackapi/python-slack-sdk/issues/840
        """
        if message.thread_ts is None:
            self.messages.append(message)
        elif parent := self.parent(message.thread_ts):
            parent.replies.append(message)

    def pin(self, ts: str) -> None:
        self.message(ts)
        if ts in self.pins:
            raise slack_error("already_pinned")
        self.pins.append(ts)


class Workspace:
    def __init__(self, channels: Iterable[str]) -> None:
        self._from_the_start = tuple(channels)
        self.channels: list[SandboxChannel] = []
        self._last_us = 0
        self.reset()

    def reset(self) -> None:
        self.channels.clear()
        for name in self._from_the_start:
            self.create(name)

    def create(self, name: str, private: bool = False) -> SandboxChannel:
        _check_name(name)
        if any(channel.name == name for channel in self.channels):
            raise slack_error("name_taken")
        channel = SandboxChannel(new_id("C"), name, private)
        self.channels.append(channel)
        return channel

    def channel(self, wanted: str, by: Literal["id", "id or name"] = "id") -> SandboxChannel:
        """Most methods take an id; only posting also takes a name, with or without `#`."""
        for channel in self.channels:
            if channel.id == wanted or (by != "id" and channel.name == wanted.removeprefix("#")):
                return channel
        raise slack_error("channel_not_found")

    def new_ts(self) -> str:
        """Slack's message ids are times, unique in a workspace here, and always rising."""
        self._last_us = max(time.time_ns() // 1_000, self._last_us + 1)
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06}"


def _check_name(name: str) -> None:
    if not name:
        raise slack_error("invalid_name_required")
    if len(name) > MAX_NAME:
        raise slack_error("invalid_name_maxlength")
    if not re.fullmatch(r"[a-z0-9_-]+", name):
        raise slack_error("invalid_name_specials")


def check_thread_ts(ts: str | None) -> None:
    if ts is not None and not _TS.fullmatch(ts):
        raise slack_error("invalid_thread_ts")


def check_blocks(blocks: list[JsonValue]) -> None:
    """The limits that messages from alerts run into: https://docs.slack.dev/reference/block-kit/blocks/section-block"""
    if len(blocks) > MAX_BLOCKS:
        raise slack_error("invalid_blocks")
    if _characters(blocks) > MAX_CHARACTERS:
        raise slack_error("msg_blocks_too_long")
    for block in blocks:
        if not isinstance(block, dict) or "type" not in block:
            raise slack_error("invalid_blocks_format")
        text = block.get("text")
        length = len(str(text.get("text", ""))) if isinstance(text, dict) else 1
        if block["type"] == "section" and not 1 <= length <= MAX_SECTION:
            raise slack_error("invalid_blocks")


def _characters(value: JsonValue) -> int:
    """How much text there is in a block, at any depth."""
    if isinstance(value, list):
        return sum(_characters(each) for each in value)
    if not isinstance(value, dict):
        return 0
    text = value.get("text")
    return (len(text) if isinstance(text, str) else 0) + sum(_characters(each) for each in value.values())
