"""What a runbook names must be there: people, roles, flags, audiences; and no duty twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the runbook checks itself with this
    from workflows.policy.runbook.model import Runbook, Severity
    from workflows.policy.runbook.people import Condition
    from workflows.policy.runbook.terms import Duty


def broken(book: Runbook) -> Iterator[str]:
    """A sentence for each reference that leads nowhere, with its path."""
    yield from _unknown_people(book)
    for name, severity in book.severities.items():
        where = f"severities.{name}"
        yield from (f"{where}.{problem}" for problem in _unknown_roles(book, severity))
        yield from (f"{where}.{problem}" for problem in _unknown_flags(book, severity))
        yield from (f"{where}.{problem}" for problem in _unknown_audiences(book, severity))
        yield from (f"{where}.duties: {problem}" for problem in _twice(severity))
        yield from (f"{where}.duties.{problem}" for problem in _nothing_to_close(severity))
    yield from _elsewhere(book)
    yield from _of_obligations(book)


def _of_obligations(book: Runbook) -> Iterator[str]:
    ids = [each.id for each in book.obligations]
    yield from (f"obligations: there are two {twice!r}" for twice in sorted({i for i in ids if ids.count(i) > 1}))
    for each in book.obligations:
        where = f"obligations.{each.id}"
        for key, name in (("owner", each.owner), ("deputy", each.deputy)):
            if name is not None and name not in book.roles and name not in book.people:
                yield f"{where}.{key}: {name!r} is neither among `roles` nor among `people`"
        yield from _flags_of(book, f"{where}.when", each.when)
        for severity in each.severities:
            if severity not in book.severities:
                yield f"{where}.severities: {severity} is not among `severities`"


def _unknown_people(book: Runbook) -> Iterator[str]:
    for name, severity in book.severities.items():
        for number, tier in enumerate(severity.escalation, start=1):
            for person in tier.page:
                if person not in book.people:
                    yield f"severities.{name}.escalation: tier {number} pages {person!r}, who is not among `people`"
    for person_name, somebody in book.people.items():
        if somebody.manager and somebody.manager not in book.people:
            yield f"people.{person_name}.manager: {somebody.manager!r} is not among `people`"
        yield from _unknown_in_rota(book, person_name)
    for role_name, role in book.roles.items():
        if role.falls_to and role.falls_to not in book.people:
            yield f"roles.{role_name}: falls to {role.falls_to!r}, who is not among `people`"


def _unknown_in_rota(book: Runbook, post: str) -> Iterator[str]:
    """Whoever takes turns is somebody: another post would have to be looked up in its turn."""
    rota = book.people[post].on_call
    for person in rota.people if rota else ():
        where = f"people.{post}.on_call: {person!r} takes a turn, who is"
        if person not in book.people:
            yield f"{where} not among `people`"
        elif book.people[person].on_call:
            yield f"{where} a post: name people"


def _unknown_roles(book: Runbook, severity: Severity) -> Iterator[str]:
    for where, role in _roles_of(severity):
        if role not in book.roles:
            yield f"{where}: {role!r} is not among `roles`"


def _roles_of(severity: Severity) -> Iterator[tuple[str, str]]:
    yield from (("roles", role) for role in severity.roles)
    for number, tier in enumerate(severity.escalation):
        yield from ((f"escalation.{number}.roles", role) for role in tier.roles)
        yield from ((f"escalation.{number}.managers_of", role) for role in tier.managers_of)
    if severity.updates:
        yield "updates.owner", severity.updates.owner
    if severity.status_page:
        yield "status_page.owner", severity.status_page.owner
    yield from ((f"duties.{duty.id}.owner", duty.owner) for duty in duties_of(severity) if duty.owner)


def _unknown_flags(book: Runbook, severity: Severity) -> Iterator[str]:
    """A condition on a flag that nobody can set would never hold, and nobody would notice."""
    for where, condition in _conditions(severity):
        yield from _flags_of(book, where, condition)


def _flags_of(book: Runbook, where: str, condition: Condition) -> Iterator[str]:
    for flag in (*condition.flags, *condition.without):
        if flag not in book.flags:
            yield f"{where}: {flag!r} is not among `flags`"


def _conditions(severity: Severity) -> Iterator[tuple[str, Condition]]:
    yield from ((f"escalation.{number}.when", tier.when) for number, tier in enumerate(severity.escalation))
    if severity.status_page:
        yield "status_page.when", severity.status_page.when
    if severity.review:
        yield "review.when", severity.review.when
    yield from ((f"duties.{duty.id}.when", duty.when) for duty in duties_of(severity))


def _unknown_audiences(book: Runbook, severity: Severity) -> Iterator[str]:
    for duty in duties_of(severity):
        if duty.kind == "email" and duty.to and duty.to not in book.audiences and "@" not in duty.to:
            yield f"duties.{duty.id}.to: {duty.to!r} is neither an address nor among `audiences`"


def _twice(severity: Severity) -> Iterator[str]:
    """A duty is known by its id: of two with the same, one would be taken for done."""
    ids = [duty.id for duty in duties_of(severity)]
    for twice in sorted({duty for duty in ids if ids.count(duty) > 1}):
        yield f"there are two duties {twice!r}"


def _nothing_to_close(severity: Severity) -> Iterator[str]:
    tickets = {duty.id for duty in duties_of(severity) if duty.kind == "ticket" and not duty.closes}
    for duty in duties_of(severity):
        if duty.closes and (duty.kind != "ticket" or duty.closes not in tickets):
            yield f"{duty.id}.closes: there is no other ticket {duty.closes!r}"


def _elsewhere(book: Runbook) -> Iterator[str]:
    for number, contact in enumerate(book.contacts):
        yield from _flags_of(book, f"contacts.{number}.when", contact.when)
    if book.emergency:
        yield from _flags_of(book, "emergency", book.emergency)


def duties_of(severity: Severity) -> tuple[Duty, ...]:
    """Those of the incident and those of its review."""
    return severity.duties + (severity.review.duties if severity.review else ())


def channels_of(book: Runbook) -> frozenset[str]:
    """Every channel that it names (`#incidents`), and that has to exist before the first incident."""
    updates = (severity.updates.to for severity in book.severities.values() if severity.updates)
    duties = (duty.to for severity in book.severities.values() for duty in duties_of(severity))
    return frozenset(to for to in (book.home, *updates, *duties) if to and to.startswith("#"))


def user_groups_of(book: Runbook) -> set[str]:
    """Those that hold whoever is on call: by handle or id."""
    rotas = [somebody.on_call for somebody in book.people.values() if somebody.on_call]
    return {rota.user_group.removeprefix("@") for rota in rotas if rota.user_group}
