"""The hands of the workspace's people: they press, fill in, type commands; the app is called as Slack calls it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue, ValidationError

from sandbox.slack import payloads, written
from sandbox.slack.caller import SlackCaller, SlackDelivery
from sandbox.slack.channel import SandboxChannel, SandboxEphemeral
from sandbox.slack.elements import CannotPress, pressed, state_of, with_block_ids
from sandbox.slack.modal_answers import obey
from sandbox.slack.modals import SandboxModal
from sandbox.slack.people import SandboxMember
from sandbox.slack.response_urls import PressAnswer, say
from sandbox.slack.tickets import ResponseUrl
from sandbox.slack.workspace import Workspace

Inputs = dict[str, JsonValue]


@dataclass(frozen=True)
class PressSeen:
    """What whoever pressed sees then; `delivery` is how the app took it."""

    delivery: SlackDelivery
    ephemerals: list[SandboxEphemeral]
    modal: dict[str, JsonValue] | None


class SandboxHands:
    """Of one person. `answer_at` makes the address for answers from its end. Raises CannotPress."""

    def __init__(
        self, workspace: Workspace, caller: SlackCaller, who: SandboxMember, answer_at: Callable[[str], str]
    ) -> None:
        self._workspace, self._caller, self._who, self._answer_at = workspace, caller, who, answer_at

    async def press(self, channel: SandboxChannel, ts: str, action_id: str, value: JsonValue = None) -> PressSeen:
        """A button or a menu of a message."""
        ephemeral = channel.ephemeral(ts, self._who.id)
        message = ephemeral or channel.message(ts)
        blocks = with_block_ids(message.blocks)
        action = pressed(blocks, action_id, value, self._workspace.new_ts())
        shown = None if ephemeral else {**written.message(channel.message(ts)), "blocks": [*blocks]}
        url = self._answer_at(self._workspace.tickets.new_url(channel.id, self._who.id, ts, ephemeral is not None))
        where = payloads.from_message(channel, ts, _json(shown), url)
        told: payloads.SlackPayload = {**self._interaction("block_actions"), **where, "actions": [action]}
        return await self._click(told, channel)

    async def press_in_modal(self, action_id: str, value: JsonValue = None, inputs: Inputs | None = None) -> PressSeen:
        """A button or a menu of the modal on top, with what is filled in so far."""
        modal = self._modal()
        blocks = with_block_ids(modal.shape["blocks"])
        action = pressed(blocks, action_id, value, self._workspace.new_ts())
        view = written.view(modal, state_of(blocks, inputs or {}, whole=False))
        where = payloads.from_view(view)
        told: payloads.SlackPayload = {**self._interaction("block_actions"), **where, "actions": [action]}
        return await self._click(told)

    async def submit(self, inputs: Inputs) -> PressSeen:
        modal = self._modal()
        state = state_of(with_block_ids(modal.shape["blocks"]), inputs)
        told: payloads.SlackPayload = {
            **self._interaction("view_submission"),
            "view": written.view(modal, state),
            "response_urls": [],
        }
        seen = await self._click(told)
        if seen.delivery.problem:
            modal.errors = {"": "We had some trouble connecting. Try again?"}
        else:
            obey(self._workspace, modal, seen.delivery.answer)
        return self._seen(seen.delivery)

    async def close(self) -> PressSeen | None:
        """Told to the app only if it asked for that."""
        modal = self._modal()
        self._workspace.modals.close(self._who.id)
        if not modal.shape.get("notify_on_close"):
            return None
        told = {**self._interaction("view_closed"), "view": written.view(modal), "is_cleared": False}
        return await self._click(told)

    async def command(self, channel: SandboxChannel, command: str, text: str) -> PressSeen:
        url = ResponseUrl(channel.id, self._who.id, None, ephemeral=False, issued_at=0)
        address = self._answer_at(self._workspace.tickets.new_url(channel.id, self._who.id))
        trigger_id = self._workspace.tickets.new_trigger(self._who.id)
        told = payloads.slash_command(self._who, channel, command, text, trigger_id, address)
        before = len(channel.ephemerals)
        delivery = await self._caller.click("slash_commands", told)
        if delivery.problem:
            self._say_itself(channel, f"{command} failed with the error “{delivery.problem}”")
        elif delivery.answer:
            say(self._workspace, channel, url, _answer(delivery.answer))
        return self._seen(delivery, channel, before)

    async def shortcut(self, callback_id: str) -> PressSeen:
        """From the search field: it comes without a channel, and so without an address for answers."""
        told = {**self._interaction("shortcut"), "callback_id": callback_id, "action_ts": self._workspace.new_ts()}
        return await self._click(told)

    async def message_shortcut(self, channel: SandboxChannel, ts: str, callback_id: str) -> PressSeen:
        url = self._answer_at(self._workspace.tickets.new_url(channel.id, self._who.id, ts))
        told: payloads.SlackPayload = {
            **self._interaction("message_action"),
            "callback_id": callback_id,
            "channel": {"id": channel.id, "name": channel.name},
            "message_ts": ts,
            "message": _json(written.message(channel.message(ts))),
            "response_url": url,
            "action_ts": self._workspace.new_ts(),
        }
        return await self._click(told, channel)

    def _interaction(self, kind: str) -> payloads.SlackPayload:
        return payloads.interaction(kind, self._who, self._workspace.tickets.new_trigger(self._who.id))

    async def _click(self, told: payloads.SlackPayload, channel: SandboxChannel | None = None) -> PressSeen:
        before = len(channel.ephemerals) if channel else 0
        delivery = await self._caller.click("interactive", told)
        if delivery.problem and channel:
            self._say_itself(channel, f"Tocsin did not answer: {delivery.problem}")
        return self._seen(delivery, channel, before)

    def _modal(self) -> SandboxModal:
        modal = self._workspace.modals.top(self._who.id)
        if modal is None:
            raise CannotPress(f"{self._who.name} has no modal open")
        return modal

    def _say_itself(self, channel: SandboxChannel, text: str) -> None:
        channel.ephemerals.append(SandboxEphemeral(self._workspace.new_ts(), self._who.id, text, by_slack=True))

    def _seen(self, delivery: SlackDelivery, channel: SandboxChannel | None = None, before: int = 0) -> PressSeen:
        new = channel.ephemerals[before:] if channel else []
        modal = self._workspace.modals.top(self._who.id)
        mine = [each for each in new if each.user == self._who.id]
        return PressSeen(delivery, mine, written.view(modal) if modal else None)


def _json(told: written.Answer | None) -> JsonValue:
    return cast("JsonValue", told)


def _answer(said: JsonValue) -> PressAnswer:
    """The body of the answer to a command: words, or a message."""
    if not isinstance(said, dict):
        return PressAnswer(text=str(said))
    try:
        return PressAnswer.model_validate(said)
    except ValidationError as error:
        raise CannotPress(f"Slack cannot read that answer: {error}") from None
