"""A verb's fields as inputs, and back: what is filled in, as the event's model reads it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pydantic import JsonValue
from slack_sdk.models.blocks import (
    CheckboxesElement,
    DatePickerElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)

from chat.forms.choices import FormChoices, choices_for, options
from starter.desk.verbs import Verb

MULTILINE: Final = frozenset({"text", "reason", "impact"})
LONGEST_INPUT: Final = 3_000
"""Characters: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element"""
INPUT_LABELS: Final = {
    "to": "Whom", "on": "Set it (an empty box takes it away)", "public": "People outside may read these words",
    "due_on": "Due on", "duplicate_of": "Duplicate of (id of the other incident)", "text": "In your words",
    "started": "Work on the fix has begun", "phase": "Phase", "owner": "Who does it",
}  # fmt: skip
INPUT_ACTION: Final = "said"
"""The action id of every input: its block says which field it is."""
SEVERAL: Final = "flags"
"""The one field of several boxes; elsewhere there is one, and it is ticked or not."""
MOST_BOXES: Final = 10
"""https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element"""
ALWAYS_NEEDED: Final = {
    ("followups", "waive"): "reason",
    ("reviews", "waive"): "reason",
    ("reviews", "snooze"): "reason",
    ("incidents", "note"): "text",
    ("incidents", "resolve"): "text",
}
"""What the event's model leaves open, and the incident or people who read it later want."""


def unsaid(verb: Verb, said: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that are asked for, what must be said first. What was said of a text is where somebody goes on."""
    required = _required(verb)
    asked = [name for name in verb.fields if name not in said or name in MULTILINE]
    return tuple(sorted(asked, key=lambda each: each not in required))


def inputs(verb: Verb, fields: Iterable[str], filled: Mapping[str, str], known: FormChoices) -> Iterator[InputBlock]:
    required = _required(verb)
    for name in fields:
        if name in verb.fields:
            yield _input(verb, name, filled.get(name, ""), known, optional=name not in required)


def values(state: Mapping[str, Mapping[str, JsonValue]]) -> dict[str, object]:
    """By field; what was left empty is not said."""
    read = {name: _value(name, elements.get(INPUT_ACTION)) for name, elements in state.items()}
    return {name: value for name, value in read.items() if value not in (None, "")}


def text_input(name: str, label: str, *, optional: bool, initial: str = "", multiline: bool = False) -> InputBlock:
    element = PlainTextInputElement(
        action_id=INPUT_ACTION,
        multiline=multiline,
        max_length=LONGEST_INPUT,
        initial_value=initial[:LONGEST_INPUT] or None,
    )
    return InputBlock(block_id=name, label=PlainTextObject(text=label), element=element, optional=optional)


def select(name: str, label: str, given: list[Option], *, optional: bool, initial: str = "") -> InputBlock:
    chosen = next((each for each in given if each.value == initial), None)
    element = StaticSelectElement(action_id=INPUT_ACTION, options=given, initial_option=chosen)
    return InputBlock(block_id=name, label=PlainTextObject(text=label), element=element, optional=optional)


def label_of(name: str) -> str:
    return INPUT_LABELS.get(name, name.replace("_", " ").capitalize())


def _required(verb: Verb) -> frozenset[str]:
    needed = verb.schema["required"]
    named = needed if isinstance(needed, list) else []
    return frozenset([*(str(each) for each in named), ALWAYS_NEEDED.get((verb.group, verb.name), "")])


def _input(verb: Verb, name: str, initial: str, known: FormChoices, *, optional: bool) -> InputBlock:
    if given := options(choices_for(name, known)):
        return select(name, label_of(name), given, optional=optional, initial=initial)
    element = _switch(verb, name, initial) if name in _switches(verb) else _day(initial) if name == "due_on" else None
    if element is None:
        return text_input(name, label_of(name), optional=optional, initial=initial, multiline=name in MULTILINE)
    return InputBlock(block_id=name, label=PlainTextObject(text=label_of(name)), element=element, optional=True)


def _switch(verb: Verb, name: str, initial: str) -> CheckboxesElement:
    yes = Option(value="yes", text=PlainTextObject(text="Yes"))
    is_on = initial == "True" if initial else verb.event.model_fields[name].default is True
    return CheckboxesElement(action_id=INPUT_ACTION, options=[yes], initial_options=[yes] if is_on else None)


def _day(initial: str) -> DatePickerElement:
    return DatePickerElement(action_id=INPUT_ACTION, initial_date=initial or None)


def _switches(verb: Verb) -> frozenset[str]:
    return frozenset(name for name in verb.fields if verb.event.model_fields[name].annotation is bool)


def _value(name: str, element: JsonValue) -> object:
    """Whichever kind of element it was: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    if not isinstance(element, dict):
        return None
    match element.get("type"):
        case "static_select":
            chosen = element.get("selected_option")
            return chosen.get("value") if isinstance(chosen, dict) else None
        case "checkboxes":
            return _boxes(element) if name == SEVERAL else bool(element.get("selected_options"))
        case "datepicker":
            return element.get("selected_date")
    value = element.get("value")
    return value.strip() if isinstance(value, str) else None


def _boxes(element: Mapping[str, JsonValue]) -> list[str]:
    chosen = element.get("selected_options")
    return [str(each.get("value")) for each in chosen if isinstance(each, dict)] if isinstance(chosen, list) else []
