"""What an app says by `response_url`: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from sandbox.slack.calls.base import Blocks
from sandbox.slack.channel import SandboxChannel, SandboxEphemeral, SandboxMessage
from sandbox.slack.errors import slack_error
from sandbox.slack.kit.checking import check_blocks
from sandbox.slack.tickets import ResponseUrl
from sandbox.slack.workspace import Workspace


class PressAnswer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str = ""
    blocks: Blocks = []
    response_type: Literal["ephemeral", "in_channel"] = "ephemeral"
    replace_original: bool = False
    delete_original: bool = False
    thread_ts: str | None = None


def answer_pressed(workspace: Workspace, ticket: str, body: dict[str, JsonValue]) -> None:
    try:
        said = PressAnswer.model_validate(body)
    except ValidationError:
        raise slack_error("invalid_payload") from None
    url = workspace.tickets.use_url(ticket)
    channel = workspace.channel(url.channel)
    if said.delete_original:
        _delete(channel, url)
    else:
        say(workspace, channel, url, said)


def say(workspace: Workspace, channel: SandboxChannel, url: ResponseUrl, said: PressAnswer) -> None:
    if not said.text and not said.blocks:
        raise slack_error("no_text")
    check_blocks(said.blocks)
    if said.replace_original and url.ts is not None:
        _replace(channel, url, said)
    elif said.response_type == "in_channel":
        channel.add(SandboxMessage(workspace.new_ts(), said.text, said.blocks, thread_ts=said.thread_ts))
    else:
        shown = SandboxEphemeral(workspace.new_ts(), url.user, said.text, said.blocks, said.thread_ts)
        channel.ephemerals.append(shown)


def _replace(channel: SandboxChannel, url: ResponseUrl, said: PressAnswer) -> None:
    assert url.ts is not None
    pressed = channel.ephemeral(url.ts, url.user) if url.ephemeral else channel.message(url.ts)
    if pressed is None:
        raise slack_error("message_not_found")
    pressed.text, pressed.blocks = said.text, said.blocks


def _delete(channel: SandboxChannel, url: ResponseUrl) -> None:
    if url.ts is None:
        return
    if url.ephemeral:
        channel.ephemerals[:] = [each for each in channel.ephemerals if (each.ts, each.user) != (url.ts, url.user)]
    else:
        channel.delete(url.ts)
