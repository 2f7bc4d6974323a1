"""The parts of Slack's messages, as they go over the wire.

Not the SDK's own classes: they look at each field of each part again at every send, which was a good tenth of a busy
worker's processor time (193 of 1,416 samples of py-spy in `make bench ONLY=storm`). The sandbox's Slack
looks instead, in every test.
https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

Block = dict[str, object]
"""A block, or a part of one."""

_BOLD: Final = {"bold": True}


def rich_text(elements: Sequence[Block]) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def text(words: str, bold: bool = False) -> Block:
    """Literal: there is no markup in it to escape."""
    return {"type": "text", "text": words} | ({"style": _BOLD} if bold else {})


def link(url: str) -> Block:
    return {"type": "link", "url": url}


def user(member: str) -> Block:
    return {"type": "user", "user_id": member}


def channel(channel_id: str) -> Block:
    return {"type": "channel", "channel_id": channel_id}


def date(at: datetime, shown: str, fallback: str) -> Block:
    """The reader's own clock shows it, and counts."""
    return {"type": "date", "timestamp": int(at.timestamp()), "format": shown, "fallback": fallback}


def actions(buttons: Sequence[Block]) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def button(label: str, action_id: str, value: str, style: str | None, confirm: Block | None) -> Block:
    made: Block = {"type": "button", "text": plain(label), "action_id": action_id, "value": value}
    return made | ({"style": style} if style else {}) | ({"confirm": confirm} if confirm else {})


def question(title: str, asked: str, confirm: str, deny: str) -> Block:
    parts = {"title": plain(title), "text": plain(asked), "confirm": plain(confirm), "deny": plain(deny)}
    return parts | {"style": "danger"}


def plain(words: str) -> Block:
    return {"type": "plain_text", "text": words, "emoji": True}
