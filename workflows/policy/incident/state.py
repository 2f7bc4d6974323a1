"""The state of one incident: facts only, never deadlines.

Deadlines are computed from these facts by `engine.plan`; nothing here remembers a timer. The whole model is what an
incident carries over continue-as-new, so every part of it is bounded (`IncidentBounds`).
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from workflows.policy.incident.cancelled import CancelledEpisodes
from workflows.policy.incident.events import Alert, Ends, Outcome
from workflows.policy.incident.page_statistics import PageStatistics
from workflows.policy.runbook.model import PublicStatus, Runbook, Severity, SeverityName, severity_title
from workflows.policy.wire.bounded import Day, FewLabels, Labels, Line, Text, fit, weight
from workflows.policy.wire.model import Instant, Wire

Phase = PublicStatus


class IncidentBounds:
    """How much an incident remembers: numbers of things, and bytes of their texts. Whatever is sent, all of it together
    stays under 256 KiB."""

    timeline = 200
    text = 500
    timeline_text = 24_000
    """Of all lines together; those of plain length are far below it."""
    to_tell = 30
    message = 3000
    to_tell_text = 12_000
    alerts = 140
    alert_name = 60
    alert_summary = 54
    alerts_of_a_record = 20
    """After the end only their texts are asked for."""
    successor = 30
    heard = 200
    rings = 50
    calls = 20
    call_reason = 200
    renewal_reason = 200
    services = 20
    service = 40
    news = 2
    new_alerts = 6
    """Of those that are said together; the others are counted."""
    new_alert = 120
    names = 25
    """Of roles and of flags: a signal may name some that the runbook does not know."""
    links = 4
    link = 2000
    follow_ups = 30
    follow_up = 200
    follow_ups_text = 8000
    """Of all of them together, with their owners."""
    remark = 80
    """As one ends; the whole of it stands on the timeline."""
    ending = 200
    """What is said as a duty of the review ends, and by whom."""
    link_of_ending = 500


def _usable(links: tuple[tuple[Line, str], ...]) -> tuple[tuple[str, str], ...]:
    """An address is kept whole or not at all."""
    return tuple((label, url) for label, url in links if weight(url) <= IncidentBounds.link)[: IncidentBounds.links]


Links = Annotated[tuple[tuple[Line, str], ...], AfterValidator(_usable)]


class Particulars(Wire):
    """What an opening says, whichever procedure is followed."""

    severity: SeverityName
    title: str = Field(max_length=300)
    service: Line = ""
    source: Line = ""
    """`alertmanager`, `generic`, or the person who declared it."""
    declared_by: Line = ""
    detected_at: Instant | None = None
    labels: Labels = {}
    links: Links = ()
    flags: Annotated[tuple[Line, ...], AfterValidator(lambda flags: flags[: IncidentBounds.names])] = ()
    speed: float = Field(default=1.0, gt=0, le=3600)
    no_pager: bool = False
    """Somebody chose to run without a pager: said loudly at every opening."""


class OpenRequest(Particulars):
    """How an incident starts: the argument of the workflow."""

    runbook: Runbook


class TimelineEntry(Wire):
    """A line of the timeline. Equal lines in a row are one line with a count."""

    at: Instant
    text: str
    kind: str = "event"
    loud: bool = False
    """Something went wrong that somebody must see."""
    count: int = 1
    last_at: Instant | None = None


class Settlement(Wire):
    """The last thing that a duty did."""

    occurrence: int
    due_at: Instant
    sent_at: Instant
    """When it was begun."""
    settled_at: Instant
    outcome: Outcome
    late: timedelta = timedelta()


class Start(Wire):
    """An effect that was begun and has not settled."""

    duty: str
    occurrence: int
    due_at: Instant
    started_at: Instant
    real_at: Instant


class PagerAlert(Wire):
    """An alert that stands open at the pager because we rang somebody."""

    person: str
    rung_at: Instant
    state: Literal["ringing", "answered", "acknowledged"] = "ringing"
    """answered: the acknowledgement covers it, and the pager has yet to hear of it."""


class Renewal(Wire):
    """The ladder was begun anew, whether somebody was on it or not: what they answered was something less."""

    at: Instant
    reason: str
    older: tuple[str, ...] = ()
    """The keys of the ladder's rings that stood open then. Who acknowledges one of these has not answered this."""


class ManualPage(Wire):
    """Somebody was asked for by hand."""

    number: int
    people: tuple[str, ...]
    at: Instant
    by: str
    reason: str = ""


Lane = Literal["incident", "updates", "home"]
"""Where something is told. Each has its own queue: what is stuck in one holds up no other."""


