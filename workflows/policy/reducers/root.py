"""incident = fold(apply, events): how each event changes the facts.

Rules of this file: an event whose id was heard before changes nothing; every event leaves a line on the timeline;
nothing raises, whatever arrives (what may be refused is refused before, by `refusals`); and nothing is decided here
about the future: that is `engine.plan`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from workflows.policy.duties import follow_ups
from workflows.policy.escalation.pager_sync import is_hushing
from workflows.policy.escalation.paging import called, next_call, tier_meant, why_nobody
from workflows.policy.incident.announce import log, tell
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.episodes import names
from workflows.policy.incident.events import (
    Acknowledged,
    AlertsReceived,
    Cancelled,
    Closed,
    ClosingBegan,
    DraftApproved,
    E,
    EffectAbandoned,
    EffectSettled,
    EffectStarted,
    Escalated,
    Event,
    FlagChanged,
    FollowUpAdded,
    FollowUpDone,
    FollowUpWaived,
    HandedOff,
    Mitigated,
    Noted,
    NotUnderstood,
    Reopened,
    Resolved,
    RoleAssigned,
    RunbookAdopted,
    SeverityChanged,
    Snoozed,
    TextFailed,
    Unacknowledged,
    UpdatePosted,
)
from workflows.policy.incident.pager_alerts import ManualPage
from workflows.policy.incident.public import ApprovedWords
from workflows.policy.incident.rules import is_acknowledged
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import in_book
from workflows.policy.planning.wanted import EVER
from workflows.policy.reducers import alerts, settling
from workflows.policy.reducers.adopting import why_not
from workflows.policy.reducers.raising import answers_what_was_before, change_severity
from workflows.policy.reducers.transitions import (
    acknowledge,
    mark_acknowledged,
    not_over_after_all,
    reopen,
    resolve,
    unacknowledge,
)
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.durations import write
from workflows.policy.wire.bounded import fit

COMMANDER = "commander"
STATUS_PAGE = "status-page"


def apply(book: Runbook, incident: Incident, event: Event) -> Incident:
    """The incident after the event. Pure; `event.at` must be stamped."""
    if event.id and event.id in incident.heard:
        return incident
    if not isinstance(event, Acknowledged):  # an older incident's may arrive under the same workflow id
        event = not_before(event, incident.declared_at)
    if isinstance(event, _SIGNS_OF_LIFE) and not (isinstance(event, Noted) and event.automatic):
        incident = _alive(book, incident, event.at)
    after = _APPLY[type(event)](book, incident, event)
    if _headline(after) != _headline(incident):
        after = after.model_copy(update={"headline": incident.headline + 1})
    return remember(after, event.id) if event.id else after


def _headline(incident: Incident) -> tuple[str, str, str | None]:
    return incident.severity, incident.phase, incident.roles.get(COMMANDER)


def remember(incident: Incident, event_id: str) -> Incident:
    return incident.model_copy(update={"heard": (*incident.heard, event_id)[-IncidentBounds.heard :]})


def not_before(event: E, opened_at: datetime) -> E:
    """What concerns this opening cannot have happened before it: that sender's clock is behind ours."""
    return event if event.at >= opened_at else event.model_copy(update={"at": opened_at})


_SIGNS_OF_LIFE = (
    DraftApproved, Escalated, FlagChanged, FollowUpAdded, HandedOff, Mitigated, Noted, RoleAssigned, RunbookAdopted,
    SeverityChanged, Snoozed, UpdatePosted,
)  # fmt: skip


def _alive(book: Runbook, incident: Incident, at: datetime) -> Incident:
    """A human did something: the acknowledgement, if there is one that still counts, counts from here."""
    if not is_acknowledged(book, incident, at) or (incident.alive_at and incident.alive_at >= at):
        return incident
    return incident.model_copy(update={"alive_at": at})


def _acknowledged(book: Runbook, incident: Incident, event: Acknowledged) -> Incident:
    if event.ring and not incident.is_ours(event.ring):
        return log(incident, event.at, f"{event.by} acknowledged a page of an incident before this one")
    ring = incident.rings.get(event.ring)
    if incident.resolved or not _of_this_opening(incident, event):
        return log(incident, event.at, f"{event.by} acknowledged, too late to change anything")
    if answers_what_was_before(incident, event):
        return _answered_what_was_before(book, incident, event)
    event = not_before(event, incident.opened_at)
    if incident.renewed or not is_acknowledged(book, incident, event.at):
        return acknowledge(book, incident, event)
    if ring is not None and (ring.state == "acknowledged" or is_hushing(incident, event.ring)):
        return incident  # the echo of our own Hush, or a second press on the same ring
    after = mark_acknowledged(_alive(book, incident, event.at), event.ring)
    return log(after, event.at, f"{event.by} acknowledged as well{_through(event)}", kind="acknowledge")


