"""The hands of somebody in the sandbox's Slack, for tests: one line for what a person does there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tests.patience import HANGS_AFTER_S
from tests.sandbox_server import SandboxServer

PATIENCE = 40.0
"""How many times as long as Slack the sandbox waits: a test does not depend on how fast the machine is."""


class Button(NamedTuple):
    """Where it is, and what is on it."""

    channel: str
    ts: str
    action_id: str
    label: str
    value: str


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(HANGS_AFTER_S):
        while not is_so():
            await asyncio.sleep(0.01)


@dataclass(frozen=True)
class SlackHands:
    """Answers are `sandbox.slack.hands.PressSeen`: `delivery` (how the app took it), `ephemerals`, `modal`.

    What cannot be pressed, and an answer that Slack would refuse, fails the test."""

    sandbox: SandboxServer
    by: str = "Alice Example"

    def of(self, by: str) -> "SlackHands":
        """Somebody else's: by name, id or address."""
        return replace(self, by=by)

    async def connect(self, url: str, signing_secret: str, **more: Any) -> None:
        """Slack's calls go there from now on. More: the fields of `sandbox.slack.control.AppConnection`."""
        settings = {"url": url, "signing_secret": signing_secret, "patience": PATIENCE, "retry_after_s": [0, 0, 0]}
        await self.sandbox.control("POST", "slack/app", json={**settings, **more})

    async def set_up(self, **fields: Any) -> None:
        """Scopes, events, patience: the fields of `sandbox.slack.control.AppConnection`."""
        await self.sandbox.control("POST", "slack/app", json=fields)

    async def add_member(self, user_id: str, name: str, **more: Any) -> None:
        email = f"{name.lower().replace(' ', '.')}@sandbox.example"
        member = {"id": user_id, "name": name, "email": email, **more}
        await self.sandbox.control("POST", "slack/members", json=member)

    async def later(self, s: float) -> None:
        """Slack's clock goes on by so many seconds: triggers and response addresses expire."""
        await self.sandbox.control("POST", "slack/clock", json={"s": s})

    async def buttons(self, channel: str | None = None) -> list[Button]:
        """All that can be pressed, newest message last, of one channel (id or name) or of all."""
        state = await self.sandbox.state()
        shown = [each for each in state["channels"] if channel in (None, each["id"], each["name"])]
        found = [button for each in shown for button in _buttons(each["id"], each["messages"], self._mine(state, each))]
        return sorted(found, key=lambda button: button.ts)

    async def press_labelled(self, label: str, channel: str | None = None) -> dict[str, Any]:
        """The newest button that says so."""
        every = await self.buttons(channel)
        found = [button for button in every if button.label == label]
        assert found, f"no button says {label!r}; there are {sorted({button.label for button in every})}"
        return await self.press(found[-1].channel, found[-1].ts, found[-1].action_id)

    async def press(self, channel: str, ts: str, action_id: str, value: Any = None) -> dict[str, Any]:
        return await self._do("press", channel=channel, ts=ts, action_id=action_id, value=value)

    async def press_in_modal(self, action_id: str, value: Any = None, **inputs: Any) -> dict[str, Any]:
        return await self._do("press-in-modal", action_id=action_id, value=value, inputs=inputs)

    async def submit(self, inputs: dict[str, Any] | None = None) -> dict[str, Any]:
        """The modal on top, with these inputs: by `block_id`, `action_id` or `block_id/action_id`."""
        return await self._do("submit", inputs=inputs or {})

    async def close_modal(self) -> dict[str, Any] | None:
        """How the app took it; None if it is not told of such."""
        return await self._do("close")

    async def command(self, channel: str, text: str, command: str = "/incident") -> dict[str, Any]:
        return await self._do("command", channel=channel, text=text, command=command)

    async def shortcut(self, callback_id: str) -> dict[str, Any]:
        return await self._do("shortcut", callback_id=callback_id)

    async def message_shortcut(self, channel: str, ts: str, callback_id: str) -> dict[str, Any]:
        return await self._do("message-shortcut", channel=channel, ts=ts, callback_id=callback_id)

    async def say(self, channel: str, text: str, thread_ts: str | None = None) -> str:
        """The new message's `ts`."""
        await self._do("say", channel=channel, text=text, thread_ts=thread_ts)
        state = await self.sandbox.state()
        [shown] = [each for each in state["channels"] if channel in (each["id"], each["name"])]
        said = [each for message in shown["messages"] for each in (message, *message["replies"])]
        return str(max(each["ts"] for each in said if each["text"] == text))

    async def edit(self, channel: str, ts: str, text: str) -> dict[str, Any] | None:
        """How the app took it; None if it is not told of such."""
        return await self._do("edit", channel=channel, ts=ts, text=text)

    async def delete(self, channel: str, ts: str) -> dict[str, Any] | None:
        """How the app took it; None if it is not told of such."""
        return await self._do("delete", channel=channel, ts=ts)

    async def react(self, channel: str, ts: str, name: str, on: bool = True) -> dict[str, Any] | None:
        """How the app took it; None if it is not told of such."""
        return await self._do("react", channel=channel, ts=ts, name=name, on=on)

    async def deliveries(self) -> list[dict[str, Any]]:
        """All calls of Slack's, as they went out: to be sent again, or with another signature."""
        found: list[dict[str, Any]] = await self.sandbox.control("GET", "slack/deliveries")
        return found

    async def _do(self, what: str, **fields: Any) -> dict[str, Any]:
        seen: dict[str, Any] = await self.sandbox.control("POST", f"slack/{what}", json={"by": self.by, **fields})
        return seen

    def _mine(self, state: dict[str, Any], channel: dict[str, Any]) -> list[dict[str, Any]]:
        me = {each["id"] for each in state["members"] if self.by in (each["id"], each["name"], each["email"])}
        return [each for each in channel["ephemerals"] if each["user"] in me]


def _buttons(channel: str, messages: list[dict[str, Any]], ephemerals: list[dict[str, Any]]) -> list[Button]:
    shown = [each for message in messages for each in (message, *message["replies"])] + ephemerals
    return [
        Button(channel, message["ts"], element["action_id"], element["text"]["text"], element.get("value") or "")
        for message in shown
        for block in message["blocks"]
        for element in (*block.get("elements", ()), block.get("accessory") or {})
        if element.get("type") == "button"
    ]
