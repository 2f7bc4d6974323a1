"""`/incident start`: an incident is declared, and before that it is shown whom it pages and what goes public."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from pydantic import JsonValue, ValidationError
from slack_sdk.models.blocks import Block, CheckboxesElement, InputBlock, PlainTextObject
from slack_sdk.models.views import View

from chat.acting import Answered, Hands, Misfit, in_words, slack_id
from chat.forms import inputs, views
from chat.forms.choices import definitions, known_of, options
from chat.forms.submitting import complaint, fingerprint_of, finished, in_time
from chat.payloads import ViewSubmission
from chat.people import Presser
from chat.permissions import DECLARE
from chat.slow_answers import SlowAnswers
from chat.web import Modals, Replies, ShownView
from chat.words import moment, outside, plain
from starter.desk.acting import opening
from starter.desk.answers import Declaration, Declared
from starter.desk.temporal_desk import published_runbook
from starter.sources import foreign
from starter.temporal.installations import Installations
from starter.temporal.results import RefusedByIncident, Unpublished, Unreachable
from workflows.durable.clock import Clock
from workflows.policy.effects.effects import Page
from workflows.policy.incident.noticed import CUSTOMER_IMPACT
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.time.durations import HOUR

TITLE: Final = "Declare an incident"
FORESEEN_FOR: Final = HOUR
MOST_PAGED_SHOWN: Final = 8
"""People."""


@dataclass(frozen=True)
class DeclareForms:
    hands: Hands
    installations: Installations
    modals: Modals
    replies: Replies
    slow_answers: SlowAnswers
    within_s: float

    async def open(self, trigger_id: str, named: str = "") -> None:
        """`named`: its title, as far as it has been typed. Raises Unavailable, Rejected, TimeoutError."""
        shown = await self.modals.open(trigger_id, views.loading(TITLE))
        self.replies.beside(self._fill(shown, named))

    async def submit(self, sent: ViewSubmission, presser: Presser) -> dict[str, JsonValue]:
        return await in_time(self._submit(sent, presser), sent.view, self.within_s)

    async def _fill(self, shown: ShownView, named: str) -> None:
        try:
            book = published_runbook(await self.installations.current(), "")
        except (Unpublished, Unreachable, RefusedByIncident) as no:
            await self.modals.fill(shown, views.shown(TITLE, plain(str(no))))
            return
        await self.modals.fill(shown, _form(book, {"title": named}, "", views.Kept()))

    async def _submit(self, sent: ViewSubmission, presser: Presser) -> dict[str, JsonValue]:
        view, filled = sent.view, inputs.values(sent.view.state.values)
        print_now = fingerprint_of(filled)
        try:
            kept = views.Kept.model_validate_json(view.private_metadata or "{}")
        except ValidationError:
            kept = views.Kept()
        if kept.seen == print_now:
            event_id = slack_id(sent.team_id, view.id, print_now)
            say = partial(self._said_once, filled, presser, event_id)
            answered = await say()
            return finished(view, self.slow_answers.in_declaration(say, view.id) if answered.is_late else answered)
        found = await in_words(self._foreseen(filled, presser))
        if not found.done:
            return complaint(view, found)
        book = published_runbook(await self.installations.current(), "")
        return views.answer(_form(book, filled, found.text, views.Kept(seen=print_now)))

    async def _said_once(self, filled: Mapping[str, object], presser: Presser, event_id: str) -> Answered:
        """However often. Raises Unreachable."""
        return await in_words(self._declared(filled, presser, event_id))

    async def _declared(self, filled: Mapping[str, object], presser: Presser, event_id: str) -> Answered:
        said = await self._said(filled, presser)
        return Answered(_words(await self.hands.desk.declare(said, presser.by, event_id)))

    async def _foreseen(self, filled: Mapping[str, object], presser: Presser) -> Answered:
        """Whom it pages by itself within an hour, and what goes public."""
        said, there = await self._said(filled, presser), await self.installations.current()
        try:
            request = opening(there, published_runbook(there, ""), said, presser.by)
        except ValidationError as error:
            raise Misfit(str(foreign.problems(error)[0])) from None
        pages = await asyncio.to_thread(_pages, request, datetime.now(UTC))
        goes_out = await self.hands.desk.preview_public(said)
        return Answered("\n".join(("*What happens by itself*", *pages, *(outside(goes_out) or ()))))

    async def _said(self, filled: Mapping[str, object], presser: Presser) -> Declaration:
        """If they may. Raises NotAllowed, Misfit."""
        await self.hands.permissions.demand(presser, DECLARE)
        said = _declaration(filled)
        await self.hands.check_may_say(presser, said)
        return said


def _declaration(filled: Mapping[str, object]) -> Declaration:
    """Raises Misfit."""
    known = {name: value for name, value in filled.items() if name in Declaration.model_fields}
    impact = str(filled.get("impact", ""))
    try:
        return Declaration.model_validate({**known, "labels": {CUSTOMER_IMPACT: impact} if impact else {}})
    except ValidationError as error:
        problem = foreign.problems(error)[0]
        raise Misfit(str(problem), problem.field) from None


def _pages(request: OpenRequest, now: datetime) -> list[str]:
    simulation = Simulation.of(request, now)
    simulation.run_to(now + FORESEEN_FOR)
    book, wall = request.runbook, Clock(now, request.speed).wall
    pages: dict[str, list[datetime]] = {}
    for at, demand in simulation.sent:
        if isinstance(demand.effect, Page):
            pages.setdefault(book.person_name(demand.effect.to), []).append(wall(at))
    if not pages:
        return ["Nobody is paged within the hour."]
    lines = (f"• page {plain(person)}, {_often(rings)}" for person, rings in list(pages.items())[:MOST_PAGED_SHOWN])
    more = [f"... and {len(pages) - MOST_PAGED_SHOWN} more people"] if len(pages) > MOST_PAGED_SHOWN else []
    return ["While nobody answers, within the hour:", *lines, *more]


def _often(rings: Sequence[datetime]) -> str:
    return f"first {moment(rings[0])}, {len(rings)} times" if len(rings) > 1 else moment(rings[0])


def _words(declared: Declared) -> str:
    severity, page = severity_title(declared.severity), plain(declared.first_page.text)
    return "\n".join([f"*{plain(declared.incident)}* is declared, {severity}: {page}", *outside(declared.outgoing)])


def _form(book: Runbook, filled: Mapping[str, object], about: str, kept: views.Kept) -> View:
    blocks: list[Block] = [*_inputs(book, {name: str(value) for name, value in filled.items()}), *_flags(book, filled)]
    if about:
        blocks.append(views.section(about))
    submit = "Declare" if about else "See what happens"
    return views.form(TITLE, views.DECLARE_FORM, submit, blocks, kept)


def _inputs(book: Runbook, filled: Mapping[str, str]) -> Iterator[Block]:
    known = known_of(book)
    yield inputs.text_input("title", "What is wrong", optional=False, initial=filled.get("title", ""))
    severity = filled.get("severity") or book.intake.default_severity
    yield inputs.select("severity", "Severity", options(known.severities), optional=False, initial=severity)
    yield views.section(definitions(book))
    yield inputs.text_input("service", "Service", optional=True, initial=filled.get("service", ""))
    yield inputs.text_input(
        "impact", "What customers notice", optional=True, initial=filled.get("impact", ""), multiline=True
    )
    label = "What it is called in public"
    yield inputs.text_input("public", label, optional=True, initial=filled.get("public", ""))


def _flags(book: Runbook, filled: Mapping[str, object]) -> Iterator[Block]:
    boxes, given = options(known_of(book).flags)[: inputs.MOST_BOXES], filled.get(inputs.SEVERAL)
    ticked = [each for each in boxes if isinstance(given, list) and each.value in given]
    if boxes:
        element = CheckboxesElement(action_id=inputs.INPUT_ACTION, options=boxes, initial_options=ticked or None)
        label = PlainTextObject(text="Flags")
        yield InputBlock(block_id=inputs.SEVERAL, label=label, element=element, optional=True)
