"""What a runbook demands of people: to answer, to report, to do things, to look back."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from workflows.policy.runbook.names import ChannelName, ClockStart, Moment, Name, PublicStatus, Until
from workflows.policy.runbook.people import Condition
from workflows.policy.time.durations import DAY, MINUTE, Duration, at_least
from workflows.policy.wire.model import Wire


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

    every: Annotated[Duration, at_least(MINUTE)]
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
    every: Annotated[Duration, at_least(MINUTE)] | None = None
    automatic: tuple[PublicStatus, ...] = ()
    """These go out by themselves. The others are drafted, and wait for `approve`."""
    anyway_after: Duration | None = None
    """A draft that nobody approved for this long goes out as drafted; None: never without approval."""
    when: Condition = Condition()


class Duty(Wire):
    """Something that is owed at a moment of the incident's life, once or again and again."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: Name
    kind: Literal["post", "nag", "checklist", "email", "ticket", "document"]
    template: str
    at: Moment = "declared"
    """Counted from there, and ended by the end of the incident, if it is due before a day has passed."""
    counts_from: Annotated[ClockStart | None, Field(alias="from")] = None
    """Instead of `at`, for a deadline that is owed even if the incident has ended: the review carries it on. flagged:
    all flags of its `when` are set. mitigated: or resolved, if nobody said so before."""
    after: Duration = timedelta()
    unless: Literal["resolved"] | None = None
    """The end of the incident ends it, although it is due after a day or later."""
    on: Literal["any-day", "business-hours", "monday"] = "any-day"
    """It waits for business hours, or for the next Monday morning."""
    every: Annotated[Duration, at_least(MINUTE)] | None = None
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

    @property
    def items(self) -> tuple[str, ...]:
        """The lines of its text."""
        return tuple(line.strip() for line in self.text.splitlines() if line.strip())

    @property
    def moment(self) -> Moment | ClockStart:
        return self.counts_from or self.at

    @property
    def is_deadline(self) -> bool:
        """Is it owed at its time even if the incident has ended before? What is due after a day or later is no step of
        the response: it is forgotten by nobody's silence (rule 25)."""
        if self.counts_from is not None:
            return True
        return self.at != "resolved" and self.after >= DAY and self.every is None and self.unless is None

    @property
    def outlives(self) -> bool:
        return self.is_deadline or self.at == "resolved"


class Overdue(Wire):
    """What follows a deadline that was missed, in business hours, until it is done or waived."""

    every: Annotated[Duration, at_least(60 * MINUTE)] = DAY
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
    every: Annotated[Duration, at_least(MINUTE)] = timedelta(minutes=10)
