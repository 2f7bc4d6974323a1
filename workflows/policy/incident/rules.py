"""Questions to the runbook and the facts of an incident together: does something count, and until when?"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook, Severity


def rules(book: Runbook, incident: Incident) -> Severity:
    """What the runbook demands of this incident's severity."""
    return book.severity(incident.severity)


def verified_at(book: Runbook, incident: Incident) -> datetime | None:
    """When a resolved incident has been watched long enough to close."""
    return incident.resolved_at + rules(book, incident).verify_for if incident.resolved_at else None


def end_held_until(book: Runbook, incident: Incident) -> datetime | None:
    """When what has ended counts as over, if nothing fires until then. None: nothing is held. Nobody is rung meanwhile
    by the ladder, which goes on where it was if something fires."""
    if incident.end_held_since is None or not book.intake.resolve_with_alerts:
        return None
    return incident.end_held_since + book.intake.flap_hold


def acknowledgement_expires_at(book: Runbook, incident: Incident) -> datetime | None:
    """When the present acknowledgement stops to count for want of a sign of life, or of an answer by those to whom it
    was handed on; None: it does not."""
    if incident.acknowledged_at is None:
        return None
    ends = [passed_on_until(book, incident), _silent_until(book, incident)]
    return min((at for at in ends if at is not None), default=None)


def _silent_until(book: Runbook, incident: Incident) -> datetime | None:
    allowed = rules(book, incident).acknowledge.expires_after
    return incident.alive_at + allowed if incident.alive_at and allowed else None


def passed_on_until(book: Runbook, incident: Incident) -> datetime | None:
    """Whoever gets it at the pager has as long to answer as everybody who is called."""
    if incident.passed_on is None:
        return None
    within, pause = rules(book, incident).acknowledge.within, rules(book, incident).repeat_after
    return incident.passed_on.at + (within if isinstance(within, timedelta) else pause)


def is_acknowledged(book: Runbook, incident: Incident, now: datetime) -> bool:
    expires_at = acknowledgement_expires_at(book, incident)
    return incident.acknowledged_at is not None and (expires_at is None or now < expires_at)


def who_owes(book: Runbook, incident: Incident, role: str | None) -> tuple[str, ...]:
    """Whom to ask about a role's duty: its holder, or whoever it falls to."""
    if role is None:
        return ()
    if role in incident.roles:
        return (incident.roles[role],)
    fallback = book.roles[role].falls_to if role in book.roles else None
    return (fallback,) if fallback else ()


def with_holders(book: Runbook, incident: Incident, people: Iterable[str]) -> tuple[str, ...]:
    """Each once, and after a post whoever holds it, as far as that is known."""
    held = {post: known.who for post, known in incident.on_call.items() if known.who in book.people}
    return tuple(dict.fromkeys(each for person in people for each in (person, held.get(person)) if each))