def _of_this_opening(incident: Incident, event: Acknowledged) -> bool:
    """By what was acknowledged, not by when: the pager's clock may be behind ours, and its webhook late."""
    ring = incident.rings.get(event.ring)
    if ring is not None:
        return ring.rung_at >= incident.opened_at
    if not event.ring:
        return event.at >= (incident.detected_at if incident.opening == 1 else incident.opened_at)
    duty, _, occurrence = incident.effect_key(event.ring).rpartition("/")
    if duty.startswith("escalate/") and occurrence.isdecimal():
        return int(occurrence) >= incident.first_round
    return incident.opening == 1 or event.at >= incident.opened_at


def _unacknowledged(book: Runbook, incident: Incident, event: Unacknowledged) -> Incident:
    if event.ring and event.ring not in incident.rings:
        return log(incident, event.at, f"a page that does not count any more is open again{_through(event)}")
    if incident.resolved or not is_acknowledged(book, incident, event.at):
        return log(incident, event.at, f"the acknowledgement was taken back{_through(event)}, which changes nothing")
    return unacknowledge(incident, event)


def _answered_what_was_before(book: Runbook, incident: Incident, event: Acknowledged) -> Incident:
    if incident.rings.get(event.ring) is None or is_hushing(incident, event.ring):
        return log(incident, event.at, f"{event.by} acknowledged a page of before the severity was raised")
    text = (
        f"{event.by} acknowledged a page of before the severity was raised, which does not count for "
        f"{severity_title(incident.severity)}. To answer this: tocsin ack {incident.id}"
    )
    marked = mark_acknowledged(incident, event.ring)
    return tell(marked, event.at, text, mention=in_book(book, event.by), loud=True)


def _severity_changed(book: Runbook, incident: Incident, event: SeverityChanged) -> Incident:
    if event.severity == incident.severity:
        return log(incident, event.at, f"{event.by} confirmed {severity_title(event.severity)}")
    return change_severity(book, incident, event)


def _resolved(book: Runbook, incident: Incident, event: Resolved) -> Incident:
    if incident.resolved:
        return log(incident, event.at, f"{event.by} resolved again, which changes nothing")
    if event.ring and not incident.is_ours(event.ring):
        return log(incident, event.at, f"{event.by} resolved a page of an incident before this one")
    if event.ring and (event.ring not in incident.rings or incident.rings[event.ring].rung_at < incident.opened_at):
        # We resolve a person's older ring before we ring again: its echo must not end the incident.
        return log(incident, event.at, f"an older ring was resolved{_through(event)}: the incident stays open")
    return resolve(incident, not_before(event, incident.opened_at))


def _noted(book: Runbook, incident: Incident, event: Noted) -> Incident:
    return log(incident, event.at, f"{event.by}: {event.text}", kind="note")


def _escalated(book: Runbook, incident: Incident, event: Escalated) -> Incident:
    people = called(book, incident, event.to)
    if not people:
        why = ", who is neither a tier nor a person of this runbook"
        if tier_meant(book, incident, event.to):
            why = f": {why_nobody(book, incident, event.to)}"
        return tell(incident, event.at, f"{event.by} called {event.to!r}{why}", by=event.by, loud=True)
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
    return tell(after, event.at, f"{event.by} called {whom}{_because(event.reason)}", by=event.by)


def _flag_changed(book: Runbook, incident: Incident, event: FlagChanged) -> Incident:
    flags = incident.flags | {event.flag} if event.on else incident.flags - {event.flag}
    if len(flags) > IncidentBounds.names:
        return log(incident, event.at, f"too many flags: {event.flag} was not set", loud=True)
    text = f"{event.by} {'set' if event.on else 'cleared'} the flag {event.flag}"
    since = {f: at for f, at in incident.flagged_at.items() if f in flags}
    since |= {f: event.at for f in flags if f not in since}
    return tell(incident.model_copy(update={"flags": flags, "flagged_at": since}), event.at, text, by=event.by)


def _role_assigned(book: Runbook, incident: Incident, event: RoleAssigned) -> Incident:
    roles = {**incident.roles, event.role: event.person}
    if len(roles) > IncidentBounds.names:
        return log(incident, event.at, f"too many roles: {event.role} was not given", loud=True)
    after = incident.model_copy(update={"roles": roles})
    text = f"{book.person_name(event.person)} is {book.role_name(event.role)}"
    return tell(after, event.at, text, by=event.by)


