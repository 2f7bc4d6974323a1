"""A company's procedure as frozen data.

This is what a YAML runbook is compiled to before it enters a workflow, and the snapshot that an incident keeps for as
long as it lives. Reading YAML, with its lines and columns, is `starter.runbooks.library`; here is only what the words
mean. Cross-references (a tier names a person, an update names a role) hold in every runbook that exists:
`references`.
"""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from workflows.policy.runbook import references
from workflows.policy.runbook.intake import Intake
from workflows.policy.runbook.names import ChannelName, Name, SeverityName
from workflows.policy.runbook.obligations import MOST_OBLIGATIONS, Obligation
from workflows.policy.runbook.people import Audience, Condition, Contact, Link, Person, Role
from workflows.policy.runbook.terms import Acknowledgement, Cadence, Duty, ReviewTerms, RoleNag, StatusPageTerms, Tier
from workflows.policy.time.calendar import Calendar
from workflows.policy.time.durations import MINUTE, Duration, at_least
from workflows.policy.wire.model import Wire


class Severity(Wire):
    """Everything that one severity demands."""

    title: str
    definition: str
    examples: tuple[str, ...] = ()
    acknowledge: Acknowledgement = Acknowledgement()
    escalation: Annotated[tuple[Tier, ...], Field(min_length=1)]
    hold: Literal["never", "quiet-hours", "business-hours"] = "never"
    """Pages wait for the end of quiet hours, or for business hours; never in an emergency."""
    repeat_after: Annotated[Duration, at_least(5 * MINUTE)] = 5 * MINUTE
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
    obligations: Annotated[tuple[Obligation, ...], Field(max_length=MOST_OBLIGATIONS)] = ()
    """What a law or a contract wants told to somebody, and by when."""
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
