"""pins.* and reactions.*: https://docs.slack.dev/reference/methods?family=pins"""

from typing import ClassVar

from sandbox.slack import written
from sandbox.slack.calls.base import SlackCall
from sandbox.slack.errors import slack_error
from sandbox.slack.people import BOT_USER
from sandbox.slack.workspace import Workspace
from sandbox.slack.written import Answer


class _MessageMark(SlackCall):
    channel: str
    timestamp: str


class PinsAdd(_MessageMark):
    scopes: ClassVar[tuple[str, ...]] = ("pins:write",)

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        channel.demand(BOT_USER)
        channel.pin(self.timestamp)
        return {}


class PinsRemove(_MessageMark):
    scopes: ClassVar[tuple[str, ...]] = ("pins:write",)

    def answer(self, workspace: Workspace, /) -> Answer:
        workspace.channel(self.channel).unpin(self.timestamp)
        return {}


class PinsList(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = ("pins:read",)
    channel: str

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        pinned = [channel.message(ts) for ts in channel.pins]
        items = [{"type": "message", "channel": channel.id, "message": written.message(each)} for each in pinned]
        return {"items": items}


class ReactionsAdd(_MessageMark):
    scopes: ClassVar[tuple[str, ...]] = ("reactions:write",)
    name: str

    def answer(self, workspace: Workspace, /) -> Answer:
        users = workspace.channel(self.channel).message(self.timestamp).reactions.setdefault(self.name, [])
        if BOT_USER in users:
            raise slack_error("already_reacted")
        users.append(BOT_USER)
        return {}


class ReactionsRemove(_MessageMark):
    scopes: ClassVar[tuple[str, ...]] = ("reactions:write",)
    name: str

    def answer(self, workspace: Workspace, /) -> Answer:
        reactions = workspace.channel(self.channel).message(self.timestamp).reactions
        if BOT_USER not in reactions.get(self.name, ()):
            raise slack_error("no_reaction")
        reactions[self.name].remove(BOT_USER)
        return {}


class ReactionsGet(_MessageMark):
    scopes: ClassVar[tuple[str, ...]] = ("reactions:read",)

    def answer(self, workspace: Workspace, /) -> Answer:
        channel = workspace.channel(self.channel)
        message = written.message(channel.message(self.timestamp))
        return {"type": "message", "channel": channel.id, "message": message}
