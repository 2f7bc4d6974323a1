"""What people do beside pressing: they write, edit, delete and react; the app hears of it if it has subscribed."""

from pydantic import JsonValue

from sandbox.slack import payloads
from sandbox.slack.caller import SlackCaller, SlackDelivery
from sandbox.slack.channel import SandboxChannel, SandboxMessage
from sandbox.slack.elements import CannotPress
from sandbox.slack.people import BOT_USER, SandboxMember
from sandbox.slack.workspace import Workspace


class Talk:
    """Of one person. Each method returns how the app took the event, or None if it has not subscribed to it."""

    def __init__(self, workspace: Workspace, caller: SlackCaller, who: SandboxMember) -> None:
        self._workspace, self._caller, self._who = workspace, caller, who

    async def say(self, channel: SandboxChannel, text: str, thread_ts: str | None = None) -> SlackDelivery | None:
        message = SandboxMessage(self._workspace.new_ts(), text, thread_ts=thread_ts, user=self._who.id)
        channel.add(message)
        if f"<@{BOT_USER}>" in text:
            return await self._tell(channel, {**self._event("app_mention", channel), "ts": message.ts, "text": text})
        return await self._tell(channel, {**self._event("message", channel), "ts": message.ts, "text": text})

    async def edit(self, channel: SandboxChannel, ts: str, text: str) -> SlackDelivery | None:
        message = self._own(channel, ts)
        before = self._as_told(message)
        message.text, message.edited = text, True
        words: payloads.SlackPayload = {"message": self._as_told(message), "previous_message": before}
        event = {**self._event("message", channel), "subtype": "message_changed", "hidden": True, **words}
        return await self._tell(channel, event)

    async def delete(self, channel: SandboxChannel, ts: str) -> SlackDelivery | None:
        before = self._as_told(self._own(channel, ts))
        channel.delete(ts)
        gone: payloads.SlackPayload = {"deleted_ts": ts, "previous_message": before}
        event = {**self._event("message", channel), "subtype": "message_deleted", "hidden": True, **gone}
        return await self._tell(channel, event)

    async def react(self, channel: SandboxChannel, ts: str, name: str, on: bool = True) -> SlackDelivery | None:
        message = channel.message(ts)
        users = message.reactions.setdefault(name, [])
        if (self._who.id in users) == on:
            raise CannotPress(f"{self._who.name} has{'' if on else ' not'} reacted with :{name}: already")
        users.append(self._who.id) if on else users.remove(self._who.id)
        item: JsonValue = {"type": "message", "channel": channel.id, "ts": ts}
        event = self._event("reaction_added" if on else "reaction_removed", channel)
        return await self._tell(channel, {**event, "reaction": name, "item": item, "item_user": message.user})

    async def join(self, channel: SandboxChannel) -> SlackDelivery | None:
        channel.members.append(self._who.id)
        return await self._tell(channel, self._event("member_joined_channel", channel))

    def _own(self, channel: SandboxChannel, ts: str) -> SandboxMessage:
        message = channel.message(ts)
        if message.user != self._who.id:
            raise CannotPress(f"{self._who.name} has not written that")
        return message

    def _as_told(self, message: SandboxMessage) -> JsonValue:
        """https://docs.slack.dev/reference/events/message/message_changed"""
        return {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}

    def _event(self, kind: str, channel: SandboxChannel) -> payloads.SlackPayload:
        return {"type": kind, "user": self._who.id, "channel": channel.id, "event_ts": self._workspace.new_ts()}

    async def _tell(self, channel: SandboxChannel, event: payloads.SlackPayload) -> SlackDelivery | None:
        """Only of channels that the app is in."""
        if event["type"] not in self._workspace.app.events or BOT_USER not in channel.members:
            return None
        return await self._caller.event(payloads.event_callback(event, self._workspace.clock.now()))
