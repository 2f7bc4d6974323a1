"""The messages: what is said, in which words.

Templates are Jinja2 in its sandbox, Tocsin's own or the runbook's. Everything that comes from alerts and people enters
as a value, never as a template. What is not known is said so inside the house, and keeps a text for people outside
back (`gaps`). A template of the runbook's that fails, or does more than a text may (`text_bounds`), is replaced by
Tocsin's own; where there is none, by plain text with the reason: at 3 a.m. an ugly message is better than none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial

from jinja2 import Environment, Template, TemplateError, meta

from workflows.policy.effects.card import HIDDEN, CardLine
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Card, Email, OutsideEffect, Page, Post, Publish, Ticket, WriteDocument
from workflows.policy.incident.state import Incident
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.wire.bounded import cut
from workflows.texts import card, documents, gaps, markdown
from workflows.texts.bounds import ALLOWANCE, Allowance, BoundedEnvironment
from workflows.texts.context import ALWAYS, SOMETIMES, Values
from workflows.texts.defaults import TEXTS
from workflows.texts.occasion import is_public, not_for

SUBJECT_MARK = "Subject:"
LONGEST_MESSAGE = 3000
"""Characters: what a Slack text block holds, and more than anybody reads on a phone."""


ENVIRONMENT = BoundedEnvironment(undefined=gaps.Missing, trim_blocks=True, lstrip_blocks=True, autoescape=False)
DOCUMENTS = ENVIRONMENT.overlay(finalize=markdown.shown)
"""The same for documents: the template is Markdown, and the values are not."""


FAILURES = (
    TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, NameError, RuntimeError,
    AssertionError, SyntaxError, MemoryError,
)  # fmt: skip
"""What a runbook's own template may run into, as it is compiled (Python nests 20 loops, and no more) or filled in."""


@dataclass(frozen=True)
class Failed:
    """A text of the runbook's that could not be used."""

    name: str
    problem: str


@dataclass(frozen=True)
class Message:
    subject: str
    text: str
    failed: tuple[Failed, ...] = ()
    """What stands here in other words than the runbook's."""
    card: tuple[CardLine, ...] = ()
    """What stands below the text of a message that is kept true."""
    gaps: tuple[str, ...] = ()
    """What somebody has to fill in before it may leave the house."""
    draft: str = ""
    """What people outside would read, in a message that asks to let it out."""


def words(book: Runbook, incident: Incident, demand: Demand, now: datetime, review: Review | None = None) -> Message:
    """Subject and text of an effect, ready for an adapter. Never raises."""
    failed: list[Failed] = []
    values = Values(book, incident, demand, now, partial(_render, failed), review)
    said = _said(values, failed)
    facts = demand.effect.facts if isinstance(demand.effect, Post | Card) else None
    return replace(said, failed=tuple(dict.fromkeys(failed)), card=card.lines(facts), draft=values.draft or "")


def _said(values: Values, failed: list[Failed]) -> Message:
    effect = values.demand.effect
    subject = _subject(values)
    if isinstance(effect, WriteDocument):
        return Message(gaps.shown(subject), gaps.shown(_document(values, effect, failed)))
    text = values.render(values, getattr(effect, "template", "told"))
    if isinstance(effect, Email):
        subject, text = _mail(subject, text, effect.words)
    if isinstance(effect, Publish | Email):
        return _for_outside(values, effect, subject, text)
    own = effect.words if isinstance(effect, OutsideEffect) else None
    return Message(gaps.spoken(subject), own or cut(gaps.spoken(text), LONGEST_MESSAGE))


def _for_outside(values: Values, effect: Publish | Email, subject: str, text: str) -> Message:
    """A human's words are whole but for what they left open; the subject that the template gives them has to be."""
    kinds = gaps.BLANK if isinstance(effect, Email) and not effect.public else gaps.BLANK + gaps.MISSING + gaps.FLAW
    if effect.words is not None:
        own = effect.words if isinstance(effect, Publish) else text
        whole = gaps.shown(subject) if not gaps.found(subject, kinds) else values.issue_title
        return Message(whole, own, gaps=gaps.brought_along(own, texts_of(values.book)))
    missing = gaps.found(f"{subject}\n{text}", kinds)
    show = gaps.shown if missing else gaps.spoken
    return Message(show(subject), cut(show(text), LONGEST_MESSAGE), gaps=missing)