class Tell(Wire):
    """Something that happened and that the channel has not been told yet."""

    number: int
    at: Instant
    text: str
    template: str = "told"
    lane: Lane = "incident"
    by: str = ""
    mention: tuple[str, ...] = ()
    role: str | None = None


class NewAlerts(Wire):
    """Alerts that joined an incident that was open, to be said together."""

    number: int
    due_at: Instant
    texts: tuple[str, ...]
    more: int = 0
    """Beyond those that are named."""
    rung: tuple[str, ...] = ()
    """Whose page says it: no note is left for them."""

    def in_words(self) -> str:
        count = len(self.texts) + self.more
        if not self.texts:
            return f"{count} new alerts, of which their sender tells no more"
        many = f"{count} new alerts: " if count > 1 else "a new alert: "
        return many + "; ".join(self.texts) + (f"; and {self.more} more" if self.more else "")


class NewAlertRing(NewAlerts):
    """The last ring that new alerts asked for, made or to be made."""

    people: tuple[str, ...]
    fingerprints: tuple[str, ...]
    """Of those that are named: when all have ended before it was made, it is not."""


class AlertState(Wire):
    """What is asked later of one alert of this incident. The rest is in the message that brought it."""

    fingerprint: str
    name: str
    summary: str
    status: Literal["firing", "resolved"]
    starts_at: Instant
    first_seen_at: Instant
    last_seen_at: Instant
    count: int
    """How often it was received."""
    severity: SeverityName | None = None
    """The gravest that it ever asked for."""
    harmless: bool = False
    """It fires at a level that is nobody's concern: it may become grave again without starting anew."""
    ends: Ends = "by-sender"
    group: str = ""
    changed_at: Instant
    """When it was heard of that it fires, or has ended."""
    flaps: bool = False
    """It fired again within the runbook's `flap_hold` of its end, and has not rested since."""
    ended: Literal["said", "presumed", "by-hand"] = "said"
    """Once it has resolved: how that is known. presumed: with its group, unlisted; if it is said to fire after that, it
    does. by-hand: a person resolved the incident, and its sender never says."""

    @classmethod
    def of(cls, alert: Alert, at: datetime, before: "AlertState | None" = None) -> "AlertState":
        """An alert received at a time; `before` is what was known of it."""
        return cls(
            fingerprint=alert.fingerprint,
            name=fit(alert.name, IncidentBounds.alert_name),
            summary=fit(alert.summary, IncidentBounds.alert_summary),
            status=alert.status,
            starts_at=alert.starts_at,
            first_seen_at=before.first_seen_at if before else at,
            last_seen_at=max(at, before.last_seen_at) if before else at,
            changed_at=before.changed_at if before and before.status == alert.status else at,
            flaps=before.flaps if before else False,
            count=alert.count + (before.count if before else 0),
            severity=min((each.severity for each in (alert, before) if each and each.severity), default=None),
            harmless=alert.harmless,
            ends=alert.ends,
            group=alert.group,
        )

    def seen_again(self, alert: Alert, at: datetime) -> "AlertState":
        """It was received, and that says nothing of the present; but it asked for what it asked for."""
        seen = AlertState.of(alert, at, self)
        return self.model_copy(
            update={"last_seen_at": seen.last_seen_at, "count": seen.count, "severity": seen.severity}
        )

    def over(self, ended: Literal["presumed", "by-hand"], at: datetime) -> "AlertState":
        """Without a word of its sender."""
        return self.model_copy(update={"status": "resolved", "ended": ended, "changed_at": at})

    def turned(self, before: "AlertState", hold: timedelta) -> "AlertState":
        """The same, which fires now, or has ended, and did not before: does it flap?"""
        is_quick = self.changed_at - before.changed_at < hold
        return self.model_copy(update={"flaps": is_quick and (self.status == "firing" or before.flaps)})


class Coming(Wire):
    """What the alerts that open the next incident say of it: as much as they have in common."""

    labels: FewLabels = {}
    service: Line = ""
    links: Links = ()


class ApprovedWords(Wire):
    """A human's words for the status page, or the approval of a draft."""

    at: Instant
    by: Line
    text: Text = ""


class Draft(Wire):
    """Something for people outside that a human lets out."""

    at: Instant
    approval: ApprovedWords | None = None
    withheld: bool = False
    """It has a gap: only words let it out."""


class Ending(Wire):
    """How something that was owed ended."""

    at: Instant
    by: str
    waived: bool = False
    """It is not done, and need not be."""
    text: str = ""
    """What was done, or why it need not be."""
    link: str = ""


