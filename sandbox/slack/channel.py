"""A channel: its messages, threads, pins, reactions, and what only one of its people sees."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import JsonValue

from sandbox.slack.errors import slack_error
from sandbox.slack.people import BOT_USER, SandboxMember


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
    user: str = BOT_USER
    reactions: dict[str, list[str]] = field(default_factory=dict)
    """Who reacted, by the emoji's name."""


@dataclass
class SandboxEphemeral:
    """Only `user` sees it."""

    ts: str
    user: str
    text: str = ""
    blocks: list[JsonValue] = field(default_factory=list)
    thread_ts: str | None = None
    by_slack: bool = False
    """Slack itself says it: that the app did not answer."""


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
    members: list[str] = field(default_factory=list)
    ephemerals: list[SandboxEphemeral] = field(default_factory=list)
    direct: bool = False
    """A direct message: with one person, or with a few."""

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

    def ephemeral(self, ts: str, user: str) -> SandboxEphemeral | None:
        return next((each for each in self.ephemerals if (each.ts, each.user) == (ts, user)), None)

    def add(self, message: SandboxMessage) -> None:
        """A reply to a thread that does not exist is accepted and shown to nobody, as Slack does.

        PressSeen by others: https://github.com/slackapi/python-slack-sdk/issues/840
        """
        if message.thread_ts is None:
            self.messages.append(message)
        elif parent := self.parent(message.thread_ts):
            parent.replies.append(message)

    def delete(self, ts: str) -> None:
        self.message(ts)
        self.messages[:] = [each for each in self.messages if each.ts != ts]
        for each in self.messages:
            each.replies[:] = [reply for reply in each.replies if reply.ts != ts]
        self.pins[:] = [each for each in self.pins if each != ts]

    def pin(self, ts: str) -> None:
        self.message(ts)
        if ts in self.pins:
            raise slack_error("already_pinned")
        self.pins.append(ts)

    def unpin(self, ts: str) -> None:
        if ts not in self.pins:
            raise slack_error("no_pin")
        self.pins.remove(ts)

    def demand(self, user: str) -> None:
        if user not in self.members:
            raise slack_error("not_in_channel")

    def invite(self, wanted: Iterable[SandboxMember]) -> dict[str, str]:
        """Whoever can come, comes. Returns why the others cannot, by their ids."""
        refused = {}
        for each in wanted:
            why = self._refusal(each)
            if why is None:
                self.members.append(each.id)
            else:
                refused[each.id] = why
        return refused

    def _refusal(self, newcomer: SandboxMember) -> str | None:
        if newcomer.id == BOT_USER:
            return "cant_invite_self"
        if newcomer.id in self.members:
            return "already_in_channel"
        if newcomer.deactivated:
            return "cant_invite"
        return "user_is_restricted" if newcomer.restricted else None
