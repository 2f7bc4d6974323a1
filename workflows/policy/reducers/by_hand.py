"""What people do to an incident while it lasts: call others, give roles, report, approve, wait."""

from datetime import datetime

from workflows.policy.escalation.paging import called, next_call, tier_meant, why_nobody
from workflows.policy.incident.announce import announce, because, log, said_by
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import (
    DraftApproved,
    Escalated,
    FlagChanged,
    HandedOff,
    Mitigated,
    Noted,
    RoleAssigned,
    RunbookAdopted,
    SeverityChanged,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.incident.pager_alerts import ManualPage
from workflows.policy.incident.private import is_private
from workflows.policy.incident.public import STATUS_PAGE, ApprovedWords, Correction
from workflows.policy.incident.public_events import PublicCorrected
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import COMMANDER_ROLE, as_people_read, is_same
from workflows.policy.reducers.adopting import why_not
from workflows.policy.reducers.going_private import go_private
from workflows.policy.reducers.raising import change_severity, confirm_severity
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.durations import write
from workflows.policy.wire.bounded import fit


def severity_changed(book: Runbook, incident: Incident, event: SeverityChanged) -> Incident:
    if event.severity == incident.severity:
        return confirm_severity(book, incident, event)
    return change_severity(book, incident, event)


def noted(book: Runbook, incident: Incident, event: Noted) -> Incident:
    return log(incident, event.at, f"{event.actor}: {event.text}", kind="note")


def escalated(book: Runbook, incident: Incident, event: Escalated) -> Incident:
    people = called(book, incident, event.to)
    if not people:
        why = ", who is neither a tier nor a person of this runbook"
        if tier_meant(book, incident, event.to):
            why = f": {why_nobody(book, incident, event.to)}"
        return announce(incident, event.at, f"{event.actor} called {event.to!r}{why}", by=event.actor, loud=True)
    call = ManualPage(
        number=next_call(incident),
        people=people,
        at=event.at,
        by=event.by,
        reason=fit(event.reason, IncidentBounds.call_reason),
    )
    refused = {person: routes for person, routes in incident.refused_routes.items() if person not in people}
    after = incident.model_copy(
        update={"calls": (*incident.calls, call)[-IncidentBounds.calls :], "refused_routes": refused}
    )
    whom = ", ".join(book.person_name(person) for person in people)
    return log(after, event.at, f"{event.actor} called {whom}{because(event.reason)}")


def flag_changed(book: Runbook, incident: Incident, event: FlagChanged) -> Incident:
    flags = incident.flags | {event.flag} if event.on else incident.flags - {event.flag}
    if len(flags) > IncidentBounds.names:
        return log(incident, event.at, f"too many flags: {event.flag} was not set", loud=True)
    text = f"{event.actor} {'set' if event.on else 'cleared'} the flag {event.flag}"
    since = {f: at for f, at in incident.flagged_at.items() if f in flags}
    since |= {f: event.at for f in flags if f not in since}
    flagged = incident.model_copy(update={"flags": flags, "flagged_at": since})
    if not is_private(flagged) or incident.private or incident.closed_at is not None:
        return log(flagged, event.at, text)
    return announce(go_private(flagged), event.at, f"{text}: it goes on in a private channel from here on", loud=True)


def held_by(book: Runbook, incident: Incident, event: RoleAssigned) -> str:
    """Who else has the role that somebody wants only if it is free."""
    holder = incident.roles.get(event.role, "") if event.if_free else ""
    return "" if holder == event.person or is_same(book, holder, event.person) else holder


def role_assigned(book: Runbook, incident: Incident, event: RoleAssigned) -> Incident:
    if holder := held_by(book, incident, event):
        text = f"{event.actor} wanted to be {book.role_name(event.role)}, which {book.person_name(holder)} is already"
        return log(incident, event.at, text)
    after = _given(book, incident, event.role, event.person, event.at)
    if len(after.roles) > IncidentBounds.names:
        return log(incident, event.at, f"too many roles: {event.role} was not given", loud=True)
    text = f"{book.person_name(event.person)} is {book.role_name(event.role)}{_instead_of(book, incident, event)}"
    return log(after, event.at, said_by(event.actor, text))


def _instead_of(book: Runbook, incident: Incident, event: RoleAssigned) -> str:
    """Of two who give a role in the same second the later one counts: both read who had it before."""
    before = incident.roles.get(event.role, "")
    return f", instead of {book.person_name(before)}" if before and not is_same(book, before, event.person) else ""


def _given(book: Runbook, incident: Incident, role: str, person: str, at: datetime) -> Incident:
    since = incident.roles_at
    if role in book.roles and incident.roles.get(role) != person:
        since = {**since, role: at}
    return incident.model_copy(update={"roles": {**incident.roles, role: person}, "roles_at": since})


def handed_off(book: Runbook, incident: Incident, event: HandedOff) -> Incident:
    before = as_people_read(book, incident.roles.get(COMMANDER_ROLE, event.by))
    after = _given(book, incident, COMMANDER_ROLE, event.to, event.at)
    text = f"{before} handed over to {book.person_name(event.to)}, who is now {book.role_name(COMMANDER_ROLE)}"
    if event.text:
        text += f": {event.text}"
    return announce(after, event.at, text, template="hand_off", by=event.actor, mention=(event.to,))


def update_posted(book: Runbook, incident: Incident, event: UpdatePosted) -> Incident:
    changes: dict[str, object] = {"updated_at": max(event.at, incident.updated_at or event.at)}
    if event.phase and not incident.resolved and event.phase != incident.phase:
        changes |= {"phase": event.phase, "phase_at": event.at}
        if event.phase == "identified":
            changes["identified_at"] = event.at
    if event.public:
        words = ApprovedWords(at=event.at, by=event.by, text=event.text)
        changes["public"] = incident.public.model_copy(update={"words": words})
    after = incident.model_copy(update=changes)
    return announce(after, event.at, event.text, kind="update", template="said", queue="updates", by=event.actor)


def draft_approved(book: Runbook, incident: Incident, event: DraftApproved) -> Incident:
    name = draft_meant(incident, event)
    if name is None:
        return log(incident, event.at, f"{event.actor} approved, but no draft was waiting")
    approval = ApprovedWords(at=event.at, by=event.by, text=event.text)
    if name != STATUS_PAGE:
        drafts = {**incident.drafts, name: incident.drafts[name].model_copy(update={"approval": approval})}
        after = incident.model_copy(update={"drafts": drafts})
        return log(after, event.at, f"{event.actor} approved: {name.replace('-', ' ')}")
    after = incident.model_copy(update={"public": incident.public.model_copy(update={"approval": approval})})
    return log(after, event.at, f"{event.actor} approved the status page update ({incident.public.drafted})")


def public_corrected(book: Runbook, incident: Incident, event: PublicCorrected) -> Incident:
    """Of the words that stand there now; should others go out meanwhile, these are meant all the same."""
    public = incident.public
    if not public.said_key or public.status is None:
        return log(incident, event.at, f"{event.actor} corrected the status page, where nothing is known to stand")
    correction = Correction(
        at=event.at,
        by=event.by,
        text=event.text,
        key=public.said_key,
        status=public.status,
        before=fit(public.says, IncidentBounds.text),
    )
    after = incident.model_copy(update={"public": public.model_copy(update={"correction": correction})})
    text = f"{event.actor} corrects what the status page says ({public.status}): {event.text}"
    return announce(after, event.at, text, kind="update", by=event.actor)


def draft_meant(incident: Incident, event: DraftApproved) -> str | None:
    """The draft that an approval means; None if nothing like it waits. After the end the status page says that it is
    over or nothing: an earlier draft of it waits no more."""
    waiting = waiting_drafts(incident)
    if event.draft:
        return event.draft if event.draft in waiting else None
    return next(iter(waiting), None)


def waiting_drafts(incident: Incident) -> tuple[str, ...]:
    """The one that an approval without a name means first: the status page's, then the one that waits longest."""
    waiting = [name for name, draft in incident.drafts.items() if draft.approval is None]
    waiting.sort(key=lambda name: incident.drafts[name].at)
    drafted = incident.public.drafted
    return (STATUS_PAGE, *waiting) if drafted == "resolved" or (drafted and not incident.resolved) else tuple(waiting)


def mitigated(book: Runbook, incident: Incident, event: Mitigated) -> Incident:
    if incident.resolved:
        return log(incident, event.at, f"{event.actor} reported a fix, after the incident was resolved")
    if event.started:
        started = {"mitigation_started_at": incident.mitigation_started_at or event.at}
        text = f"{event.actor} works on the fix{_in_words(event.text)}"
        return announce(incident.model_copy(update=started), event.at, text, by=event.actor)
    updated_at = max(event.at, incident.updated_at or event.at)  # a fix is news, as good as an update
    changes = {"phase": "monitoring", "phase_at": event.at, "mitigated_at": event.at, "updated_at": updated_at}
    text = f"{event.actor}: the fix is in place{_in_words(event.text)}"
    return announce(incident.model_copy(update=changes), event.at, text, kind="update", queue="updates", by=event.actor)


def _in_words(text: str) -> str:
    return f": {text}" if text else ""


def snoozed(book: Runbook, incident: Incident, event: Snoozed) -> Incident:
    after = incident.model_copy(update={"snoozed_until": event.at + event.duration})
    text = f"{event.actor} snoozed reminders for {write(event.duration)}{because(event.reason)}"
    return announce(after, event.at, text, by=event.actor)


def runbook_adopted(book: Runbook, incident: Incident, event: RunbookAdopted) -> Incident:
    no = why_not(incident, event.runbook)
    if no:
        return log(incident, event.at, f"{event.actor} adopted a runbook, which changes nothing: {no}", loud=True)
    version = f", version {event.runbook.version}" if event.runbook.version else ""
    text = f"{event.actor} adopted the runbook {event.runbook.runbook} as it is now{version}"
    after = incident.model_copy(update={"adoptions": incident.adoptions + 1})
    return announce(after, event.at, text, by=event.actor)
