"""Slack's calls, whichever way they come: who it is, whether it is our workspace, and what answers it."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

import structlog
from pydantic import JsonValue

from activities.errors import Rejected, Unavailable
from chat import reading
from chat.commands import Commands
from chat.forms.declaring import DeclareForms
from chat.forms.verb_form import VerbForms
from chat.forms.views import DECLARE_FORM, VERB_FORM
from chat.health import Health
from chat.payloads import (
    BlockActions,
    EventCallback,
    GlobalShortcut,
    MessageShortcut,
    SlackCallPayload,
    SlashCommand,
    UrlVerification,
    ViewSubmission,
)
from chat.people import Pressers
from chat.presses import Presses
from chat.shortcuts import Shortcuts
from chat.timeline import PinnedMessages
from chat.web import Replies
from starter.sources.refusal import Refusal, later
from starter.temporal.results import Unreachable

NOT_RECORDED = (
    "Nothing is known to be recorded: Temporal does not answer. Press it again; the same is done once. "
    "If it is urgent, call somebody now."
)

log = structlog.get_logger()


@dataclass(frozen=True)
class SlackChat:
    """`receive` and `answer` raise Refusal: then Slack shows that it failed, or sends an event again."""

    health: Health
    pressers: Pressers
    presses: Presses
    verb_forms: VerbForms
    declare_forms: DeclareForms
    commands: Commands
    shortcuts: Shortcuts
    timeline: PinnedMessages
    replies: Replies

    async def receive(self, body: bytes, content_type: str) -> JsonValue:
        return await self.answer(reading.payload_of(body, content_type))

    async def answer(self, payload: SlackCallPayload) -> JsonValue:
        if isinstance(payload, UrlVerification):
            return {"challenge": payload.challenge}
        team = getattr(payload, "team_id", "")
        ours = await self.health.team()
        if not ours:
            raise later("which workspace is ours cannot be seen: set TOCSIN_SLACK_TEAM")
        if team != ours:
            log.error("a call of another Slack workspace was refused", team=team)
            raise Refusal(403, "this is not the workspace that Tocsin works for")
        return await self._answer(payload)

    def problems(self) -> Sequence[str]:
        return self.health.problems()

    async def _answer(self, payload: SlackCallPayload) -> JsonValue:
        match payload:
            case BlockActions():
                await self._answering(payload.response_url, self._pressed(payload))
            case ViewSubmission():
                return await self._submitted(payload)
            case SlashCommand():
                return await self.commands.receive(payload, await self.pressers.who(payload.user))
            case MessageShortcut() | GlobalShortcut():
                await self._answering(payload.response_url, self._shortcut(payload))
            case EventCallback():
                await self._happened(payload)
        return None

    async def _pressed(self, press: BlockActions) -> None:
        await self.presses.receive(press, await self.pressers.who(press.user))

    async def _shortcut(self, used: MessageShortcut | GlobalShortcut) -> None:
        await self.shortcuts.receive(used, await self.pressers.who(used.user))

    async def _answering(self, response_url: str, work: Awaitable[None]) -> None:
        """Whoever pressed reads why it cannot be done. Slack shows that it failed only where nothing is recorded."""
        try:
            await work
        except Unreachable as away:
            self.replies.later(response_url, NOT_RECORDED)
            raise later(str(away)) from None
        except (Unavailable, Rejected, TimeoutError) as no:
            self.replies.later(response_url, f"The form could not be opened ({no}). Use the command instead.")

    async def _submitted(self, sent: ViewSubmission) -> JsonValue:
        presser = await self.pressers.who(sent.user)
        if sent.view.callback_id == VERB_FORM:
            return await self.verb_forms.submit(sent, presser)
        if sent.view.callback_id == DECLARE_FORM:
            return await self.declare_forms.submit(sent, presser)
        return None

    async def _happened(self, event: EventCallback) -> None:
        """Slack sends it again, three times, if it is not taken."""
        try:
            await self.timeline.receive(event)
        except Unreachable as away:
            raise later(str(away)) from None
