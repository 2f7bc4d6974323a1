"""What can be chosen in a form: from the runbook that the incident follows, as it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from slack_sdk.models.blocks import Option, PlainTextObject

from activities.plain_text import one_line
from chat.words import plain
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title

LONGEST_OPTION: Final = 75
"""Characters of an option and of its description: https://docs.slack.dev/reference/block-kit/composition-objects"""
LONGEST_OPTION_VALUE: Final = 150
MOST_OPTIONS: Final = 100
DURATIONS: Final = {
    "15m": "15 minutes", "30m": "30 minutes", "1h": "1 hour", "2h": "2 hours", "4h": "4 hours", "12h": "12 hours",
    "1d": "a day", "3d": "3 days", "1w": "a week",
}  # fmt: skip
PHASES: Final = {"investigating": "investigating", "identified": "identified", "monitoring": "monitoring"}


CHOSEN: Final = frozenset({"severity", "role", "person", "owner", "to", "flag", "duration", "phase"})
"""The fields of which a form says what was chosen before it."""


@dataclass(frozen=True)
class Choice:
    text: str
    about: str = ""


Choices = Mapping[str, Choice]
"""What is sent, and how it is shown."""


@dataclass(frozen=True)
class FormChoices:
    """What a form is filled with; empty: nobody could say, and people type."""

    severities: Choices = field(default_factory=dict)
    roles: Choices = field(default_factory=dict)
    people: Choices = field(default_factory=dict)
    flags: Choices = field(default_factory=dict)
    tiers: Choices = field(default_factory=dict)
    services: Choices = field(default_factory=dict)


def known_of(book: Runbook, incident: Incident | None = None) -> FormChoices:
    severity = book.severity(incident.severity) if incident else None
    return FormChoices(
        severities={name: Choice(severity_title(name), each.definition) for name, each in book.severities.items()},
        roles={name: Choice(role.name, role.duties) for name, role in book.roles.items()},
        people={name: Choice(person.name) for name, person in book.people.items()},
        flags={name: Choice(name.replace("-", " ")) for name in book.flags},
        tiers={str(n): Choice(f"tier {n}") for n, _ in enumerate(severity.escalation, start=1)} if severity else {},
    )


def definitions(book: Runbook) -> str:
    """What each severity means, in Slack's markup."""
    each = book.severities.items()
    return "\n".join(f"*{severity_title(name)}* {plain(severity.definition)}" for name, severity in each)


def choices_for(name: str, known: FormChoices) -> Choices:
    """Of a verb's field; empty: it is typed."""
    match name:
        case "severity":
            return known.severities
        case "role":
            return known.roles
        case "person" | "owner":
            return known.people
        case "to":
            return {**known.tiers, **known.people}
        case "flag":
            return known.flags
        case "duration":
            return {value: Choice(text) for value, text in DURATIONS.items()}
        case "phase":
            return {value: Choice(text) for value, text in PHASES.items()}
    return {}


def text_of(name: str, value: str, known: FormChoices) -> str:
    """How people read what was chosen."""
    choice = choices_for(name, known).get(value)
    return choice.text if choice else value


def options(choices: Choices) -> list[Option]:
    return list(_options(choices))[:MOST_OPTIONS]


def _options(choices: Choices) -> Iterator[Option]:
    for value, choice in choices.items():
        text = one_line(choice.text, LONGEST_OPTION)
        if text and len(value) <= LONGEST_OPTION_VALUE:  # what does not fit is said with the command
            about = one_line(choice.about, LONGEST_OPTION)
            yield Option(
                value=value,
                text=PlainTextObject(text=text),
                description=PlainTextObject(text=about) if about else None,
            )
