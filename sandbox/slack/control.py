"""`/control/slack`: the hands of the people in Slack, and how the app is connected. None of it is Slack's own API."""

from collections.abc import Awaitable
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, HTTPException, Request
from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, JsonValue

from sandbox.slack.app import OfferedShortcut
from sandbox.slack.caller import SlackDelivery
from sandbox.slack.channel import SandboxChannel
from sandbox.slack.elements import CannotPress
from sandbox.slack.hands import PressSeen, SandboxHands
from sandbox.slack.people import SandboxMember
from sandbox.slack.talk import Talk
from sandbox.vendor_error import VendorError
from sandbox.world import SandboxWorld

Done = TypeVar("Done")


class _Doing(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AppConnection(_Doing):
    """What is given is set; the rest stays."""

    url: AnyHttpUrl | None = None
    signing_secret: str | None = None
    scopes: frozenset[str] | None = None
    events: frozenset[str] | None = None
    shortcuts: tuple[OfferedShortcut, ...] | None = None
    retry_after_s: tuple[Annotated[float, Field(ge=0)], ...] | None = None
    patience: float | None = Field(None, gt=0)


class Moved(_Doing):
    s: float = Field(ge=0)


class Refresh(_Doing):
    reason: Literal["warning", "refresh_requested"] = "refresh_requested"


class ByWhom(_Doing):
    """By name, id or address."""

    by: str = "Alice Example"


class InChannel(ByWhom):
    """By id or name."""

    channel: str


class AtMessage(InChannel):
    ts: str


class MessagePress(AtMessage):
    action_id: str
    value: JsonValue = None
    """What is chosen, where there is a choice."""


class Filled(ByWhom):
    inputs: dict[str, JsonValue] = {}
    """By `block_id`, `action_id` or `block_id/action_id`; what is not given stays as it was."""


class ModalPress(Filled):
    action_id: str
    value: JsonValue = None


class Command(InChannel):
    command: str = "/incident"
    text: str = ""


class ShortcutUse(ByWhom):
    callback_id: str


class MessageShortcutUse(AtMessage):
    callback_id: str


class Writing(InChannel):
    text: str
    thread_ts: str | None = None


class Editing(AtMessage):
    text: str


class Reacting(AtMessage):
    name: str
    on: bool = True


def router(world: SandboxWorld) -> APIRouter:
    control = _SlackControl(world)
    api = APIRouter(prefix="/control/slack", tags=["Control of Slack"])
    api.add_api_route("/deliveries", control.deliveries, methods=["GET"])
    for name, status in (("app", 204), ("clock", 204), ("refresh", 204), ("members", 201)):
        api.add_api_route(f"/{name}", getattr(control, name), methods=["POST"], status_code=status)
    for name in ("press", "press-in-modal", "submit", "close", "command", "shortcut", "message-shortcut"):
        api.add_api_route(f"/{name}", getattr(control, name.replace("-", "_")), methods=["POST"])
    for name in ("say", "edit", "delete", "react", "join"):
        api.add_api_route(f"/{name}", getattr(control, name), methods=["POST"])
    return api


class _SlackControl:
    def __init__(self, world: SandboxWorld) -> None:
        self._world, self._workspace = world, world.workspace

    async def deliveries(self) -> list[SlackDelivery]:
        return list(self._world.caller.deliveries)

    async def app(self, wanted: AppConnection) -> None:
        app = self._workspace.app
        for name in wanted.model_fields_set:
            value = getattr(wanted, name)
            setattr(app, name, str(value) if name == "url" and value else value)
        self._workspace.tickets.patience = app.patience

    async def clock(self, moved: Moved) -> None:
        self._workspace.clock.move(moved.s)

    async def refresh(self, refresh: Refresh) -> None:
        await self._world.sockets.refresh(refresh.reason)

    async def members(self, newcomer: SandboxMember) -> SandboxMember:
        self._workspace.people.add(newcomer)
        return newcomer

    async def press(self, it: MessagePress, request: Request) -> PressSeen:
        channel = self._channel(it)
        return await _done(self._hands(it, request).press(channel, it.ts, it.action_id, it.value))

    async def press_in_modal(self, it: ModalPress, request: Request) -> PressSeen:
        return await _done(self._hands(it, request).press_in_modal(it.action_id, it.value, it.inputs))

    async def submit(self, it: Filled, request: Request) -> PressSeen:
        return await _done(self._hands(it, request).submit(it.inputs))

    async def close(self, it: ByWhom, request: Request) -> PressSeen | None:
        return await _done(self._hands(it, request).close())

    async def command(self, it: Command, request: Request) -> PressSeen:
        channel = self._channel(it)
        return await _done(self._hands(it, request).command(channel, it.command, it.text))

    async def shortcut(self, it: ShortcutUse, request: Request) -> PressSeen:
        return await _done(self._hands(it, request).shortcut(it.callback_id))

    async def message_shortcut(self, it: MessageShortcutUse, request: Request) -> PressSeen:
        channel = self._channel(it)
        return await _done(self._hands(it, request).message_shortcut(channel, it.ts, it.callback_id))

    async def say(self, it: Writing) -> SlackDelivery | None:
        channel = self._channel(it)
        return await _done(self._talk(it).say(channel, it.text, it.thread_ts))

    async def edit(self, it: Editing) -> SlackDelivery | None:
        channel = self._channel(it)
        return await _done(self._talk(it).edit(channel, it.ts, it.text))

    async def delete(self, it: AtMessage) -> SlackDelivery | None:
        channel = self._channel(it)
        return await _done(self._talk(it).delete(channel, it.ts))

    async def react(self, it: Reacting) -> SlackDelivery | None:
        channel = self._channel(it)
        return await _done(self._talk(it).react(channel, it.ts, it.name, it.on))

    async def join(self, it: InChannel) -> SlackDelivery | None:
        channel = self._channel(it)
        return await _done(self._talk(it).join(channel))

    def _hands(self, it: ByWhom, request: Request) -> SandboxHands:
        # As the app knows us, whatever name a browser has for this machine.
        host, port = request.scope["server"]

        def answer_at(ticket: str) -> str:
            return f"http://{host}:{port}/slack/response/{ticket}"

        return SandboxHands(self._workspace, self._world.caller, self._who(it), answer_at)

    def _talk(self, it: ByWhom) -> Talk:
        return Talk(self._workspace, self._world.caller, self._who(it))

    def _channel(self, it: InChannel) -> SandboxChannel:
        try:
            return self._workspace.channel(it.channel, by="id or name")
        except VendorError:
            raise HTTPException(404, f"no channel {it.channel}") from None

    def _who(self, it: ByWhom) -> SandboxMember:
        who = self._workspace.people.named(it.by)
        if who is None:
            raise HTTPException(404, f"nobody here is {it.by}")
        return who


async def _done(doing: Awaitable[Done]) -> Done:
    """What cannot be done, and what of the app's answer Slack refuses: 409, and why."""
    try:
        return await doing
    except CannotPress as error:
        raise HTTPException(409, str(error)) from None
    except VendorError as error:
        raise HTTPException(409, f"Slack refuses it: {error.body}") from None
