"""The state of one incident: facts only, never deadlines.

Deadlines are computed from these facts by `engine.plan`; nothing here remembers a timer. The whole model is what an
incident carries over continue-as-new, so every part of it is bounded (`IncidentBounds`).
"""

from datetime import datetime
from typing import Final

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.alert_details import AlertDetails
from workflows.policy.incident.alert_state import AlertState, Coming, NewAlertRing, NewAlerts
from workflows.policy.incident.cancelled import CancelledEpisodes
from workflows.policy.incident.follow_up import FollowUp
from workflows.policy.incident.kept_messages import KeptMessage
from workflows.policy.incident.messages import Announcement, TimelineEntry
from workflows.policy.incident.obligation import ObligationRecord
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.page_statistics import PageStatistics
from workflows.policy.incident.pager_alerts import Arrival, ManualPage, PagerAlert, PassedOn, Renewal
from workflows.policy.incident.post_holder import PostHolder
from workflows.policy.incident.public import Draft, Public
from workflows.policy.incident.settlements import Settlement, Start
from workflows.policy.keys import vendor_keys
from workflows.policy.keys.duty_keys import WrittenDuty, effect_key
from workflows.policy.runbook.names import PublicStatus, SeverityName, severity_title
from workflows.policy.wire.bounded import weight
from workflows.policy.wire.model import Instant, Wire

Phase = PublicStatus
PRIVATE_FLAGS: Final = frozenset({"private", "security"})
"""What is flagged so is for those alone who are named."""


