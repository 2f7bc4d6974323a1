"""When a condition of a runbook matches an incident."""

from collections.abc import Callable
from datetime import UTC, datetime

from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.runbook.people import Condition, Contact
from workflows.policy.time.calendar import is_business

EVER = datetime.min.replace(tzinfo=UTC)


def matches(condition: Condition, incident: Incident) -> bool:
    return (
        (not condition.flags or incident.flags.issuperset(condition.flags))
        and (not condition.without or incident.flags.isdisjoint(condition.without))
        and (not condition.labels or condition.labels.items() <= incident.labels.items())
        and (condition.public is None or condition.public == was_public(incident))
    )


def was_public(incident: Incident) -> bool:
    """Did anything go out to people outside: on the status page, or in a mail that had to be approved?"""
    return incident.public.begun or any(duty_key(DutyKind.DUTY, mail) in incident.settled for mail in incident.drafts)


def matches_at(book: Runbook, condition: Condition, incident: Incident, at: datetime) -> bool:
    """As `matches`, for something that falls due at `at`: it may depend on the hour."""
    if condition.off_hours is not None and condition.off_hours == is_business(book.calendar, at):
        return False
    return matches(condition, incident)


def matches_since(condition: Condition, incident: Incident) -> datetime:
    """From when on its flags are all set: what depends on them cannot be late before that."""
    if not condition.flags:
        return EVER
    return max((incident.flagged_at[f] for f in condition.flags if f in incident.flagged_at), default=EVER)


def flagged_at(condition: Condition, incident: Incident) -> datetime | None:
    """When the last of its flags was set; None: some are not, or it names none."""
    if not condition.flags or not incident.flags.issuperset(condition.flags):
        return None
    return matches_since(condition, incident)


def owed_since(book: Runbook, incident: Incident, owed_before: Callable[[Severity], bool]) -> datetime:
    """Since when the present severity asks for something that the one before did not ask for so: it cannot have been
    late before that. Its times count as they always did."""
    before = incident.severity_before
    if before is None or incident.severity_at is None or owed_before(book.severity(before)):
        return EVER
    return incident.severity_at


def contacts_for(book: Runbook, incident: Incident) -> tuple[Contact, ...]:
    """Whom to reach for an incident like this one."""
    return tuple(contact for contact in book.contacts if matches(contact.when, incident))


def is_emergency(book: Runbook, incident: Incident) -> bool:
    return book.emergency is not None and matches(book.emergency, incident)
