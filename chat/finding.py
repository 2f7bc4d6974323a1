"""Which incident is meant: the one that is named, the one whose channel this is, the only one that is open; otherwise
whoever asks chooses."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pydantic import JsonValue
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, PlainTextObject, SectionBlock

from activities.errors import Rejected, Unavailable
from activities.plain_text import one_line
from activities.slack_answers import SlackAnswer, SlackChannel
from activities.slack_api import SlackApi
from chat.acting import Hands
from chat.lateness import incident_of
from chat.people import Presser
from chat.presses import LONGEST_VALUE_PRESSED
from starter.temporal.results import Summary
from workflows.policy.effects.offers import Pressed
from workflows.policy.runbook.names import severity_title

_IN_NAME: Final = re.compile(r"(?:^|-)(\d{8}-\d{4}-[a-z0-9]{1,12})(?:-|$)")
_IN_TOPIC: Final = re.compile(r"(?<![\w-])(\d{8}-\d{4}-[a-z0-9]{1,12})(?![\w-])")
_WRITTEN_ID: Final = re.compile(r"\d{8}-\d{4}-[a-z0-9]{1,12}|incident-[A-Za-z0-9._-]+", re.IGNORECASE)
UNNAMED_CHANNELS: Final = frozenset({"privategroup", "directmessage", ""})
"""How Slack calls what it does not name."""
MOST_TO_CHOOSE: Final = 10
INFO_WITHIN_S: Final = 1.0
"""Whoever typed waits for three seconds."""
LONGEST_BUTTON: Final = 75


class ChannelInfo(SlackAnswer):
    channel: SlackChannel


class ChannelOf(NamedTuple):
    incident: str = ""
    """That it is for; empty: it is for none."""
    is_its_own: bool = False
    """The incident itself says that it is: any member may put an id into the name or topic of another one, and is not
    to see a private incident by that."""


@dataclass(frozen=True)
class Finder:
    hands: Hands
    api: SlackApi

    async def of_channel(self, channel_id: str, name: str = "") -> ChannelOf:
        part = _id_in(name) or await self._id_known_to(channel_id)
        return ChannelOf(part, await self._is_its_own(part, channel_id)) if part else ChannelOf()

    async def _is_its_own(self, part: str, channel_id: str) -> bool:
        incident = await incident_of(self.hands.desk, part)
        return incident is not None and incident.references.get("channel") == channel_id

    async def open(self, presser: Presser) -> Sequence[Summary]:
        """Raises NotAllowed."""
        desk = await self.hands.desk_of(presser, here=False)
        return (await desk.incidents(1, MOST_TO_CHOOSE + 1, closed=False)).rows

    async def every_open(self) -> Sequence[Summary]:
        """Also of those that are private: to be looked at here, and shown to nobody."""
        return (await self.hands.desk.incidents(1, MOST_TO_CHOOSE, closed=False)).rows

    async def _id_known_to(self, channel_id: str) -> str:
        """By a name that Slack does not send along, or by the topic: people rename channels."""
        try:
            async with asyncio.timeout(INFO_WITHIN_S):
                found = (await self.api.ask(self.api.web.conversations_info(channel=channel_id), ChannelInfo)).channel
        except (Unavailable, Rejected, TimeoutError):
            return ""
        in_topic = _IN_TOPIC.search(f"{found.topic.value} {found.purpose.value}")
        return _id_in(found.name) or (in_topic[1] if in_topic else "")


def _id_in(name: str) -> str:
    found = _IN_NAME.search("" if name in UNNAMED_CHANNELS else name)
    return found[1] if found else ""


def named(word: str) -> bool:
    """Does it look like an incident's id?"""
    return _WRITTEN_ID.fullmatch(word) is not None


def picker(rows: Sequence[Summary], wanted: Pressed) -> dict[str, JsonValue]:
    """A button for each that could be meant: pressing it does what was wanted."""
    buttons = []
    for number, row in enumerate(rows[:MOST_TO_CHOOSE], start=1):
        value = wanted.model_copy(update={"incident": row.incident}).model_dump_json(exclude_defaults=True)
        if len(value) > LONGEST_VALUE_PRESSED:
            return only_text("That is too long to choose an incident for: name it, as `/incident list` shows it.")
        label = one_line(f"{severity_title(row.severity)} {row.title}", LONGEST_BUTTON)
        action_id = f"tocsin/{wanted.group}/{wanted.verb}/{number}"
        buttons.append(ButtonElement(text=PlainTextObject(text=label, emoji=False), action_id=action_id, value=value))
    text = "Which incident?" if len(rows) <= MOST_TO_CHOOSE else "Which incident? These are the most urgent."
    blocks = [SectionBlock(text=PlainTextObject(text=text)), ActionsBlock(elements=buttons)]
    return {**only_text(text), "blocks": [each.to_dict() for each in blocks]}


def only_text(text: str) -> dict[str, JsonValue]:
    return {"response_type": "ephemeral", "text": text}
