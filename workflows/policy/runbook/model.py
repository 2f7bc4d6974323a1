"""A company's procedure as frozen data.

This is what a YAML runbook is compiled to before it enters a workflow, and the snapshot that an incident keeps for as
long as it lives. Reading YAML, with its lines and columns, is `starter.runbooks.library`; here is only what the words
mean. Cross-references (a tier names a person, an update names a role) hold in every runbook that exists:
`references`.
"""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from workflows.policy.runbook import references
from workflows.policy.runbook.matchers import Matchers
from workflows.policy.time.calendar import Calendar
from workflows.policy.time.durations import Duration, at_least
from workflows.policy.wire.model import Wire

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
"""What runbooks call people, roles, duties and flags: lower case with dashes."""
LabelName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
ChannelName = Annotated[str, StringConstraints(pattern=r"^#[a-z0-9_-]{1,80}$")]
SeverityName = Literal["sev1", "sev2", "sev3", "sev4"]
PublicStatus = Literal["investigating", "identified", "monitoring", "resolved"]
"""The status pages' own words."""
Meaning = Literal["sev1", "sev2", "sev3", "sev4", "ignore"]
"""Of a word by which an alert says how grave it is. `ignore`: nothing is wrong, and it opens nothing."""
Until = Literal["acknowledged", "resolved"]
Moment = Literal["declared", "acknowledged", "identified", "mitigated", "resolved"]

MINUTES = timedelta(minutes=1)
DAY = timedelta(days=1)


def severity_title(severity: str) -> str:
    """`SEV-1`, as people write it."""
    return severity.upper().replace("SEV", "SEV-")


class Person(Wire):
    """Somebody, or whoever holds a post, who can be paged or mentioned."""

    name: str
    manager: Name | None = None


class Role(Wire):
    """A hat that someone wears during an incident."""

    name: str
    duties: str = ""
    falls_to: Name | None = None
    """Who is asked while nobody holds the role."""


class Link(Wire):
    label: str
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


class Condition(Wire):
    """When a duty applies; empty parts hold always, all parts must hold."""

    flags: tuple[Name, ...] = ()
    """The incident carries every one of these."""
    without: tuple[Name, ...] = ()
    """The incident carries none of these."""
    labels: dict[str, str] = {}
    """Labels of the incident's alerts, with these values."""
    public: bool | None = None
    """Something went out to people outside (true), or nothing did (false): on the status page, or in a mail that had
    to be approved."""
    off_hours: bool | None = None
    """It falls due outside (true) or inside (false) the calendar's business hours; of a duty that waits for its day
    (`on`), when it would have been due without waiting."""


class Contact(Wire):
    """Whom to reach for what: put in front of people when its condition holds."""

    name: str
    reach: str
    """A number, an address, a handle: for people, not for machines."""
    when: Condition


class Audience(Wire):
    """People who are told things, and how they are reached."""

    name: str
    addresses: tuple[str, ...] = ()


class Tier(Wire):
    """People who are paged together, at a time counted from the declaration."""

    page: tuple[Name, ...] = ()
    roles: tuple[Name, ...] = ()
    """Also whoever holds these roles, or whom they fall to."""
    managers_of: tuple[Name, ...] = ()
    """Also the managers of whoever holds these roles."""
    after: Duration = timedelta()
    unless: Until = "acknowledged"
    once: bool = False
    """Called because the incident lasts, or is of a kind: once. The ladder starts again without it, and before it."""
    again: Literal["while-unanswered", "never"] = "while-unanswered"
    """While nobody has answered, the tier that was reached last is called again every `acknowledge.within` (or
    `repeat_after`), until the next tier's time. never: only if it is the first and `acknowledge.within` is missed, and
    when the ladder starts again."""
    name: str = ""
    when: Condition = Condition()


class Acknowledgement(Wire):
    """How soon somebody must answer, and for how long an answer counts."""

    within: Duration | Literal["next-business-day"] | None = None
    """Missed: the first tier is paged again and the channel is told. The next business day is missed at its end. While
    nobody has answered, no stretch without a ring is longer."""
    expires_after: Duration | None = None
    """No sign of life for this long: the ladder starts again."""
    holds: Literal["severity", "raised"] = "severity"
    """severity: an answer counts for the severity that it was given at; when that is raised, by alerts or by anybody
    else than who answered, the ladder starts again. raised: it goes on to count when the severity is raised from or to
    this one."""


