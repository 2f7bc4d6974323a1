"""What a person may do to an incident now: which verbs of the desk make sense, as forms."""

from collections.abc import Iterator
from typing import get_args

from starter.board.forms import (
    REASON_ASKED,
    SPAN_ASKED,
    WORDS_ASKED,
    Act,
    AskedField,
    PeopleToChoose,
    people_of,
    person_asked,
)
from starter.board.incident_page import IncidentPage
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import PublicStatus, SeverityName, severity_title


def acts(page: IncidentPage) -> list[Act]:
    if page.is_over:
        return []
    return list(_after(page) if page.incident.resolved else _during(page))


def _during(page: IncidentPage) -> Iterator[Act]:
    people = people_of(page.book)
    if page.is_answered:
        yield Act("incidents", "ack", "Acknowledge as well", decides=False)
    else:
        about = "You are on it: nobody else rings."
        yield Act("incidents", "ack", "Acknowledge", about=about, decides=False, is_main=True)
    yield Act("incidents", "update", "Post an update", _update(), decides=False)
    yield Act("incidents", "severity", "Change the severity", _severity(page), shows_change=True)
    yield Act("incidents", "escalate", "Call somebody", _escalate(people), shows_change=True)
    yield Act("incidents", "assign", "Give a role", _assign(page.book, people))
    yield Act("incidents", "handoff", "Hand the command over", (person_asked("to", people), WORDS_ASKED))
    started = AskedField("started", "Only begun: the fix is not in place yet", "tick")
    yield Act("incidents", "mitigate", "The fix is in place", (WORDS_ASKED, started))
    yield Act("incidents", "resolve", "Resolve", _resolve(), shows_change=True)
    if page.book and page.book.flags:
        yield Act("incidents", "flag", "Set or take away a flag", _flag(page), shows_change=True)
    yield Act("incidents", "snooze", "Snooze reminders", (SPAN_ASKED, REASON_ASKED), decides=False)
    yield _note()
    yield Act("incidents", "cancel", "Opened in error, or twice", _cancel(), shows_change=True)
    yield _follow_up(people)


def _after(page: IncidentPage) -> Iterator[Act]:
    yield Act("incidents", "reopen", "Reopen: it is not over", (REASON_ASKED,), shows_change=True)
    yield _note()
    yield _follow_up(people_of(page.book))


def _note() -> Act:
    return Act("incidents", "note", "Write a note", (AskedField("text", "Note", "text").needed(),), decides=False)


def _follow_up(people: PeopleToChoose) -> Act:
    fields = (
        AskedField("text", "What is to be done", "text").needed(),
        AskedField("owner", "Whose it is", "choice", (("", "mine"), *people)),
        AskedField("due_on", "Due on", hint="2026-12-24; empty: as the runbook says"),
    )
    return Act("followups", "add", "Keep a follow-up", fields, decides=False)


def _update() -> tuple[AskedField, ...]:
    phases = tuple((phase, phase) for phase in get_args(PublicStatus) if phase != "resolved")
    return (
        AskedField("text", "What is known, what is being done, what comes next", "text").needed(),
        AskedField("phase", "Phase", "choice", (("", "as it is"), *phases)),
        AskedField("public", "Also on the status page, in these words", "tick"),
    )


def _severity(page: IncidentPage) -> tuple[AskedField, ...]:
    if page.book:
        known = [(name, f"{severity_title(name)}: {of.title}") for name, of in sorted(page.book.severities.items())]
    else:
        known = [(name, severity_title(name)) for name in get_args(SeverityName)]
    others = tuple(choice for choice in known if choice[0] != page.incident.severity)
    return (AskedField("severity", "To", "choice", others, True), REASON_ASKED)


def _escalate(people: PeopleToChoose) -> tuple[AskedField, ...]:
    if people:
        return (AskedField("to", "Whom", "choice", people, True), REASON_ASKED)
    return (AskedField("to", "Whom", required=True, hint="a person, or the number of a tier"), REASON_ASKED)


def _assign(book: Runbook | None, people: PeopleToChoose) -> tuple[AskedField, ...]:
    roles = tuple((name, role.name) for name, role in book.roles.items()) if book else ()
    role = AskedField("role", "Role", "choice" if roles else "line", roles, required=True)
    return (role, person_asked("person", people))


def _resolve() -> tuple[AskedField, ...]:
    text = AskedField("text", "What it was, and what was done", "text")
    return (text, AskedField("public", "People outside may read these words", "tick"))


def _flag(page: IncidentPage) -> tuple[AskedField, ...]:
    assert page.book
    flags = tuple((f, f"{f} (set)" if f in page.incident.flags else f) for f in page.book.flags)
    on = AskedField("on", "What becomes of it", "choice", (("true", "set it"), ("false", "take it away")), True)
    return (AskedField("flag", "Flag", "choice", flags, True), on)


def _cancel() -> tuple[AskedField, ...]:
    hint = "the other incident's id, if it was opened twice"
    return (REASON_ASKED, AskedField("duplicate_of", "Duplicate of", hint=hint))
