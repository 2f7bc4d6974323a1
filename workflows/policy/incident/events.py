"""What can happen to an incident: past tense, one frozen model each.

The same models are what people and webhooks send (as signals and updates) and what the reducers apply.
`signals.py` maps the wire names of signals and updates to them; `decode` reads one from whatever arrived.

Those about checklists (`Ticked`), words in public (`PublicCorrected`), legal clocks and pages at the pager stand in
files of their own.
"""

from datetime import datetime, timedelta
from typing import Literal, Self, TypeVar

from pydantic import Field, PrivateAttr

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Receipt
from workflows.policy.incident.alert import Alert
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import Name, SeverityName
from workflows.policy.time.durations import Duration
from workflows.policy.wire.bounded import EARLIEST, Day, Identity, Line, Text
from workflows.policy.wire.model import Instant, Wire

UNSTAMPED = EARLIEST

Outcome = Literal["done", "rejected", "undelivered", "declined", "superseded", "unconnected", "withheld"]
"""done: the vendor has it. rejected: will never work. undelivered: given up after its time. superseded: withdrawn,
because no longer wanted. unconnected: this way is not connected. withheld: never sent, because its text has a gap."""


class Event(Wire):
    """Base of all events."""

    at: Instant = UNSTAMPED
    """When it happened. Left out by people's commands: the workflow's own clock stamps them."""
    id: Identity = ""
    """De-duplicates: an event whose id was heard before changes nothing."""
    by: Line = "someone"
    """Who did it, as far as is known: a key of the runbook's, an address, or what they are called elsewhere."""
    _actor: str = PrivateAttr("")
    """Never on the wire: nobody can send a name that is not theirs."""
    via: Line = ""
    """Through what: `pagerduty`, `command line`, `alerts`, ..."""
    if_still: Line = ""
    """The mark of the state that its author was shown (`mark.py`): if it is another one by now, nothing is done. Empty:
    it is meant whatever has happened since."""

    @property
    def actor(self) -> str:
        """Who did it, as people read that: for texts. Whoever compares or keeps somebody takes `by`."""
        return self._actor or self.by

    def acted(self, name: str) -> Self:
        """The event of somebody whom people know by that name."""
        copy: Self = self.model_copy()
        copy._actor = name
        return copy


class AlertsReceived(Event):
    """A batch from one source, for one grouping key. An alert may stand in it several times: then in its order."""

    kind: Literal["alert"] = "alert"
    alerts: tuple[Alert, ...] = ()
    truncated: int = Field(default=0, ge=0)
    """How many more there are, of which the source told no particulars."""
    ended: dict[Identity, Instant] = {}
    """Groups of which the sender says that all has ended, listed or not; and when the last of what it lists did."""
    if_known: bool = False
    """Ends that may be of another incident's alerts: of those that are not known here nothing is taken in."""


class Acknowledged(Event):
    kind: Literal["acknowledge"] = "acknowledge"
    ring: Text = ""
    """The vendor key that was acknowledged at the pager, if it happened there."""


class Unacknowledged(Event):
    """The pager counts nobody as being on it any more."""

    kind: Literal["unacknowledged"] = "unacknowledged"
    ring: Text = ""


class SeverityChanged(Event):
    kind: Literal["change_severity"] = "change_severity"
    severity: SeverityName
    reason: Text = ""


class Resolved(Event):
    kind: Literal["resolve"] = "resolve"
    text: Text = ""
    """What it was and what was done, for the resolution summary."""
    public: bool = False
    """People outside may read these words."""
    ring: Text = ""


class Noted(Event):
    kind: Literal["note"] = "note"
    text: Text = ""
    automatic: bool = False
    """No person did this: it is no sign of life."""


class Escalated(Event):
    """Somebody asks for a person or a tier, now, whatever the ladder says."""

    kind: Literal["escalate"] = "escalate"
    to: Line
    """A person's name in the runbook, or the number of a tier."""
    reason: Text = ""


class FlagChanged(Event):
    kind: Literal["flag"] = "flag"
    flag: Name
    on: bool = True


class RoleAssigned(Event):
    kind: Literal["assign_role"] = "assign_role"
    role: Name
    person: Line = Field(min_length=1)
    if_free: bool = False
    """Only if nobody else has it: a button of a while ago takes it from nobody."""