class Cadence(Wire):
    """Progress updates in the channel, owed by a role, for as long as the incident is not resolved."""

    every: Annotated[Duration, at_least(MINUTES)]
    owner: Name
    remind: Duration = timedelta(minutes=3)
    """How long before an update is due its owner is reminded."""
    template: str = "update"
    until: Literal["mitigated", "resolved"] = "resolved"
    to: ChannelName | None = None
    """The channel; None: the incident's own place."""


class StatusPageTerms(Wire):
    """The public page: when it is first written, how often after, and what may go out without a human."""

    owner: Name
    first: Duration = timedelta()
    every: Annotated[Duration, at_least(MINUTES)] | None = None
    automatic: tuple[PublicStatus, ...] = ()
    """These go out by themselves. The others are drafted, and wait for `approve`."""
    anyway_after: Duration | None = None
    """A draft that nobody approved for this long goes out as drafted; None: never without approval."""
    when: Condition = Condition()


class Duty(Wire):
    """Something that is owed at a moment of the incident's life, once or again and again."""

    id: Name
    kind: Literal["post", "nag", "checklist", "email", "ticket", "document"]
    template: str
    at: Moment = "declared"
    after: Duration = timedelta()
    on: Literal["any-day", "business-hours", "monday"] = "any-day"
    """It waits for business hours, or for the next Monday morning."""
    every: Annotated[Duration, at_least(MINUTES)] | None = None
    """Again and again until the incident is resolved."""
    owner: Name | None = None
    """The role that owes it."""
    approval: bool = False
    """An e-mail that is drafted for its owner to approve before it goes out."""
    anyway_after: Duration | None = None
    """A draft that nobody approved for this long goes out as drafted; None: never without approval."""
    to: str = ""
    """A channel (`#name`; empty: the incident's own place) or, for e-mail and the like, an address or audience."""
    closes: Name | None = None
    """The duty whose ticket this one comments and closes, instead of opening another."""
    pin: bool = False
    when: Condition = Condition()
    text: str = ""
    """What to do, for a checklist or nag: one line an item."""


class Overdue(Wire):
    """What follows a deadline that was missed, in business hours, until it is done or waived."""

    every: Annotated[Duration, at_least(60 * MINUTES)] = DAY
    """How often whoever owes it is reminded."""
    manager_after: Duration | None = 2 * DAY
    """Overdue for so long, their manager is asked as well; None: never."""


class FollowUpTerms(Wire):
    """What is to be done so that it does not happen again: each with an owner and a due date."""

    within: Duration = 14 * DAY
    """When one is due for which no date is given."""
    remind: Duration = DAY
    """How long before its due date its owner is reminded."""
    tickets: str = ""
    """Where a ticket is opened for each (a project's key); empty: Tocsin alone keeps them."""


class ReviewTerms(Wire):
    """What is owed after the end, carried out by a workflow of its own that lives until all of it is done."""

    required: Literal["always", "consider"] = "always"
    """consider: its owner is asked once, and no is an answer."""
    when: Condition = Condition()
    duties: tuple[Duty, ...] = ()
    """Each with `at: resolved` and `after: <deadline>`. A checklist, nag or document is owed by somebody until it is
    submitted or waived; the rest Tocsin does when it is due."""
    remind: Duration = timedelta(hours=4)
    """How long before a deadline whoever owes it is reminded: in business hours, so perhaps earlier."""
    overdue: Overdue = Overdue()
    follow_ups: FollowUpTerms = FollowUpTerms()


class RoleNag(Wire):
    """Empty roles are asked about until they are filled."""

    after: Duration = timedelta(minutes=5)
    every: Annotated[Duration, at_least(MINUTES)] = timedelta(minutes=10)


class Severity(Wire):
    """Everything that one severity demands."""

    title: str
    definition: str
    examples: tuple[str, ...] = ()
    acknowledge: Acknowledgement = Acknowledgement()
    escalation: Annotated[tuple[Tier, ...], Field(min_length=1)]
    hold: Literal["never", "quiet-hours", "business-hours"] = "never"
    """Pages wait for the end of quiet hours, or for business hours; never in an emergency."""
    repeat_after: Annotated[Duration, at_least(5 * MINUTES)] = 5 * MINUTES
    """How long after the last tier the ladder starts again while nobody has answered (rule 4: at least 5 minutes), and
    at least `acknowledge.within`: whoever is called has that long to answer."""
    own_channel: bool = False
    """A channel `#incident-<id>` of its own; otherwise a thread in the home channel."""
    roles: tuple[Name, ...] = ()
    unfilled: RoleNag = RoleNag()
    updates: Cadence | None = None
    status_page: StatusPageTerms | None = None
    duties: tuple[Duty, ...] = ()
    verify_for: Duration = timedelta(minutes=15)
    """How long a resolved incident is watched before it closes; the alert's return in this time reopens it."""
    review: ReviewTerms | None = None


