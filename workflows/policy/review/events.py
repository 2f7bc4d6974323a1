"""Events that only a review takes. It takes some of an incident's, too (`workflows.policy.incident.events`)."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from workflows.policy.incident.events import (
    Acknowledged,
    DraftApproved,
    Event,
    FlagChanged,
    FollowUpAdded,
    FollowUpDone,
    FollowUpWaived,
    Noted,
    RoleAssigned,
)
from workflows.policy.incident.obligation_events import ObligationNotApplicable, ObligationSent
from workflows.policy.time.durations import Duration
from workflows.policy.wire.bounded import Line, Text


class ReviewStarted(Event):
    """Yes: an incident whose review need only be considered gets one."""

    kind: Literal["start"] = "start"
    reason: Text = ""


class Submitted(Event):
    kind: Literal["submit"] = "submit"
    duty: Line = ""
    """Empty: the document, or the only thing that is owed."""
    link: Text = ""
    """Where it can be read."""
    text: Text = ""


class Waived(Event):
    """It will not be done, and somebody stands for that."""

    kind: Literal["waive"] = "waive"
    duty: Line = ""
    """Empty: everything that the review owes, but follow-ups and drafts that wait for approval. To the question whether
    there is to be one, a no."""
    reason: Text = ""


class NagsSnoozed(Event):
    """The deadline stays; its nags hold still for a while."""

    kind: Literal["snooze"] = "snooze"
    what: Line = ""
    """A duty, or `follow-up-3`; empty: everything but drafts that wait for approval."""
    duration: Duration = Field(gt=timedelta(), le=timedelta(days=30))
    reason: Text = ""


class Completed(Event):
    """Nothing is owed any more."""

    kind: Literal["completed"] = "completed"


class ReviewClosed(Event):
    kind: Literal["review_closed"] = "review_closed"


REVIEW_SIGNALS: dict[str, type[Event]] = {
    event.model_fields["kind"].default: event
    for event in (
        ReviewStarted, Submitted, Waived, NagsSnoozed, Noted, RoleAssigned, DraftApproved, FollowUpAdded, FollowUpDone,
        FollowUpWaived, FlagChanged, ObligationSent, ObligationNotApplicable, Acknowledged,
    )
}  # fmt: skip
"""Wire name of a signal or update -> the event it becomes. These names never change (rule 11)."""
