"""Forms: what a person may do, what it asks of them, and how what they wrote is read.

Only how it looks is said here. What a verb takes, and what is wrong with it, the event's own model says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from starter.desk.verbs import Verb
from workflows.policy.runbook.model import Runbook

FieldKind = Literal["line", "text", "choice", "tick", "moment", "hidden"]
MOST_CHOICES: Final = 200


@dataclass(frozen=True)
class AskedField:
    name: str
    label: str
    kind: FieldKind = "line"
    choices: tuple[tuple[str, str], ...] = ()
    """Value and what is read."""
    required: bool = False
    value: str = ""
    hint: str = ""

    def needed(self) -> "AskedField":
        return replace(self, required=True)


@dataclass(frozen=True)
class Act:
    group: str
    verb: str
    label: str
    """On the button."""
    fields: tuple[AskedField, ...] = ()
    about: str = ""
    shows_change: bool = False
    """What it changes is shown before it is done, always; of everything else it may be."""
    decides: bool = True
    """By what the page shows: it is refused if that has changed since. An acknowledgement, or somebody's words, never
    are."""
    is_main: bool = False
    """Always in sight: the others open by a press."""
    is_open: bool = False

    def written_again(self, form: Mapping[str, str]) -> "Act":
        """Whoever was refused finds what they wrote."""
        fields = tuple(
            each if each.kind == "hidden" else replace(each, value=form.get(each.name, "")) for each in self.fields
        )
        return replace(self, fields=fields, is_open=True)


REASON_ASKED: Final = AskedField("reason", "Why", hint="stands on the timeline")
WORDS_ASKED: Final = AskedField("text", "Words", "text")
SPAN_ASKED: Final = AskedField("duration", "For", required=True, value="30m", hint="such as 30m or 2h")

PeopleToChoose = tuple[tuple[str, str], ...]


def people_of(book: Runbook | None) -> PeopleToChoose:
    return tuple((name, person.name) for name, person in (book.people if book else {}).items())[:MOST_CHOICES]


def person_asked(name: str, people: PeopleToChoose) -> AskedField:
    return AskedField(name, "Who", "choice" if people else "line", people, required=True)


def said_in_form(form: Mapping[str, str], verb: Verb) -> dict[str, object]:
    """What somebody wrote, as the event's model reads it: what was left empty is left out."""
    return {name: _value(verb, name, form[name]) for name in verb.fields if form.get(name, "").strip()}


def _value(verb: Verb, name: str, written: str) -> object:
    """A form knows texts only."""
    return written == "true" if verb.event.model_fields[name].annotation is bool else written
