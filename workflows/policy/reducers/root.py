"""incident = reduce(apply, events): how each event changes the facts.

Rules of this file: an event whose id was seen before changes nothing; every event leaves a line on the timeline;
nothing raises, whatever arrives (what may be refused is refused before, by `refusals`); and nothing is decided here
about the future: that is `engine.plan`.
"""

from collections.abc import Callable
from typing import Any

from workflows.policy.duties import follow_ups, obligation_endings, ticks
from workflows.policy.duties.obligations import remember_obligations
from workflows.policy.incident.announce import log
from workflows.policy.incident.checklist_events import Ticked
from workflows.policy.incident.events import (
    Acknowledged,
    AlertsReceived,
    Cancelled,
    Closed,
    ClosingBegan,
    DraftApproved,
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
from workflows.policy.incident.mark import changed_meanwhile
from workflows.policy.incident.obligation_events import ObligationNotApplicable, ObligationSent
from workflows.policy.incident.pager_events import ChangedAtPager
from workflows.policy.incident.public_events import PublicCorrected
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import COMMANDER_ROLE, as_people_read
from workflows.policy.reducers import alerts, settling
from workflows.policy.reducers.abandoning import abandon
from workflows.policy.reducers.answering import acknowledged, alive, unacknowledged
from workflows.policy.reducers.arriving import not_before, remember, too_late
from workflows.policy.reducers.at_pager import changed_at_pager
from workflows.policy.reducers.by_hand import (
    draft_approved,
    escalated,
    flag_changed,
    handed_off,
    mitigated,
    noted,
    public_corrected,
    role_assigned,
    runbook_adopted,
    severity_changed,
    snoozed,
    update_posted,
)
from workflows.policy.reducers.ending import cancelled, closed, closing_began, resolved
from workflows.policy.reducers.reopening import reopened
from workflows.policy.runbook.model import Runbook


def apply(book: Runbook, incident: Incident, event: Event) -> Incident:
    """The incident after the event. Pure; `event.at` must be stamped."""
    if event.id and event.id in incident.heard:
        return incident
    event = event.acted(as_people_read(book, event.by))
    if not isinstance(event, Acknowledged):  # an older incident's may arrive under the same workflow id
        event = not_before(event, incident.declared_at)
    if no := changed_meanwhile(book, incident, event):
        return too_late(book, incident, event, no)
    if isinstance(event, _SIGNS_OF_LIFE) and not (isinstance(event, Noted | ChangedAtPager) and event.automatic):
        incident = alive(book, incident, event.at)
    after = _APPLY_TO_INCIDENT[type(event)](book, incident, event)
    if _headline(after) != _headline(incident):
        after = after.model_copy(update={"headline": incident.headline + 1, "headline_at": event.at})
    after = remember_obligations(book, after, event.at)
    return remember(after, event.id) if event.id else after


def _headline(incident: Incident) -> tuple[str, str, str | None]:
    return incident.severity, incident.phase, incident.roles.get(COMMANDER_ROLE)


_SIGNS_OF_LIFE = (
    ChangedAtPager, DraftApproved, Escalated, FlagChanged, FollowUpAdded, HandedOff, Mitigated, Noted, PublicCorrected,
    RoleAssigned, RunbookAdopted, SeverityChanged, Snoozed, Ticked, UpdatePosted,
)  # fmt: skip


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


# Each function takes the event type it is listed under, which a dict's type cannot say.
_APPLY_TO_INCIDENT: dict[type[Event], Callable[[Runbook, Incident, Any], Incident]] = {
    AlertsReceived: _alerts_received,
    Acknowledged: acknowledged,
    Unacknowledged: unacknowledged,
    ChangedAtPager: changed_at_pager,
    SeverityChanged: severity_changed,
    Resolved: resolved,
    Noted: noted,
    Escalated: escalated,
    FlagChanged: flag_changed,
    RoleAssigned: role_assigned,
    HandedOff: handed_off,
    UpdatePosted: update_posted,
    DraftApproved: draft_approved,
    PublicCorrected: public_corrected,
    Mitigated: mitigated,
    Reopened: reopened,
    Cancelled: cancelled,
    Snoozed: snoozed,
    Ticked: ticks.tick,
    FollowUpAdded: follow_ups.add,
    FollowUpDone: follow_ups.done,
    FollowUpWaived: follow_ups.waive,
    ObligationSent: obligation_endings.sent,
    ObligationNotApplicable: obligation_endings.not_applicable,
    RunbookAdopted: runbook_adopted,
    NotUnderstood: _not_understood,
    TextFailed: _text_failed,
    EffectStarted: _effect_started,
    EffectSettled: _effect_settled,
    EffectAbandoned: abandon,
    ClosingBegan: closing_began,
    Closed: closed,
}