def _several(matchers: object) -> object:
    """One matcher may stand without a list around it."""
    return [matchers] if isinstance(matchers, str) else matchers


Ignored = Annotated[
    Matchers,
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]


class Intake(Wire):
    """How alerts become incidents of this runbook."""

    severity_label: str = "severity"
    severities: dict[str, Meaning] = {}
    """Value of that label -> severity, or `ignore`: such an alert opens nothing. For words that are not in the built-in
    vocabulary, or that mean something else here."""
    default_severity: SeverityName = "sev2"
    """How grave an alert is that does not say so, or says it in a word that nobody knows."""
    ignore: tuple[Ignored, ...] = Field(
        default=("alertname=Watchdog", "alertname=InfoInhibitor"), max_length=50, validate_default=True
    )
    """Alerts that open nothing, by their labels, as Alertmanager writes matchers (`alertname=~"Test.*"`): those that
    match one entry, and of an entry that is a list, all of it. What stands here replaces the default."""
    service_labels: tuple[str, ...] = ("service", "job")
    """The first of these labels that an alert carries names the service."""
    services: dict[str, str] = {}
    """Value of that label -> service, where the alerts' names for it are not yours. Only these stand in public by
    themselves."""
    group_by: Annotated[tuple[LabelName, ...], Field(max_length=10)] = ()
    """One incident for each combination of values of these labels, from each source; otherwise, and for alerts that
    have none of them, what the sender itself puts together. `alertname`, `service`, `severity` and `source` are always
    there."""
    resolve_with_alerts: bool = True
    """When all alerts of an incident have resolved, so has the incident."""
    new_alert: Literal["tell", "ring"] | None = None
    """What an alert does that is new to an incident that somebody has acknowledged. tell: the channel is told, and
    noted at the pager; ring: whoever acknowledged is paged too. Left out: it rings if it is at least as grave as the
    incident and its name or its service is new there. At most one such ring every `repeat_after`."""
    flap_hold: Duration = Field(default=5 * MINUTES, le=timedelta(hours=1))
    """An alert that fires again within this after it resolved flaps: from then on it must stay resolved for so long
    before its incident is over, and rings nobody meanwhile. What fires is never held; `0m` holds nothing."""


class Runbook(Wire):
    """The whole procedure."""

    runbook: Name
    title: str
    home: ChannelName
    """Where incidents are declared and, without a channel of their own, worked on."""
    version: str = ""
    owner: str = ""
    calendar: Calendar = Calendar()
    people: dict[Name, Person]
    roles: dict[Name, Role] = {}
    severities: Annotated[dict[SeverityName, Severity], Field(min_length=1)]
    intake: Intake = Intake()
    audiences: dict[Name, Audience] = {}
    contacts: tuple[Contact, ...] = ()
    emergency: Condition | None = None
    """When it holds, all tiers are paged at once, whatever the hour."""
    links: tuple[Link, ...] = ()
    war_room: Link | None = None
    flags: tuple[Name, ...] = ()
    templates: dict[str, str] = {}
    """Texts that replace Tocsin's own, by template name (Jinja2, sandboxed)."""

    def severity(self, name: SeverityName) -> Severity:
        """The rules of a severity; of the next graver one if the runbook does not know this one.

        Graver, because a page too many is the smaller harm. Falls back to the gravest that exists.
        """
        if name in self.severities:
            return self.severities[name]
        known = sorted(self.severities)
        graver = [s for s in known if s <= name]
        return self.severities[graver[-1] if graver else known[0]]

    def person_name(self, person: str) -> str:
        """How to write a person; someone the runbook does not know is written as given."""
        return self.people[person].name if person in self.people else person

    def audience_name(self, to: str) -> str:
        """An audience as people call it; an address as it is."""
        return self.audiences[to].name if to in self.audiences else to

    def role_name(self, role: str) -> str:
        return self.roles[role].name if role in self.roles else role

    @model_validator(mode="wrap")
    @classmethod
    def _references_hold(cls, given: object, read: ModelWrapValidatorHandler[Self]) -> Self:
        """Checked once: not again whenever a runbook that has been read becomes part of something."""
        book = read(given)
        if book is not given and (problems := list(references.broken(book))):
            raise ValueError("; ".join(problems))
        return book
