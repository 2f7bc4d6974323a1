"""What a person may do, as forms: which verbs of the desk make sense now, and what each asks.

Only how it looks is said here. What a verb takes, and what is wrong with it, the event's own model says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from starter.board.incident_page import IncidentPage
from starter.desk.verbs import Verb
from workflows.policy.incident.public import STATUS_PAGE
from workflows.policy.review.results import OwedNow
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import PublicStatus, SeverityName, severity_title
from workflows.policy.views.results import WaitingDraft

FieldKind = Literal["line", "text", "choice", "tick", "hidden"]
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


@dataclass(frozen=True)
class Act:
    group: str
    verb: str
    label: str
    """On the button."""
    fields: tuple[AskedField, ...] = ()
    about: str = ""
    shows_change: bool = False
    """What it changes is shown before it is done."""
    may_show_change: bool = False
    """It may be."""
    is_main: bool = False
    """Always in sight: the others open by a press."""


_REASON: Final = AskedField("reason", "Why", hint="stands on the timeline")
_WORDS_ASKED: Final = AskedField("text", "Words", "text")


def acts(page: IncidentPage) -> list[Act]:
    if page.is_over:
        return []
    return list(_after(page) if page.incident.resolved else _during(page))


def _during(page: IncidentPage) -> Iterator[Act]:
    incident, people = page.incident, _people(page.book)
    if incident.acknowledged_at is None or page.view.has_lapsed:
        yield Act(
            "incidents",
            "ack",
            "Acknowledge",
            may_show_change=True,
            is_main=True,
            about="You are on it: nobody else rings.",
        )
    else:
        yield Act("incidents", "ack", "Acknowledge as well", may_show_change=True)
    yield Act("incidents", "update", "Post an update", _update(), is_main=True)
    yield Act("incidents", "severity", "Change the severity", _severity(page), shows_change=True)
    yield Act("incidents", "escalate", "Call somebody", _escalate(people), shows_change=True)
    yield Act("incidents", "assign", "Give a role", _assign(page.book, people))
    yield Act("incidents", "handoff", "Hand the command over", (_person("to", people), _WORDS_ASKED))
    started = AskedField("started", "Only begun: the fix is not in place yet", "tick")
    yield Act("incidents", "mitigate", "The fix is in place", (_WORDS_ASKED, started))
    yield Act("incidents", "resolve", "Resolve", _resolve(), shows_change=True)
    if page.book and page.book.flags:
        yield Act("incidents", "flag", "Set or take away a flag", _flag(page), shows_change=True)
    yield Act("incidents", "snooze", "Snooze reminders", _snooze())
    yield _note()
    yield Act("incidents", "cancel", "Opened in error, or twice", _cancel(), shows_change=True)
    yield _follow_up(people)


def _after(page: IncidentPage) -> Iterator[Act]:
    yield Act("incidents", "reopen", "Reopen: it is not over", (_REASON,), is_main=True)
    yield _note()
    yield _follow_up(_people(page.book))


def approval(draft: WaitingDraft) -> Act:
    fields = (
        AskedField("draft", "", "hidden", value=draft.name or STATUS_PAGE),
        AskedField("text", "In other words", "text", required=bool(draft.to_fill_in), hint="empty: as it stands above"),
    )
    return Act("incidents", "approve", "Let it out", fields)


def follow_up_acts(number: int | str) -> tuple[Act, Act]:
    which = AskedField("follow_up", "", "hidden", value=str(number))
    return (
        Act("followups", "done", "Done", (which,)),
        Act("followups", "waive", "Will not be done", (which, _required(_REASON))),
    )


def obligation_acts(name: str) -> tuple[Act, Act]:
    which = AskedField("obligation", "", "hidden", value=name)
    return (
        Act(
            "obligations", "sent", "It was sent", (which, AskedField("reference", "Reference", hint="of the authority"))
        ),
        Act("obligations", "not-applicable", "Need not be sent", (which, _required(_REASON))),
    )


def start_review() -> Act:
    return Act("reviews", "start", "Yes, it deserves a review", (_REASON,), is_main=True)


def owed_acts(owed: OwedNow) -> tuple[Act, ...]:
    """Each kind of debt is paid in its own way."""
    match owed.kind:
        case "obligation":
            return obligation_acts(owed.name)
        case "follow-up":
            return follow_up_acts(owed.name.rpartition("-")[2])
        case "approval":
            return ()  # beside its draft
    return review_acts(owed.name)


def review_acts(name: str) -> tuple[Act, ...]:
    duty = AskedField("duty", "", "hidden", value=name)
    what = AskedField("what", "", "hidden", value=name)
    link = AskedField("link", "Where it can be read", hint="https://…")
    return (
        Act("reviews", "submit", "Done", (duty, link, _WORDS_ASKED)),
        Act("reviews", "snooze", "Remind me later", (what, *_snooze())),
        Act("reviews", "waive", "Need not be done", (duty, _required(_REASON))),
    )


def _note() -> Act:
    return Act("incidents", "note", "Write a note", (_required(AskedField("text", "Note", "text")),))


def _follow_up(people: tuple[tuple[str, str], ...]) -> Act:
    fields = (
        _required(AskedField("text", "What is to be done", "text")),
        AskedField("owner", "Whose it is", "choice", (("", "mine"), *people)),
        AskedField("due_on", "Due on", hint="2026-12-24; empty: as the runbook says"),
    )
    return Act("followups", "add", "Keep a follow-up", fields)


def _required(field: AskedField) -> AskedField:
    return AskedField(field.name, field.label, field.kind, field.choices, True, field.value, field.hint)


def _update() -> tuple[AskedField, ...]:
    phases = tuple((phase, phase) for phase in get_args(PublicStatus) if phase != "resolved")
    return (
        _required(AskedField("text", "What is known, what is being done, what comes next", "text")),
        AskedField("phase", "Phase", "choice", (("", "as it is"), *phases)),
        AskedField("public", "Also on the status page, in these words", "tick"),
    )


def _severity(page: IncidentPage) -> tuple[AskedField, ...]:
    if page.book:
        known = [(name, f"{severity_title(name)}: {of.title}") for name, of in sorted(page.book.severities.items())]
    else:
        known = [(name, severity_title(name)) for name in get_args(SeverityName)]
    others = tuple(choice for choice in known if choice[0] != page.incident.severity)
    return (AskedField("severity", "To", "choice", others, True), _REASON)


def _escalate(people: tuple[tuple[str, str], ...]) -> tuple[AskedField, ...]:
    if people:
        return (AskedField("to", "Whom", "choice", people, True), _REASON)
    return (AskedField("to", "Whom", required=True, hint="a person, or the number of a tier"), _REASON)


def _assign(book: Runbook | None, people: tuple[tuple[str, str], ...]) -> tuple[AskedField, ...]:
    if book and book.roles:
        roles = tuple((name, role.name) for name, role in book.roles.items())
        return (AskedField("role", "Role", "choice", roles, True), _person("person", people))
    return (AskedField("role", "Role", required=True), _person("person", people))


def _person(name: str, people: tuple[tuple[str, str], ...]) -> AskedField:
    if people:
        return AskedField(name, "Who", "choice", people, True)
    return AskedField(name, "Who", required=True)


def _resolve() -> tuple[AskedField, ...]:
    text = AskedField("text", "What it was, and what was done", "text")
    return (text, AskedField("public", "People outside may read these words", "tick"))


def _flag(page: IncidentPage) -> tuple[AskedField, ...]:
    assert page.book
    flags = tuple((f, f"{f} (set)" if f in page.incident.flags else f) for f in page.book.flags)
    on = AskedField("on", "", "choice", (("true", "set it"), ("false", "take it away")), True)
    return (AskedField("flag", "Flag", "choice", flags, True), on)


def _snooze() -> tuple[AskedField, ...]:
    return (AskedField("duration", "For", required=True, value="30m", hint="such as 30m or 2h"), _REASON)


def _cancel() -> tuple[AskedField, ...]:
    return (_REASON, AskedField("duplicate_of", "Duplicate of", hint="the other incident's id, if it was opened twice"))


def _people(book: Runbook | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, person.name) for name, person in (book.people if book else {}).items())[:MOST_CHOICES]


def said_in_form(form: Mapping[str, str], verb: Verb) -> dict[str, object]:
    """What somebody wrote, as the event's model reads it: what was left empty is left out."""
    return {name: _value(verb, name, form[name]) for name in verb.fields if form.get(name, "").strip()}


def _value(verb: Verb, name: str, written: str) -> object:
    """A form knows texts only."""
    return written == "true" if verb.event.model_fields[name].annotation is bool else written
