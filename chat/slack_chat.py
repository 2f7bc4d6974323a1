"""Slack's calls, whichever way they come: who it is, whether it is our workspace, and what answers it."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

import structlog
from pydantic import JsonValue

from activities.errors import Rejected, Unavailable
from chat import reading, words
from chat.acting import Answered
from chat.commands import Commands
from chat.forms.declaring import DeclareForms
from chat.forms.submitting import complaint
from chat.forms.verb_form import VerbForms
from chat.forms.views import DECLARE_FORM, VERB_FORM
from chat.health import Health
from chat.payloads import (
    BlockActions,
    EventCallback,
    GlobalShortcut,
    Interaction,
    MessageShortcut,
    SlackCallPayload,
    SlashCommand,
    UrlVerification,
    ViewSubmission,
)
from chat.people import Pressers
from chat.permissions import NotAllowed
from chat.presses import Presses
from chat.shortcuts import TO_DECLARE, Shortcuts
from chat.timeline import PinnedMessages
from chat.unopened import unopened, verb_of_button
from chat.web import Replies, Whispers
from starter.sources.refusal import Refusal, later
from starter.temporal.results import Unreachable

NOT_RECORDED = (
    "Nothing is known to be recorded: Temporal does not answer. Press it again; the same is done once. "
    "If it is urgent, call somebody now."
)
UNKNOWN_FORM = "This form is not known to this version of Tocsin. Use the command."
DECLARING = "declare"

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
    whispers: Whispers

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
                verb = verb_of_button(payload.actions[0].action_id) if payload.actions else ""
                await self._answering(payload, self._pressed(payload), "Press again", verb)
            case ViewSubmission():
                return await self._submitted(payload)
            case SlashCommand():
                return await self.commands.receive(payload, await self.pressers.who(payload.user))
            case MessageShortcut() | GlobalShortcut():
                verb = DECLARING if payload.callback_id == TO_DECLARE else ""
                await self._answering(payload, self._shortcut(payload), "Use the shortcut again", verb)
            case EventCallback():
                await self._happened(payload)
        return None

    async def _pressed(self, press: BlockActions) -> None:
        await self.presses.receive(press, await self.pressers.who(press.user))

    async def _shortcut(self, used: MessageShortcut | GlobalShortcut) -> None:
        if said := await self.shortcuts.receive(used, await self.pressers.who(used.user)):
            self._say_to(used, said)

    async def _answering(self, call: Interaction, work: Awaitable[None], again: str, verb: str) -> None:
        """Whoever pressed reads why it cannot be done. Slack shows that it failed only where nothing is recorded."""
        try:
            await work
        except Unreachable as away:
            self._say_to(call, NOT_RECORDED)
            raise later(str(away)) from None
        except NotAllowed as no:
            self._say_to(call, words.refused(str(no)))
        except (Unavailable, Rejected, TimeoutError) as no:
            self._say_to(call, unopened(no, again, self.commands.name, verb))

    def _say_to(self, call: Interaction, text: str) -> None:
        """A shortcut that was used in no channel comes without an address for answers."""
        if call.response_url:
            self.replies.later(call.response_url, text)
        else:
            self.replies.beside(self.whispers.apart(call.user.id, text))

    async def _submitted(self, sent: ViewSubmission) -> JsonValue:
        presser = await self.pressers.who(sent.user)
        if sent.view.callback_id == VERB_FORM:
            return await self.verb_forms.submit(sent, presser)
        if sent.view.callback_id == DECLARE_FORM:
            return await self.declare_forms.submit(sent, presser)
        return complaint(sent.view, Answered(UNKNOWN_FORM, done=False))

    async def _happened(self, event: EventCallback) -> None:
        """Slack sends it again, three times, if it is not taken."""
        try:
            await self.timeline.receive(event)
        except Unreachable as away:
            raise later(str(away)) from None