class HandedOff(Event):
    """The commander changes; the cadence does not."""

    kind: Literal["hand_off"] = "hand_off"
    to: Line = Field(min_length=1)
    text: Text = ""


class UpdatePosted(Event):
    """A human's progress update: restarts the clock of updates."""

    kind: Literal["post_update"] = "post_update"
    text: str = Field(min_length=1, max_length=3000)
    public: bool = False
    """Also on the status page, in these words."""
    phase: Literal["investigating", "identified", "monitoring"] | None = None


class DraftApproved(Event):
    kind: Literal["approve"] = "approve"
    draft: Line = ""
    """Which: the id of a duty, or `status-page`. Empty: the one that waits longest, the status page first."""
    text: Text = ""
    """Other words than the draft's; empty: as drafted."""


class Mitigated(Event):
    kind: Literal["mitigate"] = "mitigate"
    started: bool = False
    """Work on the fix has begun; otherwise: the fix is in place."""
    text: Text = ""


class Reopened(Event):
    kind: Literal["reopen"] = "reopen"
    reason: Text = ""
    ring: Text = ""


class Cancelled(Event):
    """Opened in error: told, resolved at the pager, closed; nothing is verified or reviewed."""

    kind: Literal["cancel"] = "cancel"
    reason: Text = ""
    duplicate_of: Line = ""
    """The whole id of the incident that its alerts move to ..."""
    duplicate_workflow: Line = ""
    """... and that of its workflow."""


class Snoozed(Event):
    """Nags hold still for a while; never pages, nor what goes to the public or waits for approval."""

    kind: Literal["snooze"] = "snooze"
    duration: Duration = Field(gt=timedelta(), le=timedelta(days=7))
    reason: Text = ""


class FollowUpAdded(Event):
    """Something is to be done so that it does not happen again; the review sees to it."""

    kind: Literal["follow_up_added"] = "follow_up_added"
    text: Text = Field(min_length=1)
    owner: Line = ""
    """A person, or a role of the runbook; empty: whoever says it."""
    due_on: Day | None = None


class FollowUpDone(Event):
    kind: Literal["follow_up_done"] = "follow_up_done"
    follow_up: Line
    """Its number, or its ticket."""
    text: Text = ""


class FollowUpWaived(Event):
    """It will not be done, and somebody stands for that."""

    kind: Literal["follow_up_waived"] = "follow_up_waived"
    follow_up: Line
    reason: Text = ""


class RunbookAdopted(Event):
    """From here on the incident follows its runbook as it is now."""

    kind: Literal["adopt"] = "adopt"
    runbook: Runbook


class NotUnderstood(Event):
    """Something arrived that could not be read. Kept on the timeline: nothing is lost."""

    kind: Literal["not_understood"] = "not_understood"
    name: Line
    problem: Text


class TextFailed(Event):
    """A text of the runbook's failed, or did more than a text may: other words stood in."""

    kind: Literal["text_failed"] = "text_failed"
    text: Line
    """Its name."""
    problem: Text


class EffectStarted(Event):
    kind: Literal["effect_started"] = "effect_started"
    demand: Demand
    real_at: Instant
    """The wall clock's time, which differs from `at` under time compression: how far back a vendor look-up must go."""


class EffectSettled(Event):
    kind: Literal["effect_settled"] = "effect_settled"
    demand: Demand
    outcome: Outcome
    receipt: Receipt = Receipt()
    problem: str = ""
    route: str | None = None
    said: str = ""
    """To the public: what stands there now."""
    late: timedelta = timedelta()
    """Real seconds between due and done."""


class EffectAbandoned(Event):
    """Begun by an earlier run, interrupted by continue-as-new, and not wanted any more."""

    kind: Literal["effect_abandoned"] = "effect_abandoned"
    key: str


class ClosingBegan(Event):
    """The incident could close, except that it still owes something."""

    kind: Literal["closing_began"] = "closing_began"


class Closed(Event):
    kind: Literal["closed"] = "closed"
    unfinished: tuple[Line, ...] = ()
    """What was wanted and did not get out."""


E = TypeVar("E", bound=Event)


def stamp(event: E, now: datetime) -> E:
    """The event with a time that is known and not in the future (a sender's clock may be ahead of ours)."""
    if event.at == UNSTAMPED or event.at > now:
        return event.model_copy(update={"at": now})
    return event