def _handed_off(book: Runbook, incident: Incident, event: HandedOff) -> Incident:
    before = incident.roles.get(COMMANDER, event.by)
    after = incident.model_copy(update={"roles": {**incident.roles, COMMANDER: event.to}})
    text = f"{before} handed over to {event.to}, who is now {book.role_name(COMMANDER)}"
    if event.text:
        text += f": {event.text}"
    return tell(after, event.at, text, template="hand_off", by=event.by, mention=(event.to,))


def _update_posted(book: Runbook, incident: Incident, event: UpdatePosted) -> Incident:
    changes: dict[str, object] = {"updated_at": max(event.at, incident.updated_at or event.at)}
    if event.phase and not incident.resolved and event.phase != incident.phase:
        changes |= {"phase": event.phase, "phase_at": event.at}
        if event.phase == "identified":
            changes["identified_at"] = event.at
    if event.public:
        words = ApprovedWords(at=event.at, by=event.by, text=event.text)
        changes["public"] = incident.public.model_copy(update={"words": words})
    after = incident.model_copy(update=changes)
    return tell(after, event.at, event.text, kind="update", template="said", lane="updates", by=event.by)


def _draft_approved(book: Runbook, incident: Incident, event: DraftApproved) -> Incident:
    name = draft_meant(incident, event)
    if name is None:
        return log(incident, event.at, f"{event.by} approved, but no draft was waiting")
    approval = ApprovedWords(at=event.at, by=event.by, text=event.text)
    if name != STATUS_PAGE:
        drafts = {**incident.drafts, name: incident.drafts[name].model_copy(update={"approval": approval})}
        after = incident.model_copy(update={"drafts": drafts})
        return log(after, event.at, f"{event.by} approved: {name.replace('-', ' ')}")
    after = incident.model_copy(update={"public": incident.public.model_copy(update={"approval": approval})})
    return log(after, event.at, f"{event.by} approved the status page update ({incident.public.drafted})")


def draft_meant(incident: Incident, event: DraftApproved) -> str | None:
    """The draft that an approval means; None if nothing like it waits. After the end the status page says that it is
    over or nothing: an earlier draft of it waits no more."""
    waiting = {name: draft.at for name, draft in incident.drafts.items() if draft.approval is None}
    if incident.public.drafted == "resolved" or (incident.public.drafted and not incident.resolved):
        waiting[STATUS_PAGE] = EVER
    if event.draft:
        return event.draft if event.draft in waiting else None
    return min(waiting, key=lambda name: waiting[name], default=None)


def _mitigated(book: Runbook, incident: Incident, event: Mitigated) -> Incident:
    if incident.resolved:
        return log(incident, event.at, f"{event.by} reported a fix, after the incident was resolved")
    if event.started:
        started = {"mitigation_started_at": incident.mitigation_started_at or event.at}
        return tell(incident.model_copy(update=started), event.at, f"{event.by} works on the fix", by=event.by)
    updated_at = max(event.at, incident.updated_at or event.at)  # a fix is news, as good as an update
    changes = {"phase": "monitoring", "phase_at": event.at, "mitigated_at": event.at, "updated_at": updated_at}
    text = f"{event.by}: the fix is in place" + (f": {event.text}" if event.text else "")
    return tell(incident.model_copy(update=changes), event.at, text, kind="update", lane="updates", by=event.by)


def _reopened(book: Runbook, incident: Incident, event: Reopened) -> Incident:
    if incident.closed_at is not None:
        return log(incident, event.at, f"{event.by} reopened, too late: the incident is closed", loud=True)
    if not incident.resolved or incident.cancelled:
        return log(incident, event.at, f"{event.by} reopened, which changes nothing")
    before = incident if event.via == "alerts" else not_over_after_all(incident)
    return reopen(before, event.at, f"reopened by {event.by}{_because(event.reason)}")


def _cancelled(book: Runbook, incident: Incident, event: Cancelled) -> Incident:
    moved = bool(event.duplicate_workflow) and event.duplicate_of != incident.id
    changes = {
        "cancelled": True, "phase": "resolved", "phase_at": event.at, "resolved_at": event.at, "resolved_by": event.by,
        "end_held_since": None, "cancelled_episodes": alerts.cancelled_with(incident),
        "duplicate_of": event.duplicate_of if moved else "",
        "duplicate_workflow": event.duplicate_workflow if moved else "",
    }  # fmt: skip
    why = f"it is a duplicate of {event.duplicate_of}" if moved else "opened in error"
    text = f"{event.by} cancelled the incident: {why}{_because(event.reason)}"
    after = tell(incident.model_copy(update=changes), event.at, text, lane="home", by=event.by)
    if incident.firing or moved:
        after = log(after, event.at, _what_becomes_of_its_alerts(after), kind="alert")
    if "channel" not in incident.references:
        return after
    onwards = f"it goes on in {event.duplicate_of}" if moved else "nothing more follows here"
    return tell(after, event.at, f"this incident is cancelled: {onwards}")


