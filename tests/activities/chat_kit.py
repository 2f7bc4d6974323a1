"""What every chat adapter is tried with: its methods, and what people then see, whichever chat it is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Receipt, Send


class ChatMessage(NamedTuple):
    text: str
    pinged: tuple[str, ...]
    """Whom it notifies: ids of the chat's own, `everybody` for all."""
    buttons: tuple[tuple[str, str], ...]
    """Label and what comes back with the press."""
    pinned: bool
    reference: str


class ChatRoom(NamedTuple):
    name: str
    people: frozenset[str]
    messages: tuple[ChatMessage, ...]


@dataclass(frozen=True)
class ChatAdapter:
    """One chat. `edit_request` is the request by which a message is changed, for faults."""

    post: Callable[[Send, bool], Awaitable[Receipt]]
    bring_up_to_date: Callable[[Send, bool], Awaitable[Receipt]]
    invite: Callable[[Send], Awaitable[Receipt]]
    open_channel: Callable[[Send], Awaitable[Receipt]]
    delete: Callable[[str], Awaitable[None]]
    """Somebody deletes the message with this reference."""
    rooms: Callable[[], Awaitable[dict[str, ChatRoom]]]
    edit_request: dict[str, str]
    sandbox: SandboxServer

    async def messages(self, room: str = "incidents") -> tuple[ChatMessage, ...]:
        return (await self.rooms())[room].messages


def slack_rooms(state: dict[str, Any]) -> dict[str, ChatRoom]:
    found = {}
    for channel in state["channels"]:
        messages = tuple(_slack_message(channel, each) for each in channel["messages"])
        found[channel["name"]] = ChatRoom(channel["name"], frozenset(channel["members"]), messages)
    return found


def _slack_message(channel: dict[str, Any], message: dict[str, Any]) -> ChatMessage:
    parts = [part for block in message["blocks"] for part in _leaves(block)]
    text = "".join(part.get("text", part.get("url", "")) for part in parts if part["type"] in ("text", "link"))
    pinged = [part["user_id"] for part in parts if part["type"] == "user"]
    pinged += ["everybody" for part in parts if part["type"] in ("broadcast", "usergroup")]
    buttons = [(part["text"]["text"], part["value"]) for part in parts if part["type"] == "button"]
    shown = text if message["blocks"] else message["text"]
    pinned = message["ts"] in channel["pins"]
    return ChatMessage(shown, tuple(pinged), tuple(buttons), pinned, f"{channel['id']}:{message['ts']}")


def _leaves(block: dict[str, Any]) -> list[dict[str, Any]]:
    inside = block.get("elements")
    return [leaf for each in inside for leaf in _leaves(each)] if inside is not None else [block]
