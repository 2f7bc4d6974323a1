"""A company's procedure as frozen data.

This is what a YAML runbook is compiled to before it enters a workflow, and the snapshot that an incident keeps for as
long as it lives. Reading YAML, with its lines and columns, is `starter.runbooks`; here is only what the words mean.
Cross-references (a tier names a person, an update names a role) are checked here, so no half-connected runbook exists.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from workflows.policy.durations import Duration, at_least
from workflows.policy.effects import PublicStatus, Wire

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
"""What runbooks call people, roles, duties and flags: lower case with dashes."""
ChannelName = Annotated[str, StringConstraints(pattern=r"^#[a-z0-9_-]{1,80}$")]
SeverityName = Literal["sev1", "sev2", "sev3", "sev4"]
Until = Literal["acknowledged", "resolved"]
Moment = Literal["declared", "acknowledged", "identified", "mitigated", "resolved"]

MINUTES = timedelta(minutes=1)


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


class Tier(Wire):
    """People who are paged together, at a time counted from the declaration."""

    page: tuple[Name, ...]
    after: Duration = timedelta()
    unless: Until = "acknowledged"
    name: str = ""
    when: Condition = Condition()


class Acknowledgement(Wire):
    """How soon somebody must answer, and for how long an answer counts."""

    within: Duration | None = None
    """Missed: the first tier is paged again and the channel is told."""
    expires_after: Duration | None = None
    """No sign of life for this long: the ladder starts again."""


class Cadence(Wire):
    """Progress updates in the channel, owed by a role, for as long as the incident is not resolved."""

    every: Annotated[Duration, at_least(MINUTES)]
    owner: Name
    remind: Duration = timedelta(minutes=3)
    """How long before an update is due its owner is reminded."""
    template: str = "update"
    to: ChannelName | None = None
    """The channel; None: the incident's own place."""


class StatusPage(Wire):
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
    """Something that is owed once, at a moment of the incident's life."""

    id: Name
    kind: Literal["post", "nag", "checklist", "email", "ticket", "document"]
    template: str
    at: Moment = "declared"
    after: Duration = timedelta()
    owner: Name | None = None
    """The role that owes it."""
    to: str = ""
    """A channel (`#name`; empty: the incident's own place) or, for e-mail and the like, an address or audience."""
    pin: bool = False
    when: Condition = Condition()
    text: str = ""
    """What to do, for a checklist or nag: one line an item."""


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
    repeat_after: Annotated[Duration, at_least(5 * MINUTES)] = 5 * MINUTES
    """How long after the last tier the ladder starts again while nobody has answered (rule 4: at least 5 minutes)."""
    own_channel: bool = False
    """A channel `#incident-<id>` of its own; otherwise a thread in the home channel."""
    roles: tuple[Name, ...] = ()
    unfilled: RoleNag = RoleNag()
    updates: Cadence | None = None
    status_page: StatusPage | None = None
    duties: tuple[Duty, ...] = ()
    verify_for: Duration = timedelta(minutes=15)
    """How long a resolved incident is watched before it closes; the alert's return in this time reopens it."""


class Intake(Wire):
    """How alerts become incidents of this runbook."""

    severity_label: str = "severity"
    severities: dict[str, SeverityName] = {}
    """Value of that label -> severity."""
    default_severity: SeverityName = "sev2"
    service_labels: tuple[str, ...] = ("service", "job")
    """The first of these labels that an alert carries names the service."""
    resolve_with_alerts: bool = True
    """When all alerts of an incident have resolved, so has the incident."""


class Runbook(Wire):
    """The whole procedure."""

    runbook: Name
    title: str
    home: ChannelName
    """Where incidents are declared and, without a channel of their own, worked on."""
    people: dict[Name, Person]
    roles: dict[Name, Role] = {}
    severities: Annotated[dict[SeverityName, Severity], Field(min_length=1)]
    intake: Intake = Intake()
    links: tuple[Link, ...] = ()
    war_room: Link | None = None
    flags: tuple[Name, ...] = ()
    templates: dict[str, str] = {}
    """Texts that replace Tocsin's own, by template name (Jinja2, sandboxed)."""

    def severity(self, name: SeverityName) -> Severity:
        """The rules of a severity; of the next graver one if the runbook does not know this one.

        Graver, because a page too many is the smaller harm. Falls back to the gravest that exists.
        """
        known = sorted(self.severities)
        graver = [s for s in known if s <= name]
        return self.severities[graver[-1] if graver else known[0]]

    def person_name(self, person: str) -> str:
        """How to write a person; someone the runbook does not know is written as given."""
        return self.people[person].name if person in self.people else person

    def role_name(self, role: str) -> str:
        return self.roles[role].name if role in self.roles else role

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        problems = [*self._unknown_people(), *self._unknown_roles(), *self._unknown_flags(), *self._duties_twice()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _unknown_people(self) -> Iterator[str]:
        for name, severity in self.severities.items():
            for number, tier in enumerate(severity.escalation, start=1):
                for person in tier.page:
                    if person not in self.people:
                        yield f"severities.{name}.escalation: tier {number} pages {person!r}, who is not among `people`"
        for person_name, somebody in self.people.items():
            if somebody.manager and somebody.manager not in self.people:
                yield f"people.{person_name}.manager: {somebody.manager!r} is not among `people`"
        for role_name, role in self.roles.items():
            if role.falls_to and role.falls_to not in self.people:
                yield f"roles.{role_name}: falls to {role.falls_to!r}, who is not among `people`"

    def _unknown_roles(self) -> Iterator[str]:
        for name, severity in self.severities.items():
            for where, role in _owners(severity):
                if role not in self.roles:
                    yield f"severities.{name}.{where}: {role!r} is not among `roles`"

    def _unknown_flags(self) -> Iterator[str]:
        """A condition on a flag that nobody can set would never hold, and nobody would notice."""
        for name, severity in self.severities.items():
            for where, condition in _conditions(severity):
                for flag in (*condition.flags, *condition.without):
                    if flag not in self.flags:
                        yield f"severities.{name}.{where}: {flag!r} is not among `flags`"

    def _duties_twice(self) -> Iterator[str]:
        """A duty is known by its id: of two with the same, one would be taken for done."""
        for name, severity in self.severities.items():
            ids = [duty.id for duty in severity.duties]
            for twice in sorted({duty for duty in ids if ids.count(duty) > 1}):
                yield f"severities.{name}.duties: there are two duties {twice!r}"


def _owners(severity: Severity) -> Iterator[tuple[str, str]]:
    yield from (("roles", role) for role in severity.roles)
    if severity.updates:
        yield "updates.owner", severity.updates.owner
    if severity.status_page:
        yield "status_page.owner", severity.status_page.owner
    yield from ((f"duties.{duty.id}.owner", duty.owner) for duty in severity.duties if duty.owner)


def _conditions(severity: Severity) -> Iterator[tuple[str, Condition]]:
    yield from ((f"escalation.{number}.when", tier.when) for number, tier in enumerate(severity.escalation))
    if severity.status_page:
        yield "status_page.when", severity.status_page.when
    yield from ((f"duties.{duty.id}.when", duty.when) for duty in severity.duties)