class Incident(Wire):
    """Everything that is known of an incident. Times are UTC, in the core's (perhaps compressed) time."""

    id: str
    workflow_id: str
    runbook: str
    title: str
    service: str = ""
    source: str = ""
    declared_by: str = ""
    labels: dict[str, str] = {}
    links: tuple[tuple[str, str], ...] = ()
    severity: SeverityName
    gravest: SeverityName
    """The gravest that it ever had."""
    severity_at: Instant | None = None
    """When it was last changed ..."""
    severity_by: str = ""
    """... and by whom ..."""
    severity_before: SeverityName | None = None
    """... and from which."""
    no_pager: bool = False

    detected_at: Instant
    declared_at: Instant
    opening: int = 1
    """1 + how often it was reopened."""
    opened_at: Instant
    """When the present opening began: `declared_at`, or the last time it was reopened."""
    phase: Phase = "investigating"
    phase_at: Instant
    acknowledged_at: Instant | None = None
    """Of the present acknowledgement; None again after a reopening."""
    acknowledged_by: str = ""
    also_acknowledged: tuple[str, ...] = ()
    """Who did so beside them, and is in the channel, too."""
    first_acknowledged_at: Instant | None = None
    alive_at: Instant | None = None
    """The last sign of life of a human since the acknowledgement."""
    acknowledged_ring: str = ""
    """The vendor key of the page that was acknowledged, if that happened at the pager."""
    passed_on: PassedOn | None = None
    """That acknowledgement was handed on there, and nobody has answered since."""
    unacknowledged_at: Instant | None = None
    """When the pager last took an acknowledgement back: a round of the ladder began."""
    identified_at: Instant | None = None
    mitigation_started_at: Instant | None = None
    mitigated_at: Instant | None = None
    resolved_at: Instant | None = None
    resolved_by: str = ""
    resolution: str = ""
    cancelled: bool = False
    duplicate_of: str = ""
    """The id of the incident that its alerts moved to ..."""
    duplicate_workflow: str = ""
    """... and that of its workflow."""
    closing_at: Instant | None = None
    """Since when it could close, but for what it still owes."""
    closed_at: Instant | None = None

    round: int = 1
    round_started_at: Instant
    first_round: int = 1
    """The round in which the present opening began, or in which the ladder was last begun anew."""
    renewed: Renewal | None = None
    """Why it was begun anew, as long as nobody has answered that."""
    raised_at: Instant | None = None
    """When the severity was last raised: the new ladder counts from the start of the opening (rule 6)."""
    headline: int = 0
    """How often severity, phase or commander changed: the occurrence of the topic ..."""
    headline_at: Instant | None = None
    """... and when they last did."""
    calls: tuple[ManualPage, ...] = ()
    rings: dict[str, PagerAlert] = {}
    reached: tuple[Arrival, ...] = ()
    """Whom pages reached, and who answered them: the last of them."""
    tally: PageStatistics = PageStatistics()
    turned_there: dict[str, Instant] = {}
    """By key of a page: when a person last resolved or reopened it at the pager, by the clock there."""
    pages_ended_at: Instant | None = None
    """When we had last resolved a page at the pager, or given that up."""
    refused_routes: dict[str, tuple[str, ...]] = {}
    """Per person, the fingerprints of routes that rejected pages, one entry for each time."""

    adoptions: int = 0
    """How often another version of its runbook was adopted."""
    on_call: dict[str, PostHolder] = {}
    """By post: who holds it, as far as was found out."""
    flags: frozenset[str] = frozenset()
    flagged_at: dict[str, Instant] = {}
    """Since when each flag is set."""
    private: bool = False
    """It was flagged so that only those who are named may know of it; that it is no longer flagged tells nobody."""
    channels: int = 1
    """Its own channel is the so-many-th: an open one was left for a private one."""
    left_channel: str = ""
    """That open one; empty: there was none."""
    roles: dict[str, str] = {}
    roles_at: dict[str, Instant] = {}
    """Since when each of the runbook's is held by whoever holds it."""
    alerts: dict[str, AlertState] = {}
    alert_details: dict[str, AlertDetails] = {}
    """Of some of them, what they say beyond `labels` and `links`."""
    alerts_total: int = 0
    """How many were received: those of `alerts` by their counts, and the untracked ones."""
    alerts_untracked: int = 0
    """Received beyond the bound: counted, not kept one by one."""
    untracked: dict[str, Instant] = {}
    """Groups of which some fire that are not kept one by one, and since when the newest that is known does."""
    untracked_firing: dict[str, int] = {}
    """Each of them, by a hash, and since when: see `beyond`."""
    untracked_endless: tuple[str, ...] = ()
    """Groups of which some are not known even so: these can only end with their group."""
    end_held_since: Instant | None = None
    """All its alerts have ended, the last of those that flap then: it is over if that lasts."""
    services: tuple[str, ...] = ()
    """Of the alerts that were heard of; beyond the bound none is new."""
    news: tuple[NewAlerts, ...] = ()
    """The last that joined: told already, or to be told."""
    new_alert_ring: NewAlertRing | None = None
    updated_at: Instant | None = None
    """A human's last progress update."""
    public: Public = Public()
    drafts: dict[str, Draft] = {}
    """Per duty, the draft that waits for approval, or was approved."""
    snoozed_until: Instant | None = None

    settled: dict[WrittenDuty, Settlement] = {}
    started: dict[str, Start] = {}
    references: dict[str, str] = {}
    """What earlier effects produced and later ones need: `channel`, `thread`, `status-page`."""
    closed_places: tuple[str, ...] = ()
    """Places of our own that rejected us: messages go to the next one."""
    kept: dict[str, KeptMessage] = {}
    """The messages that are kept true."""
    ticks: dict[str, tuple[int, ...]] = {}
    """Of each checklist, the numbers of the lines that are done."""
    questions: dict[str, str] = {}
    """Where each was asked first, in a channel, by its duty: it is asked again below that. And where a role got its
    first checklist, by the role: the others go below that."""
    strangers: tuple[str, ...] = ()
    """Whom the chat does not know."""
    told: int = 0
    """How many announcements were ever queued; the number of the newest `Announcement`."""
    to_tell: tuple[Announcement, ...] = ()
    heard: tuple[str, ...] = ()
    """Ids of the events heard last: a re-delivered webhook changes nothing."""
    timeline: tuple[TimelineEntry, ...] = ()
    timeline_weight: int = 0
    """Of its texts together, in bytes: adding them up again for each line would cost more than all else."""
    timeline_dropped: int = 0
    follow_ups: tuple[FollowUp, ...] = ()
    obligations: dict[str, ObligationRecord] = {}
    """Those that have come to apply: they are kept whatever changes later."""
    successor: tuple[Alert, ...] = ()
    """Alerts that fired after the verification time: they open the next incident."""
    coming: Coming = Coming()
    """Of these alerts."""
    cancelled_episodes: CancelledEpisodes = CancelledEpisodes()
    """Of this incident, if it was cancelled, and of those before it: what it hears of them is for nobody."""

    @property
    def resolved(self) -> bool:
        return self.phase == "resolved"

    def answered(self, by: str) -> str:
        """Who is on it, where people read `by` of whoever acknowledged."""
        if self.passed_on is None:
            return by
        first, *others = self.passed_on.to or ("others",)
        to = f"{first} and {len(others)} more" if others else first
        return f"{by}, who handed it on to {to} at the pager: not answered yet"

    @property
    def firing(self) -> tuple[AlertState, ...]:
        return tuple(alert for alert in self.alerts.values() if alert.status == "firing")

    def vendor_key(self, key: str) -> str:
        """A key of this incident, made unique in the world."""
        return vendor_keys.of_incident(self.workflow_id, self.id, key)

    def is_ours(self, vendor_key: str) -> bool:
        """Not of an incident before this one, which had the same workflow id."""
        return vendor_keys.is_of(self.workflow_id, self.id, vendor_key)

    def effect_key(self, vendor_key: str) -> str:
        return vendor_keys.effect_of(self.workflow_id, self.id, vendor_key)

    def was_begun(self, duty: WrittenDuty, occurrence: int) -> bool:
        return self.has_settled(duty, occurrence) or effect_key(duty, occurrence) in self.started

    def has_settled(self, duty: WrittenDuty, occurrence: int) -> bool:
        last = self.settled.get(duty)
        return last is not None and last.occurrence >= occurrence

    def seconds_since_declared(self, at: datetime) -> int:
        return int((at - self.declared_at).total_seconds())


def declare(opening: OpenRequest, now: datetime, incident_id: str, workflow_id: str) -> Incident:
    """The incident as it is at its first moment."""
    text = f"declared {severity_title(opening.severity)}: {opening.title}"
    return Incident(
        id=incident_id,
        workflow_id=workflow_id,
        runbook=opening.runbook.runbook,
        title=opening.title,
        service=opening.service,
        source=opening.source,
        declared_by=opening.declared_by,
        labels=opening.labels,
        links=opening.links,
        severity=opening.severity,
        gravest=opening.severity,
        no_pager=opening.no_pager,
        detected_at=min(opening.detected_at or now, now),
        declared_at=now,
        opened_at=now,
        phase_at=now,
        round_started_at=now,
        flags=frozenset(opening.flags),
        flagged_at=dict.fromkeys(opening.flags, now),
        private=not PRIVATE_FLAGS.isdisjoint(opening.flags),
        public=Public(issue=opening.public),
        timeline=(TimelineEntry(at=now, text=text),),
        timeline_weight=weight(text),
    )
