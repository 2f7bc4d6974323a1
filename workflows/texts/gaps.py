"""What a text leaves for a human to fill in: `[impact]` in a runbook's words, a value that is not known yet, a failure.

Each gap is marked where it arises, with characters that no text holds, so that nothing that an alert or a person said
is taken for one. A mark never leaves: the gap is shown to whoever is to fill it, spoken around inside the house, and
counted before a text goes outside (`found`), where it keeps that text back.
"""

import re
from collections.abc import Iterable

from jinja2 import Undefined, nodes

NOT_KNOWN_YET = "not known yet"
_GAP_END = "\ufdd0"
BLANK, MISSING, FLAW = "\ufdd1", "\ufdd2", "\ufdd3"
"""A place that the template leaves open; a value that is not known; a text that failed."""

_PLACEHOLDER = re.compile(
    r"""\[(?![A-Z]+[-_ ]?\d+\])(?=[^\[\]\n]*[A-Za-z])[^\[\]\n]{2,}\](?!\()  # [impact]; not [SEV-1], [x], [a link](...)
      | \[(?:\.\.\.|…|\s*_+\s*)\]
      | <(?:[a-z]+(?:[ _-][a-z]+)+|fill|tbd|todo|name|impact|service)>
      | \{\{[^\n]{0,200}?\}\} | \{%[^\n]{0,200}?%\} | \$\{\w+\}
      | \b(?:TBD|TBC|TODO|FIXME|XXX|HH:MM|YYYY-MM-DD)\b
      | _{3,} | \?{3,}""",
    re.VERBOSE,
)
_MISSING_VALUE = re.compile(r"\[\w+\?\]")
"""As `Missing` shows it."""
_MARKED_GAP = re.compile(f"([{BLANK}{MISSING}{FLAW}])([^{_GAP_END}]*){_GAP_END}")
_TAG = re.compile(f"(?m)^{BLANK}([^{_GAP_END}]*){_GAP_END}(?=[ \t]*[^\\s])")
"""`[Acme] Checkout fails`: what begins a line, and is followed by more, is no gap to people who know what it means."""


class Missing(Undefined):
    """A value that is not known is seen, not swallowed."""

    def __str__(self) -> str:
        return f"{MISSING}[{self._undefined_name}?]{_GAP_END}"


def marked(template: nodes.Template) -> nodes.Template:
    """The template, in which what it leaves open is marked: in its text, and in its defaults."""
    for data in template.find_all(nodes.TemplateData):
        data.data = _marks(data.data)
    for constant in template.find_all(nodes.Const):
        if isinstance(constant.value, str):
            constant.value = _marks(constant.value)
    return template


def _marks(text: str) -> str:
    return _PLACEHOLDER.sub(lambda gap: f"{BLANK}{gap.group()}{_GAP_END}", text)


def flaw(text: str) -> str:
    """Marks a text that says what went wrong in here."""
    return f"{FLAW}{text}{_GAP_END}"


def found(text: str, kinds: str = BLANK + MISSING + FLAW) -> tuple[str, ...]:
    """The gaps of these kinds, each once."""
    return tuple(dict.fromkeys(gap.group(2) for gap in _MARKED_GAP.finditer(text) if gap.group(1) in kinds))


def in_template(template: nodes.Template) -> tuple[str, ...]:
    """What its words leave open."""
    said = [data.data for data in template.find_all(nodes.TemplateData)]
    said += [each.value for each in template.find_all(nodes.Const) if isinstance(each.value, str)]
    return tuple(dict.fromkeys(gap for text in said for gap in left_in(text)))


def left_in(words: str) -> tuple[str, ...]:
    """All that looks like a gap."""
    return tuple(dict.fromkeys(gap.group() for gap in _PLACEHOLDER.finditer(words)))


def brought_along(words: str, texts: Iterable[str]) -> tuple[str, ...]:
    """What a human has left open. Brackets of their own (`[Update two]`) are words: those count that one of the texts
    left, or a value that was not known."""
    looks = left_in(words)
    if not any(gap.startswith("[") for gap in looks):
        return looks
    ours = {gap for text in texts for gap in left_in(text)}
    return tuple(gap for gap in looks if not gap.startswith("[") or gap in ours or _MISSING_VALUE.fullmatch(gap))


def shown(text: str) -> str:
    """For whoever is to fill them: the gaps as they stand."""
    return _MARKED_GAP.sub(r"\2", text)


def spoken(text: str) -> str:
    """For people of the house: no gap looks like a fact."""
    return _MARKED_GAP.sub(lambda gap: gap.group(2) if gap.group(1) == FLAW else NOT_KNOWN_YET, _TAG.sub(r"\1", text))


def without(text: str) -> str:
    """A text of the runbook's that is no template."""
    return _PLACEHOLDER.sub(NOT_KNOWN_YET, text)


def named(gaps: Iterable[str]) -> str:
    return ", ".join(gaps)
