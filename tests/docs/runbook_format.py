"""The reference of the runbook's format, from its schema. `python -m tests.docs.runbook_format` writes it anew."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from starter.runbooks.schema import DURATION, schema
from tests.docs.tables import ROOT, between, table
from workflows.texts.bounds import LARGEST_RESULT, STEPS
from workflows.texts.context import ALWAYS, SOMETIMES
from workflows.texts.defaults import TEXTS
from workflows.texts.occasion import INSIDE

PAGE = ROOT / "docs" / "runbooks" / "README.md"
Schema = Mapping[str, Any]

SECTIONS = {
    "Runbook": "runbook",
    "Severity": "severity",
    "Tier": "tier",
    "Acknowledgement": "acknowledgement",
    "Cadence": "updates",
    "StatusPageTerms": "status page",
    "Duty": "duty",
    "ReviewTerms": "review",
    "Overdue": "overdue",
    "FollowUpTerms": "follow-ups",
    "Obligation": "obligation",
    "Stage": "stage",
    "RoleNag": "unfilled roles",
    "Condition": "condition",
    "Person": "person",
    "ReachStep": "way to a person",
    "OnCall": "on call",
    "RotaLayer": "layer",
    "PagerDutyOnCall": "on call at PagerDuty",
    "Role": "role",
    "Audience": "audience",
    "Contact": "contact",
    "Link": "link",
    "Calendar": "calendar",
    "Hours": "hours",
    "Intake": "intake",
}
"""What the parts are called, in the order in which one meets them."""


def reference() -> str:
    return "".join((*(_section(model, title) for model, title in SECTIONS.items()), _texts()))


def _section(model: str, title: str) -> str:
    definition = schema() if model == "Runbook" else schema()["$defs"][model]
    head = [("Key", "Value", "If left out", "Meaning"), ("---",) * 4]
    return f"### {title.capitalize()}\n\n{_prose(definition)}\n\n{table([*head, *_rows(definition)])}\n"


def _rows(definition: Schema) -> Iterator[tuple[str, str, str, str]]:
    required = definition.get("required", ())
    for key, value in definition["properties"].items():
        name = f"**`{key}`**" if key in required else f"`{key}`"
        yield name, _kind(value), _default(value), _prose(value)


def _prose(node: Schema) -> str:
    text = node.get("description", "")
    return "" if text == DURATION["description"] else text.replace("|", r"\|")


def _default(value: Schema) -> str:
    default = value.get("default")
    return "" if default in (None, "", []) else f"`{json.dumps(default).strip(chr(34))}`"


def _kind(value: Schema) -> str:
    if options := value.get("anyOf"):
        return " or ".join(dict.fromkeys(_kind(option) for option in options if option.get("type") != "null"))
    if reference := value.get("$ref"):
        return SECTIONS[reference.split("/")[-1]]
    if words := value.get("enum", [value["const"]] if "const" in value else ()):
        return ", ".join(f"`{word}`" for word in words)
    if value.get("pattern") == DURATION["pattern"]:
        return "duration"
    if value.get("type") == "array":
        return f"list of {_kind(value['items'])}"
    if value.get("type") == "object":
        return "mapping" if "properties" in value else f"name: {_kind(_values(value))}"
    return {"boolean": "`true` or `false`"}.get(value["type"], "text")


def _values(mapping: Schema) -> Schema:
    free = mapping.get("additionalProperties") or next(iter(mapping["patternProperties"].values()))
    assert isinstance(free, Mapping)
    return free


def _texts() -> str:
    own, always, sometimes = map(_spans, (TEXTS, ALWAYS, SOMETIMES))
    paragraphs = (
        f"Jinja2, in its sandbox. A text of one of these names replaces Tocsin's own: {own}. One of another name is "
        "for duties that name it.",
        f"Values that are always known: {always}.",
        f"Values that are known sometimes, of which a message says `not known yet` while they are not: {sometimes}.",
        "What people outside read must not have such a gap, nor one that a text leaves itself, such as `[impact]`, "
        "`TBD` or `<fill in>`. A text for the status page or for customers that has one is never sent, whoever let it "
        "out: it waits as a draft for somebody's words. One that nobody reads before it goes out knows no "
        f"{_spans(sorted(INSIDE))}; and of services those that `intake.services` names, or that a "
        "person declared. Give a value a `default`. In documents gaps stand as they are: people fill them in.",
        f"A text may do only so much: {STEPS:,} steps (a turn of a loop, a call, a value that is shown), and "
        f"{LARGEST_RESULT:,} characters in one piece. There is no `range`, no `include` and nothing random. A text "
        "that does more, or that fails, is replaced by Tocsin's own of that name or kind; the timeline says why, and "
        "`runbook lint` finds it.",
    )
    return "### Templates\n" + "".join(f"\n{textwrap.fill(text, 120)}\n" for text in paragraphs)


def _spans(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(between("format").sub(lambda _: reference(), text), encoding="utf-8")


if __name__ == "__main__":
    main()
