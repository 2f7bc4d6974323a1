"""What people type after the command, read as forgivingly as it can be without guessing."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from chat.finding import named
from workflows.policy.effects.offers import Pressed

START, LIST, SHOW, REVIEW_COMMAND, HELP = "start", "list", "show", "review", "help"


@dataclass(frozen=True)
class CommandForm:
    """`fields`: what each word says, the last one all that remain. `asks`: without them a form is opened."""

    verb: str
    about: str
    fields: tuple[str, ...] = ()
    asks: bool = False
    always_asks: bool = False
    """It is shown what it changes before it is done."""
    switches: tuple[str, ...] = ()
    """What is said by its name alone, before all other words: `--started`."""
    others: tuple[str, ...] = ()
    """Other words for it."""


COMMANDS: Final[Mapping[str, CommandForm]] = {
    START: CommandForm("declare", "declare an incident", others=("declare", "open", "new", "create")),
    LIST: CommandForm(LIST, "the open incidents", others=("ls", "status")),
    SHOW: CommandForm(SHOW, "how it stands, and what comes next", others=("info", "state", "plan")),
    "ack": CommandForm("ack", "you are on it", others=("acknowledge", "acked", "acknowledged")),
    "severity": CommandForm(
        "severity", "change how grave it is", ("severity", "reason"), always_asks=True, others=("sev", "priority")
    ),
    "role": CommandForm("assign", "take a role, or give it to somebody", ("role", "person"), others=("assign", "take")),
    "update": CommandForm("update", "post a progress update", ("text",), asks=True, others=("post",)),
    "mitigate": CommandForm(
        "mitigate", "a fix is in place, or with `--started` work on it has begun", ("text",), switches=("started",),
        others=("mitigated", "fixed"),
    ),
    "flag": CommandForm("flag", "say what it is: private, for customers", ("flag",), always_asks=True),
    "resolve": CommandForm(
        "resolve", "it is over", ("text",), always_asks=True, others=("resolved", "close", "end")
    ),
    "handoff": CommandForm(
        "handoff", "hand the command over", ("to", "text"), asks=True, others=("handover", "hand-off", "hand-over")
    ),
    "note": CommandForm("note", "a line on the timeline", ("text",), asks=True, others=("log", "timeline")),
    "cancel": CommandForm("cancel", "opened in error", ("reason",), always_asks=True, others=("abort",)),
    "escalate": CommandForm(
        "escalate", "page a person or a tier now", ("to", "reason"), asks=True, others=("page", "call")
    ),
    "snooze": CommandForm("snooze", "reminders wait", ("duration", "reason"), asks=True),
    REVIEW_COMMAND: CommandForm(REVIEW_COMMAND, "what its review owes", others=("postmortem", "retro")),
    HELP: CommandForm(HELP, "this text", others=("?", "usage")),
}  # fmt: skip
_COMMAND_WORDS: Final = {word: name for name, form in COMMANDS.items() for word in (name, *form.others)}
_ESCAPED_USER: Final = re.compile(r"<@(?P<user>[UW][A-Z0-9]+)(?:\|[^>]*)?>")
_WRITTEN_SEVERITY: Final = re.compile(r"(?:sev|p|s)?[\s-]?([1-4])", re.IGNORECASE)
ME: Final = frozenset({"me", "myself", "i"})


class Unclear(Exception):
    """The message is for whoever typed."""


@dataclass(frozen=True)
class Typed:
    name: str
    form: CommandForm
    incident: str = ""
    said: dict[str, str] = field(default_factory=dict)
    rest: str = ""
    """All that follows the command's name and the incident."""

    @property
    def asks(self) -> bool:
        missing = any(name not in self.said for name in self.form.fields[:1])
        return self.form.always_asks or (self.form.asks and missing)

    @property
    def pressed(self) -> Pressed:
        """As a button would say it."""
        return Pressed(incident=self.incident, verb=self.form.verb, said=self.said, asks=self.asks)


def read(text: str, users: Mapping[str, str]) -> Typed:
    """`users`: a member id of Slack's to the person of the runbook. Raises Unclear."""
    word, rest = _first(_with_names(text, users))
    name = _COMMAND_WORDS.get(word.casefold().lstrip("/")) if word else HELP
    if name is None:
        near = difflib.get_close_matches(word.casefold(), _COMMAND_WORDS, n=1)
        raise Unclear(
            f"There is no `{word[:40]}`." + (f" Did you mean `{_COMMAND_WORDS[near[0]]}`?" if near else " Try `help`.")
        )
    form, incident = COMMANDS[name], ""
    maybe, after = _first(rest)
    if maybe and named(maybe):
        incident, rest = maybe.lower() if maybe[0].isdigit() else maybe, after
    return Typed(name, form, incident, _said(form, rest), rest)


def _said(form: CommandForm, rest: str) -> dict[str, str]:
    said: dict[str, str] = {}
    while (switch := _first(rest)[0].removeprefix("--")) in form.switches and rest.startswith("--"):
        said[switch], rest = "true", _first(rest)[1]
    for number, name in enumerate(form.fields, start=1):
        word, rest = (rest, "") if number == len(form.fields) else _first(rest)
        if word:
            said[name] = severity(word) if name == "severity" else word
    if said.get("person", "").casefold() in ME:
        del said["person"]  # whoever types it
    return said


def severity(word: str) -> str:
    """`SEV-1`, `p1` and `1` are sev1. Raises Unclear."""
    found = _WRITTEN_SEVERITY.fullmatch(word.strip())
    if found is None:
        raise Unclear(f"`{word[:40]}` is no severity: write sev1 to sev4.")
    return f"sev{found[1]}"


def _with_names(text: str, users: Mapping[str, str]) -> str:
    """Slack escapes members: `<@U0123|ada>`."""
    return _ESCAPED_USER.sub(lambda found: users.get(found["user"], found["user"]), text)


def _first(text: str) -> tuple[str, str]:
    word, _, rest = text.strip().partition(" ")
    return word, rest.strip()