class FollowUp(Wire):
    """Something to be done so that it does not happen again."""

    number: int
    text: str
    owner: str
    """A person, or a role of the runbook."""
    due_on: Day
    added_at: Instant
    added_by: str
    ending: Ending | None = None


class Public(Wire):
    """What the public has been told."""

    begun: bool = False
    """Something was sent to the page, and may stand there whatever became of the sending."""
    status: PublicStatus | None = None
    counts_from: Instant | None = None
    """The next update counts from here: the last one posted, or else the deadline that was missed."""
    drafted: PublicStatus | None = None
    """A draft of this status waits for approval ..."""
    drafted_at: Instant | None = None
    """... since then."""
    approval: ApprovedWords | None = None
    words: ApprovedWords | None = None
    withheld: PublicStatus | None = None
    """This status could not go out, because its text has a gap: only words let it out."""


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
    first_acknowledged_at: Instant | None = None
    alive_at: Instant | None = None
    """The last sign of life of a human since the acknowledgement."""
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
    """How often severity, phase or commander changed: the occurrence of the topic."""
    calls: tuple[ManualPage, ...] = ()
    rings: dict[str, PagerAlert] = {}
    tally: PageStatistics = PageStatistics()
    refused_routes: dict[str, tuple[str, ...]] = {}
    """Per person, the fingerprints of routes that rejected pages, one entry for each time."""

    flags: frozenset[str] = frozenset()
    flagged_at: dict[str, Instant] = {}
    """Since when each flag is set."""
    roles: dict[str, str] = {}
    alerts: dict[str, AlertState] = {}
    alerts_total: int = 0
    """How many were received: those of `alerts` by their counts, and the untracked ones."""
    alerts_untracked: int = 0
    """Received beyond the bound: counted, not kept one by one."""
    untracked: dict[str, Instant] = {}
    """Groups of which some fire that are not kept one by one, and since when the newest that is known does: they can
    only end with their group."""
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

    settled: dict[str, Settlement] = {}
    started: dict[str, Start] = {}
    references: dict[str, str] = {}
    """What earlier effects produced and later ones need: `channel`, `thread`, `status-page`."""
    closed_places: tuple[str, ...] = ()
    """Places of our own that rejected us: messages go to the next one."""
    told: int = 0
    """How much was ever queued for telling; the number of the newest `Tell`."""
    to_tell: tuple[Tell, ...] = ()
    heard: tuple[str, ...] = ()
    """Ids of the events heard last: a re-delivered webhook changes nothing."""
    timeline: tuple[TimelineEntry, ...] = ()
    timeline_weight: int = 0
    """Of its texts together, in bytes: adding them up again for each line would cost more than all else."""
    timeline_dropped: int = 0
    follow_ups: tuple[FollowUp, ...] = ()
    successor: tuple[Alert, ...] = ()
    """Alerts that fired after the verification time: they open the next incident."""
    coming: Coming = Coming()
    """Of these alerts."""
    cancelled_episodes: CancelledEpisodes = CancelledEpisodes()
    """Of this incident, if it was cancelled, and of those before it: what it hears of them is for nobody."""

    @property
    def resolved(self) -> bool:
        return self.phase == "resolved"

    @property
    def firing(self) -> tuple[AlertState, ...]:
        return tuple(alert for alert in self.alerts.values() if alert.status == "firing")

    def vendor_key(self, key: str) -> str:
        """A key of this incident, made unique in the world (PagerDuty allows 255 characters).

        It begins with the workflow id, so that a webhook that brings it back finds the workflow without a look-up
        in visibility, which lags.
        """
        return f"{self.workflow_id}/{self.id}/{key}"

    def is_ours(self, vendor_key: str) -> bool:
        """Not of an incident before this one, which had the same workflow id."""
        return vendor_key.startswith(self.vendor_key(""))

    def effect_key(self, vendor_key: str) -> str:
        return vendor_key.removeprefix(self.vendor_key(""))

    def was_begun(self, duty: str, occurrence: int) -> bool:
        return self.has_settled(duty, occurrence) or f"{duty}/{occurrence}" in self.started

    def has_settled(self, duty: str, occurrence: int) -> bool:
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
        timeline=(TimelineEntry(at=now, text=text),),
        timeline_weight=weight(text),
    )


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
    """When the present acknowledgement stops to count for want of a sign of life; None: it does not."""
    allowed = rules(book, incident).acknowledge.expires_after
    if incident.acknowledged_at is None or incident.alive_at is None or allowed is None:
        return None
    return incident.alive_at + allowed


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
