"""People and roles: who is missing where somebody is needed, who is named and never needed."""

import re
from collections.abc import Iterator

from starter.runbooks.lint.finding import Finding, RunbookPath, error, warning
from starter.runbooks.lint.places import duties, severities, timed_conditions, timeless_conditions
from workflows.policy.incident.state import PRIVATE_FLAGS
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.runbook.names import severity_title

UNDERSTOOD = PRIVATE_FLAGS
"""Flags that mean something even if no condition asks for them: these make an incident private."""


def findings(book: Runbook) -> Iterator[Finding]:
    yield from _cycles(book)
    for at, severity in severities(book):
        yield from _roles(book, at, severity)
        yield from _owners(book, at, severity)
    yield from _unused(book)


def _cycles(book: Runbook) -> Iterator[Finding]:
    reported: set[str] = set()
    for name in book.people:
        chain, above = [name], book.people[name].manager
        while above and above not in chain:
            chain.append(above)
            above = book.people[above].manager
        if above == name and not reported.intersection(chain):
            reported.update(chain)
            yield error(
                ("people", name, "manager"),
                f"managers in a circle: {' -> '.join([*chain, name])}",
                "An escalation to managers that comes back to where it began reaches nobody new.",
                "Let the one at the top have no `manager`",
            )


def _roles(book: Runbook, at: RunbookPath, severity: Severity) -> Iterator[Finding]:
    for number, role in enumerate(severity.roles):
        if book.roles[role].falls_to is None:
            yield warning(
                (*at, "roles", number),
                f"nobody is {role!r} until somebody takes it",
                "Nobody in particular is asked to, and what the role owes is owed by nobody.",
                f"Add `falls_to` to `roles.{role}`",
            )


def _owners(book: Runbook, at: RunbookPath, severity: Severity) -> Iterator[Finding]:
    """An owner whom nobody is asked to be."""
    for path, role in _owned(at, severity):
        if book.roles[role].falls_to is None and role not in severity.roles:
            yield warning(
                (*path, "owner"),
                f"no {severity_title(str(at[-1]))} asks for a {role!r}",
                "It is owed by a role that falls to nobody and that nobody is asked to take.",
                f"Add {role} to this severity's `roles`, or `falls_to` to `roles.{role}`",
            )


def _owned(at: RunbookPath, severity: Severity) -> Iterator[tuple[RunbookPath, str]]:
    if severity.updates:
        yield (*at, "updates"), severity.updates.owner
    if severity.status_page:
        yield (*at, "status_page"), severity.status_page.owner
    yield from ((path, duty.owner) for path, duty in duties(at, severity) if duty.owner)


def _unused(book: Runbook) -> Iterator[Finding]:
    mentioned = _prose(book)
    for kind, declared, used, why in (
        ("people", book.people, _people_used(book), "Nobody pages or asks them."),
        ("roles", book.roles, _roles_used(book), "No severity asks for it."),
        ("audiences", book.audiences, _audiences_used(book), "Nothing is sent to it."),
    ):
        for name in declared:
            if name not in used and name not in mentioned:
                yield warning((kind, name), "is never used", why, "Use it, or drop it")
    flags = _flags_used(book)
    for number, flag in enumerate(book.flags):
        if flag not in flags | UNDERSTOOD:
            why = "Setting it changes nothing."
            yield warning(("flags", number), f"{flag!r} is never used", why, "Use it in a `when`, or drop it")


def _prose(book: Runbook) -> frozenset[str]:
    """Whom and what people read of: `tocsin escalate architect` is a use of the architect, and so is their name."""
    items = [duty.text for at, severity in severities(book) for _, duty in duties(at, severity)]
    contacts = [f"{contact.name} {contact.reach}" for contact in book.contacts]
    text = "\n".join((*items, *book.templates.values(), *contacts))
    named = {key for key, person in book.people.items() if person.name and person.name in text}
    return frozenset({*re.findall(r"[a-z0-9-]+", text), *named})


def _people_used(book: Runbook) -> set[str]:
    paged = {person for _, severity in severities(book) for tier in severity.escalation for person in tier.page}
    standing_in = {role.falls_to for role in book.roles.values() if role.falls_to}
    return (
        paged
        | standing_in
        | _owed_to_others(book)
        | {person.manager for person in book.people.values() if person.manager}
        | _taking_turns(book)
    )


def _taking_turns(book: Runbook) -> set[str]:
    """Whom a calendar or PagerDuty names is anybody: this is how they are known here."""
    rotas = [person.on_call for person in book.people.values() if person.on_call]
    named = {person for rota in rotas for person in rota.people}
    is_asked = any(not rota.is_written_here for rota in rotas)
    return named | ({key for key, person in book.people.items() if person.on_call is None} if is_asked else set())


def _roles_used(book: Runbook) -> set[str]:
    asked = {role for _, severity in severities(book) for role in severity.roles}
    owning = {role for at, severity in severities(book) for _, role in _owned(at, severity)}
    tiers = [tier for _, severity in severities(book) for tier in severity.escalation]
    return (
        asked | owning | _owed_to_others(book) | {role for tier in tiers for role in (*tier.roles, *tier.managers_of)}
    )


def _audiences_used(book: Runbook) -> set[str]:
    mailed = {duty.to for at, severity in severities(book) for _, duty in duties(at, severity)}
    return mailed | {each.to for each in book.obligations}


def _owed_to_others(book: Runbook) -> set[str]:
    """Roles and people that a legal clock names."""
    return {name for each in book.obligations for name in (each.owner, each.deputy) if name}


def _flags_used(book: Runbook) -> set[str]:
    conditions = [condition for _, condition in (*timed_conditions(book), *timeless_conditions(book))]
    return {flag for condition in conditions for flag in (*condition.flags, *condition.without)}