def _what_becomes_of_its_alerts(incident: Incident) -> str:
    if incident.duplicate_of:
        return f"its alerts are moved to {incident.duplicate_of}"
    return f"{names(incident.firing)} still fires: that opens nothing before it ends, begins anew or asks for more"


def _snoozed(book: Runbook, incident: Incident, event: Snoozed) -> Incident:
    after = incident.model_copy(update={"snoozed_until": event.at + event.duration})
    text = f"{event.by} snoozed reminders for {write(event.duration)}{_because(event.reason)}"
    return tell(after, event.at, text, by=event.by)


def _runbook_adopted(book: Runbook, incident: Incident, event: RunbookAdopted) -> Incident:
    no = why_not(incident, event.runbook)
    if no:
        return log(incident, event.at, f"{event.by} adopted a runbook, which changes nothing: {no}", loud=True)
    version = f", version {event.runbook.version}" if event.runbook.version else ""
    text = f"{event.by} adopted the runbook {event.runbook.runbook} as it is now{version}"
    return tell(incident, event.at, text, by=event.by)


def _not_understood(book: Runbook, incident: Incident, event: NotUnderstood) -> Incident:
    text = f"could not read a message named {event.name!r}: {event.problem}"
    return log(incident, event.at, text, loud=True)


def _text_failed(book: Runbook, incident: Incident, event: TextFailed) -> Incident:
    text = f"the runbook's text {event.text!r} could not be used, and Tocsin's own stood in: {event.problem}"
    return log(incident, event.at, text, loud=True)


def _alerts_received(book: Runbook, incident: Incident, event: AlertsReceived) -> Incident:
    return alerts.receive(book, incident, event)


def _effect_started(book: Runbook, incident: Incident, event: EffectStarted) -> Incident:
    return settling.start(incident, event)


def _effect_settled(book: Runbook, incident: Incident, event: EffectSettled) -> Incident:
    return settling.settle(book, incident, event)


def _effect_abandoned(book: Runbook, incident: Incident, event: EffectAbandoned) -> Incident:
    return settling.abandon(incident, event.key)


def _closing_began(book: Runbook, incident: Incident, event: ClosingBegan) -> Incident:
    return incident.model_copy(update={"closing_at": event.at})


def _closed(book: Runbook, incident: Incident, event: Closed) -> Incident:
    after = incident.model_copy(update={"closed_at": event.at})
    text = "closed"
    if incident.public.status not in (None, "resolved"):
        text += f", although the status page still says {incident.public.status}"
    if event.unfinished:
        text += f"; what did not get out: {', '.join(dict.fromkeys(event.unfinished))}"
    return log(after, event.at, text, loud=text != "closed")


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _through(event: Event) -> str:
    return f" through {event.via}" if event.via else ""


# Each function takes the event type it is listed under, which a dict's type cannot say.
_APPLY: dict[type[Event], Callable[[Runbook, Incident, Any], Incident]] = {
    AlertsReceived: _alerts_received,
    Acknowledged: _acknowledged,
    Unacknowledged: _unacknowledged,
    SeverityChanged: _severity_changed,
    Resolved: _resolved,
    Noted: _noted,
    Escalated: _escalated,
    FlagChanged: _flag_changed,
    RoleAssigned: _role_assigned,
    HandedOff: _handed_off,
    UpdatePosted: _update_posted,
    DraftApproved: _draft_approved,
    Mitigated: _mitigated,
    Reopened: _reopened,
    Cancelled: _cancelled,
    Snoozed: _snoozed,
    FollowUpAdded: follow_ups.add,
    FollowUpDone: follow_ups.done,
    FollowUpWaived: follow_ups.waive,
    RunbookAdopted: _runbook_adopted,
    NotUnderstood: _not_understood,
    TextFailed: _text_failed,
    EffectStarted: _effect_started,
    EffectSettled: _effect_settled,
    EffectAbandoned: _effect_abandoned,
    ClosingBegan: _closing_began,
    Closed: _closed,
}
