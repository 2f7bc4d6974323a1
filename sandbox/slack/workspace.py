"""A Slack workspace in memory: channels, who is in them, what was said, and what Slack refuses."""

import re
from collections.abc import Iterable
from typing import Literal

from sandbox.ids import new_id
from sandbox.slack.app import SlackApp
from sandbox.slack.channel import SandboxChannel
from sandbox.slack.clock import SlackClock
from sandbox.slack.errors import slack_error
from sandbox.slack.modals import SandboxModals
from sandbox.slack.people import BOT_USER, FIRST_MEMBERS, People, SandboxMember
from sandbox.slack.tickets import PressTickets

MAX_NAME = 80


class Workspace:
    """Everybody is in the channels that exist from the start; the app is alone in those that it creates."""

    def __init__(
        self,
        channels: Iterable[str],
        members: Iterable[SandboxMember] = FIRST_MEMBERS,
        app: SlackApp | None = None,
        groups: Iterable[str] = (),
    ) -> None:
        self._from_the_start = tuple(channels)
        self.clock = SlackClock()
        self.people = People(members, groups)
        self.tickets = PressTickets(self.clock)
        self.modals = SandboxModals()
        self.app = app or SlackApp()
        self.channels: list[SandboxChannel] = []
        self._create_first()

    def reset(self) -> None:
        self.clock.reset()
        self.people.reset()
        self.tickets.reset()
        self.modals.reset()
        self.app.reset()
        self.channels.clear()
        self._create_first()

    def create(self, name: str, private: bool = False, members: Iterable[str] = (BOT_USER,)) -> SandboxChannel:
        _check_name(name)
        if any(channel.name == name for channel in self.channels):
            raise slack_error("name_taken")
        channel = SandboxChannel(new_id("C"), name, private, members=list(members))
        self.channels.append(channel)
        return channel

    def everybody(self) -> list[str]:
        return [BOT_USER, *(each.id for each in self.people.humans)]

    def channel(self, wanted: str, by: Literal["id", "id or name"] = "id") -> SandboxChannel:
        """Most methods take an id; only posting also takes a name, with or without `#`, or a person's id."""
        if by != "id" and wanted.startswith("U"):
            return self.direct((wanted,))[0]
        for channel in self.channels:
            if channel.id == wanted or (by != "id" and channel.name == wanted.removeprefix("#")):
                return channel
        raise slack_error("channel_not_found")

    def direct(self, users: Iterable[str]) -> tuple[SandboxChannel, bool]:
        """The conversation of the app with these people, and whether it was there already."""
        wanted = sorted({self.people.member(each).id for each in users} | {BOT_USER})
        for channel in self.channels:
            if channel.direct and channel.members == wanted:
                return channel, True
        names = ", ".join(self.people.member(each).name for each in wanted if each != BOT_USER)
        channel = SandboxChannel(new_id("D"), names, private=True, direct=True, members=wanted)
        self.channels.append(channel)
        return channel, False

    def new_ts(self) -> str:
        return self.clock.new_ts()

    def _create_first(self) -> None:
        for name in self._from_the_start:
            self.create(name, members=self.everybody())


def _check_name(name: str) -> None:
    if not name:
        raise slack_error("invalid_name_required")
    if len(name) > MAX_NAME:
        raise slack_error("invalid_name_maxlength")
    if not re.fullmatch(r"[a-z0-9_-]+", name):
        raise slack_error("invalid_name_specials")
