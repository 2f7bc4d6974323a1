"""Why a person's command is refused. Signals are never refused: they change what they still can (rule 12)."""

from workflows.policy.duties import obligation_endings, ticks
from workflows.policy.duties.follow_ups import meant, open_ones
from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.escalation.paging import called, why_nobody
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.checklist_events import Ticked
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    DraftApproved,
    Escalated,
    Event,
    FlagChanged,
    FollowUpAdded,
    FollowUpDone,
    FollowUpWaived,
    Mitigated,
    Reopened,
    Resolved,
    RoleAssigned,
    RunbookAdopted,
    SeverityChanged,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.incident.mark import changed_meanwhile
from workflows.policy.incident.obligation_events import ObligationNotApplicable, ObligationSent
from workflows.policy.incident.public_events import PublicCorrected
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.reducers.adopting import why_not
from workflows.policy.reducers.by_hand import draft_meant, held_by
from workflows.policy.runbook.model import Runbook

_WHILE_OPEN = (Acknowledged, Escalated, Mitigated, Resolved, SeverityChanged, Snoozed, Ticked)


def refusal(book: Runbook, incident: Incident, event: Event) -> str | None:
    """A sentence for the person who asked, or None: go ahead."""
    if incident.closed_at is not None:
        return f"{incident.id} is closed already"
    if no := changed_meanwhile(book, incident, event):
        return f"{incident.id}: {no}"
    if isinstance(event, Acknowledged) and rings_for_obligations(incident, event.ring):
        return None  # a legal clock outlives what it is about
    if incident.cancelled:
        return f"{incident.id} was cancelled"
    if incident.resolved and isinstance(event, _WHILE_OPEN):
        by = as_people_read(book, incident.resolved_by)
        return f"{incident.id} is already resolved, by {by}; to go on, reopen it"
    return particular(book, incident, event)


def particular(book: Runbook, incident: Incident, event: Event) -> str | None:
    """Why this event would change nothing, open or at the review: None if it would."""
    if isinstance(event, ObligationSent | ObligationNotApplicable):
        return obligation_endings.why_refused(book, incident, event)
    if isinstance(event, Ticked):
        return ticks.why_refused(book, incident, event)
    if isinstance(event, PublicCorrected) and not incident.public.said_key:
        return "nothing is known to stand on the status page that could be corrected"
    return _follow_up(incident, event) or _particular(book, incident, event)


def _follow_up(incident: Incident, event: Event) -> str | None:
    if isinstance(event, FollowUpWaived) and not event.reason.strip():
        return 'say why it need not be done: --reason "..."'
    if isinstance(event, FollowUpAdded) and len(incident.follow_ups) >= IncidentBounds.follow_ups:
        return f"{incident.id} has {IncidentBounds.follow_ups} follow-ups, and keeps no more"
    if not isinstance(event, FollowUpDone | FollowUpWaived):
        return None
    named = meant(incident, event.follow_up)
    if named is None:
        known = ", ".join(f"{each.number} ({each.text})" for each in open_ones(incident)) or "none"
        return f"there is no follow-up {event.follow_up!r}; open are: {known}"
    return f"follow-up {named.number} has ended already" if named.ending else None


def _particular(book: Runbook, incident: Incident, event: Event) -> str | None:
    match event:
        case Reopened() if not incident.resolved:
            return f"{incident.id} is not resolved"
        case Escalated() if not called(book, incident, event.to):
            return why_nobody(book, incident, event.to)
        case RoleAssigned():
            return _role(book, incident, event)
        case FlagChanged() if book.flags and event.on and event.flag not in book.flags:
            return f"{event.flag!r} is not a flag of the runbook {book.runbook}: {_choices(book.flags)}"
        case SeverityChanged() if event.severity not in book.severities:
            return f"the runbook {book.runbook} has no {event.severity}: {_choices(book.severities)}"
        case DraftApproved() if draft_meant(incident, event) is None:
            return f"no draft {event.draft + ' ' if event.draft else ''}is waiting for approval"
        case UpdatePosted() if incident.resolved and not event.public and event.phase:
            return f"{incident.id} is already resolved"
        case RunbookAdopted():
            return why_not(incident, event.runbook)
        case Cancelled():
            return _cancellation(book, incident, event)
    return None


def _role(book: Runbook, incident: Incident, event: RoleAssigned) -> str | None:
    if book.roles and event.role not in book.roles:
        return f"{event.role!r} is not a role of the runbook {book.runbook}: {_choices(book.roles)}"
    holder = held_by(book, incident, event)
    return f"{book.person_name(holder)} is {book.role_name(event.role)} already" if holder else None


def _cancellation(book: Runbook, incident: Incident, event: Cancelled) -> str | None:
    if incident.resolved:
        return f"{incident.id} is already resolved, by {as_people_read(book, incident.resolved_by)}"
    if event.duplicate_of and incident.id == event.duplicate_of:
        return f"{incident.id} is no duplicate of itself"
    if event.duplicate_of and not event.duplicate_workflow:
        return f"say it with the command line: tocsin cancel {incident.id} --duplicate-of {event.duplicate_of}"
    return None


def _choices(names: object) -> str:
    return "choose one of " + ", ".join(str(name) for name in names) if isinstance(names, dict | tuple) else ""
