"""The messages: what is said, in which words.

Templates are Jinja2 in its sandbox, Tocsin's own or the runbook's. Everything that comes from alerts and people enters
as a value, never as a template. A value that is not known shows as `[name?]`; a template that fails shows as plain text
with the reason: at 3 a.m. an ugly message is better than none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from jinja2 import Template, TemplateError, Undefined, meta
from jinja2.sandbox import SandboxedEnvironment

from workflows.default_texts import TEXTS
from workflows.policy.bounded import cut
from workflows.policy.demand import Demand
from workflows.policy.effects import Document, Email, Page, Publish, Ticket
from workflows.policy.incident import Incident
from workflows.policy.runbook import Runbook
from workflows.text_values import ALWAYS, SOMETIMES, Values

LONGEST = 3000
"""Characters: what a Slack text block holds, and more than anybody reads on a phone."""


class _Visible(Undefined):
    """Missing values are seen, not swallowed."""

    def __str__(self) -> str:
        return f"[{self._undefined_name}?]"


ENVIRONMENT = SandboxedEnvironment(undefined=_Visible, trim_blocks=True, lstrip_blocks=True, autoescape=False)
ENVIRONMENT.globals.clear()  # no `range`: a template must not be able to loop for long


_FAILURES = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What a runbook's own template may run into."""


@dataclass(frozen=True)
class Words:
    subject: str
    text: str


def words(book: Runbook, incident: Incident, demand: Demand, now: datetime) -> Words:
    """Subject and text of an effect, ready for an adapter. Never raises."""
    values = Values(book, incident, demand, now, _render)
    subject = _subject(values)
    if isinstance(demand.effect, Publish | Email | Document | Ticket) and demand.effect.words:
        return Words(subject, demand.effect.words)
    return Words(subject, _render(values, getattr(demand.effect, "template", "told")))


def _subject(values: Values) -> str:
    if isinstance(values.demand.effect, Page):
        return f"{values.headline} ({values.reason})"
    if isinstance(values.demand.effect, Publish):
        return _render(values, "public_name")
    return values.title


def _render(values: Values, template: str) -> str:
    source = values.book.templates.get(template) or TEXTS.get(template)
    if source is None:
        return f"{values.headline} (the runbook has no text named {template!r})"
    try:
        compiled = _compiled(source)
        text = compiled.template.render(_known(values, compiled.asks_for))
    except _FAILURES as error:
        text = f"{values.headline}: {values.reason} (the text {template!r} failed: {error})"
    return cut(text.strip(), LONGEST)


@dataclass(frozen=True)
class _Compiled:
    template: Template
    asks_for: frozenset[str]
    """The values that stand in it: only these are computed."""


@lru_cache(maxsize=256)
def _compiled(source: str) -> _Compiled:
    template = ENVIRONMENT.from_string(source)
    names = meta.find_undeclared_variables(ENVIRONMENT.parse(source))
    return _Compiled(template, frozenset(names).intersection((*ALWAYS, *SOMETIMES)))


def _known(values: Values, names: frozenset[str]) -> Mapping[str, object]:
    asked = {name: getattr(values, name) for name in sorted(names)}
    return {name: value for name, value in asked.items() if value is not None}
