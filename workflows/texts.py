"""The messages: what is said, in which words.

Templates are Jinja2 in its sandbox, Tocsin's own or the runbook's. Everything that comes from alerts and people enters
as a value, never as a template. A value that is not known shows as `[name?]`; a template that fails shows as plain text
with the reason: at 3 a.m. an ugly message is better than none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from jinja2 import Environment, Template, TemplateError, Undefined, meta
from jinja2.sandbox import SandboxedEnvironment

from workflows import documents, markdown
from workflows.default_texts import TEXTS
from workflows.policy.bounded import cut
from workflows.policy.demand import Demand
from workflows.policy.effects import Document, Email, Page, Publish, Ticket
from workflows.policy.incident import Incident
from workflows.policy.review.state import Review
from workflows.policy.runbook import Runbook
from workflows.text_values import ALWAYS, SOMETIMES, Values

SUBJECT = "Subject:"
LONGEST = 3000
"""Characters: what a Slack text block holds, and more than anybody reads on a phone."""


class _Visible(Undefined):
    """Missing values are seen, not swallowed."""

    def __str__(self) -> str:
        return f"[{self._undefined_name}?]"


ENVIRONMENT = SandboxedEnvironment(undefined=_Visible, trim_blocks=True, lstrip_blocks=True, autoescape=False)
ENVIRONMENT.globals.clear()  # no `range`: a template must not be able to loop for long
DOCUMENTS = ENVIRONMENT.overlay(finalize=markdown.shown)
"""The same for documents: the template is Markdown, and the values are not."""


_FAILURES = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What a runbook's own template may run into."""


@dataclass(frozen=True)
class Words:
    subject: str
    text: str


def words(book: Runbook, incident: Incident, demand: Demand, now: datetime, review: Review | None = None) -> Words:
    """Subject and text of an effect, ready for an adapter. Never raises."""
    values = Values(book, incident, demand, now, _render, review)
    subject = _subject(values)
    if isinstance(demand.effect, Document):
        return Words(subject, _document(values, demand.effect))
    text = _render(values, getattr(demand.effect, "template", "told"))
    if isinstance(demand.effect, Email):
        return _mail(subject, text, demand.effect.words)
    own = demand.effect.words if isinstance(demand.effect, Publish | Ticket) else None
    return Words(subject, own or text)


def _document(values: Values, effect: Document) -> str:
    """For people to write on, with the record where the template has it, or else at its end."""
    text = effect.words or _fill(values, effect.template, DOCUMENTS)
    if documents.BEGIN not in text:
        text = f"{text}\n\n{values.record}"
    return documents.fit(f"{text}\n")


def _mail(subject: str, text: str, own: str | None) -> Words:
    """A text that begins with `Subject: ...` brings its own; somebody's own words may leave that out."""
    for said in (text, own or ""):
        if said.startswith(SUBJECT):
            subject = said.removeprefix(SUBJECT).partition("\n")[0].strip() or subject
    said = own or text
    return Words(subject, said.partition("\n")[2].strip() if said.startswith(SUBJECT) else said)


def _subject(values: Values) -> str:
    effect = values.demand.effect
    if isinstance(effect, Page):
        return f"{values.headline} ({values.reason})"
    if isinstance(effect, Publish) or (isinstance(effect, Email) and effect.public):
        return _render(values, "public_name")
    if isinstance(effect, Ticket) and values.follow_up:
        return values.follow_up
    return values.headline if isinstance(effect, Email | Document | Ticket) else values.title


def _render(values: Values, template: str) -> str:
    return cut(_fill(values, template, ENVIRONMENT), LONGEST)


def _fill(values: Values, template: str, environment: Environment) -> str:
    source = values.book.templates.get(template) or TEXTS.get(template)
    if source is None:
        return f"{values.headline} (the runbook has no text named {template!r})"
    try:
        compiled = _compiled(source, environment)
        text = compiled.template.render(_known(values, compiled.asks_for))
    except _FAILURES as error:
        text = f"{values.headline}: {values.reason} (the text {template!r} failed: {error})"
    return text.strip()


@dataclass(frozen=True)
class _Compiled:
    template: Template
    asks_for: frozenset[str]
    """The values that stand in it: only these are computed."""


@lru_cache(maxsize=256)
def _compiled(source: str, environment: Environment) -> _Compiled:
    template = environment.from_string(source)
    names = meta.find_undeclared_variables(environment.parse(source))
    return _Compiled(template, frozenset(names).intersection((*ALWAYS, *SOMETIMES)))


def _known(values: Values, names: frozenset[str]) -> Mapping[str, object]:
    asked = {name: getattr(values, name) for name in sorted(names)}
    return {name: value for name, value in asked.items() if value is not None}