def texts_of(book: Runbook) -> Iterable[str]:
    """Every text that somebody's words may have been copied from."""
    return (*book.templates.values(), *TEXTS.values())


def _document(values: Values, effect: WriteDocument, failed: list[Failed]) -> str:
    """For people to write on, with the record where the template has it, or else at its end."""
    text = effect.words or _fill(values, effect.template, DOCUMENTS, failed)
    if documents.BEGIN_MARK not in text:
        text = f"{text}\n\n{values.record}"
    return documents.fit(f"{text}\n")


def _mail(subject: str, text: str, own: str | None) -> tuple[str, str]:
    """A text that begins with `Subject: ...` brings its own; somebody's own words may leave that out."""
    for said in (text, own or ""):
        if said.startswith(SUBJECT_MARK):
            subject = said.removeprefix(SUBJECT_MARK).partition("\n")[0].strip() or subject
    said = own or text
    return subject, said.partition("\n")[2].strip() if said.startswith(SUBJECT_MARK) else said


def _subject(values: Values) -> str:
    effect = values.demand.effect
    if isinstance(effect, Post | Card) and effect.template == HIDDEN:
        return "a private incident"
    if isinstance(effect, Page):
        return f"{values.headline} ({values.reason})"
    if isinstance(effect, Publish | Email) and is_public(values.demand):  # nobody reads the name before
        unread = values.demand.model_copy(update={"effect": effect.model_copy(update={"approved": False})})
        return values.render(replace(values, demand=unread), "public_name")
    if isinstance(effect, Ticket) and values.follow_up:
        return values.follow_up
    return values.headline if isinstance(effect, OutsideEffect) else values.title


def _render(failed: list[Failed], values: Values, template: str) -> str:
    return _fill(values, template, ENVIRONMENT, failed)


def _fill(values: Values, template: str, environment: Environment, failed: list[Failed]) -> str:
    """By the runbook's text, or else by ours, or else plainly: a text that fails costs itself."""
    sources = [source for source in (values.book.templates.get(template), _ours(values, template)) if source]
    for source in sources:
        try:
            return fill(values, source, environment)
        except FAILURES as error:
            failed.append(Failed(template, why(error)))
    if not sources:
        return gaps.flaw(f"{values.headline} (the runbook has no text named {template!r})")
    return gaps.flaw(f"{values.headline}: {values.reason} (the text {template!r} failed: {failed[-1].problem})")


def _ours(values: Values, template: str) -> str | None:
    """What Tocsin says of this name, or, in public, of this phase: there a reason for its failure has no place."""
    by_kind = f"public_{values.incident.phase}" if is_public(values.demand) else values.demand.effect.kind
    return TEXTS.get(template) or TEXTS.get(by_kind)


def why(error: Exception) -> str:
    """In one line; Python's own complaint names a line of what Jinja made of the text, which nobody has seen."""
    said = error.msg if isinstance(error, SyntaxError) else f"{error}"
    return cut(" ".join(said.split()) or type(error).__name__, 200)


def fill(values: Values, source: str, environment: Environment = ENVIRONMENT) -> str:
    """The source, with what it asks for. Raises one of `FAILURES`."""
    compiled = _compiled(source, environment)
    known = _known(values, compiled.asks_for)
    return compiled.template.render({**known, ALLOWANCE: Allowance()}).strip()


@dataclass(frozen=True)
class _Compiled:
    template: Template
    asks_for: frozenset[str]
    """The values that stand in it: only these are computed."""


@lru_cache(maxsize=256)
def _compiled(source: str, environment: Environment) -> _Compiled:
    names = meta.find_undeclared_variables(environment.parse(source))
    template = environment.from_string(gaps.marked(environment.parse(source)))
    return _Compiled(template, frozenset(names).intersection((*ALWAYS, *SOMETIMES)))


def _known(values: Values, names: frozenset[str]) -> Mapping[str, object]:
    asked = {name: getattr(values, name) for name in sorted(names - not_for(values.demand, values.incident))}
    return {name: value for name, value in asked.items() if value is not None}
