"""The form of a verb: what is filled in is done by the desk, and where it changes much, shown before it is done."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue, ValidationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from chat import lateness, words
from chat.acting import Answered, Deed, Hands, Misfit, in_words, slack_id
from chat.forms import inputs, views
from chat.forms.beginning import beginning
from chat.forms.choices import CHOSEN, FormChoices, definitions, known_of, text_of
from chat.forms.seeing import foreseen
from chat.forms.submitting import complaint, fingerprint_of, finished, in_time
from chat.payloads import SentView, ViewSubmission
from chat.people import Presser
from chat.permissions import NotAllowed
from chat.slow_answers import SlowAnswers
from chat.web import Modals, Replies, ShownView
from chat.words import plain
from starter.desk.desk import Desk
from starter.desk.verbs import VERB_BY_NAME, Verb
from starter.temporal.installations import Installations
from starter.temporal.results import Unpublished, Unreachable
from workflows.policy.effects.offers import Pressed
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title

SHOWN_BEFORE: Final = frozenset({"severity", "resolve", "cancel", "flag", "reopen"})
"""Verbs of which it is shown what they change, before they change it."""
TITLES: Final = {
    "severity": "Change severity", "update": "Post an update", "handoff": "Hand over", "assign": "Give a role",
    "approve": "Let it out", "add": "Follow-up", "not-applicable": "Not applicable",
}  # fmt: skip

Here = Callable[[], Awaitable[bool]]
"""Is it opened where the incident can be seen?"""


@dataclass(frozen=True)
class VerbForms:
    hands: Hands
    installations: Installations
    modals: Modals
    replies: Replies
    slow_answers: SlowAnswers
    within_s: float

    async def open(self, pressed: Pressed, verb: Verb, trigger_id: str, presser: Presser, here: Here) -> None:
        """Before anything else is asked: its trigger is soon too old. Raises Unavailable, Rejected, TimeoutError."""
        shown = await self.modals.open(trigger_id, views.loading(title(verb)))
        self.replies.beside(self._fill(shown, pressed, verb, presser, here))

    async def submit(self, sent: ViewSubmission, presser: Presser) -> dict[str, JsonValue]:
        return await in_time(self._submit(sent, presser), sent.view, self.within_s)

    async def _fill(self, shown: ShownView, pressed: Pressed, verb: Verb, presser: Presser, here: Here) -> None:
        try:
            seen_here = await here()
            desk = await self.hands.desk_of(presser, here=seen_here)
            known, about, is_open = await self._known(desk, pressed)
            start = await beginning(desk, pressed)
            said = {**pressed.said, **start.said}
        except (Unreachable, NotAllowed) as no:
            await self.modals.fill(shown, views.shown(title(verb), plain(str(no))))
            return
        fixed = {name: value for name, value in said.items() if name not in inputs.MULTILINE}
        kept = views.Kept(incident=pressed.incident, verb=verb.name, group=verb.group, said=fixed, here=seen_here)
        kept = kept.model_copy(update={"if_still": start.if_still, "was_open": is_open})
        await self.modals.fill(shown, _form(verb, said, known, about, kept))

    async def _submit(self, sent: ViewSubmission, presser: Presser) -> dict[str, JsonValue]:
        view = sent.view
        try:
            kept, verb = kept_of(view)
        except Misfit as no:
            return complaint(view, Answered(str(no), done=False))
        said: dict[str, object] = {**kept.said, **inputs.values(view.state.values)}
        print_now = fingerprint_of(said)
        event_id = slack_id(sent.team_id, view.id, print_now)
        deed = Deed(verb, kept.incident, event_id, said, kept.if_still, here=kept.here, was_open=kept.was_open)
        if verb.name in SHOWN_BEFORE and kept.seen != print_now:
            return await self._see(view, deed, presser, print_now)
        answered = await in_words(self.hands.do(deed, presser))
        return finished(view, self.slow_answers.in_form(deed, presser, view.id) if answered.is_late else answered)

    async def _see(self, view: SentView, deed: Deed, presser: Presser, print_now: str) -> dict[str, JsonValue]:
        """The same form again, with what it would change."""
        desk = await self.hands.desk_of(presser, here=deed.here)
        known, about, is_open = await self._known(desk, Pressed(incident=deed.incident, verb=deed.verb.name))
        if deed.was_open and not is_open and not await self.hands.sees_private(presser):
            return complaint(view, Answered(words.NOT_SHOWN_ANY_MORE, done=False))
        found = await foreseen(self.hands, deed, presser)
        if not found.done:
            return complaint(view, found)
        fixed = {name: str(value) for name, value in deed.said.items() if name not in view.state.values}
        kept = views.Kept(
            incident=deed.incident,
            verb=deed.verb.name,
            group=deed.verb.group,
            said=fixed,
            seen=print_now,
            if_still=found.mark,
            here=deed.here,
            was_open=deed.was_open,
        )
        filled = {name: str(value) for name, value in deed.said.items()}
        shown = inputs.inputs(deed.verb, view.state.values, filled, known)
        blocks = [*_head(about, fixed, known), *shown, views.section(found.text)]
        return views.answer(views.form(title(deed.verb), views.VERB_FORM, "Do it", blocks, kept))

    async def _known(self, desk: Desk, pressed: Pressed) -> tuple[FormChoices, str, bool]:
        """What there is to choose, a line on how the incident stands, and whether everybody may see it."""
        incident = await lateness.incident_of(desk, pressed.incident)
        try:
            there = await self.installations.current()
        except (Unpublished, Unreachable):
            return FormChoices(), "", False
        book = there.runbooks.get(incident.runbook if incident else there.default)
        about = _headline(incident) if incident else ""
        lines = "\n".join(filter(None, (about, _more(pressed, book))))
        is_open = incident is not None and not incident.private
        return (known_of(book, incident) if book else FormChoices()), lines, is_open


def certainly(here: bool) -> Here:
    """It is known already."""

    async def said() -> bool:
        return here

    return said


def title(verb: Verb) -> str:
    return TITLES.get(verb.name, verb.name.capitalize())


def kept_of(view: SentView) -> tuple[views.Kept, Verb]:
    """Raises Misfit."""
    try:
        kept = views.Kept.model_validate_json(view.private_metadata)
    except ValidationError:
        raise Misfit("This form cannot be read: it is of another version of Tocsin.") from None
    verb = VERB_BY_NAME.get((kept.group, kept.verb))
    if verb is None or not kept.incident:
        raise Misfit("This form is not known to this version of Tocsin.")
    return kept, verb


def _form(verb: Verb, said: Mapping[str, str], known: FormChoices, about: str, kept: views.Kept) -> View:
    blocks = _head(about, kept.said, known)
    blocks += inputs.inputs(verb, inputs.unsaid(verb, said), said, known)
    submit = "See what changes" if verb.name in SHOWN_BEFORE else "Do it"
    return views.form(title(verb), views.VERB_FORM, submit, blocks, kept)


def _head(about: str, fixed: Mapping[str, str], known: FormChoices) -> list[Block]:
    """Which incident it is, and what was said already and cannot be changed here."""
    chosen = [(name, value) for name, value in fixed.items() if name in CHOSEN]
    said = (f"{inputs.label_of(name)}: {plain(text_of(name, value, known))}" for name, value in chosen)
    text = "\n".join(filter(None, (about, *said)))
    return [views.section(text)] if text else []


def _headline(incident: Incident) -> str:
    return f"*{plain(incident.id)}* {severity_title(incident.severity)} {plain(incident.title)}"


def _more(pressed: Pressed, book: Runbook | None) -> str:
    """What has to be known to fill it in."""
    if pressed.verb != "severity" or book is None:
        return ""
    return definitions(book)
