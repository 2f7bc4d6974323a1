"""What people and webhooks send to an incident, by its name on the wire."""

from workflows.policy.incident.checklist_events import Ticked
from workflows.policy.incident.events import (
    Acknowledged,
    AlertsReceived,
    Cancelled,
    DraftApproved,
    Escalated,
    Event,
    FlagChanged,
    FollowUpAdded,
    FollowUpDone,
    FollowUpWaived,
    HandedOff,
    Mitigated,
    Noted,
    Reopened,
    Resolved,
    RoleAssigned,
    RunbookAdopted,
    SeverityChanged,
    Snoozed,
    Unacknowledged,
    UpdatePosted,
)
from workflows.policy.incident.obligation_events import ObligationNotApplicable, ObligationSent
from workflows.policy.incident.pager_events import ChangedAtPager
from workflows.policy.incident.public_events import PublicCorrected

INCIDENT_SIGNALS: dict[str, type[Event]] = {
    event.model_fields["kind"].default: event
    for event in (
        AlertsReceived, Acknowledged, SeverityChanged, Resolved, Noted, Escalated, FlagChanged,
        RoleAssigned, HandedOff, UpdatePosted, DraftApproved, Mitigated, Reopened, Cancelled, Snoozed, RunbookAdopted,
        FollowUpAdded, FollowUpDone, FollowUpWaived, Unacknowledged, ObligationSent, ObligationNotApplicable,
        Ticked, ChangedAtPager, PublicCorrected,
    )
}  # fmt: skip
"""Wire name of a signal or update -> the event it becomes. These names never change (rule 11)."""
