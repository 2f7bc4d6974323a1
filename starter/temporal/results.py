"""Answers of Temporal about incidents, and the errors that such a question can raise, in words for people."""

from datetime import datetime
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from workflows.policy.review.debts import ReviewDebts
from workflows.policy.review.summary import ClosedReview as ReviewRecord
from workflows.policy.views.standing import OpenFollowUp
from workflows.policy.views.summary import ClosedIncident, DrillClock
from workflows.policy.wire.model import Instant


class Unreachable(Exception):
    """Temporal did not answer in time, or not at all."""


class NobodyWorks(Exception):
    """Temporal answers, but no worker goes on with the workflow: none is running, or its tasks fail."""

    def __init__(
        self, reason: str, means: str = "nothing is being paged", cure: str = "", *, perhaps_late: bool = False
    ) -> None:
        doubt = "perhaps " if perhaps_late else ""
        super().__init__(f"{reason}: {doubt}{means}" + (f". What to do: {cure}" if cure else ""))
        self.reason, self.means, self.cure = reason, means, cure
        self.perhaps_late = perhaps_late
        """A worker was there a moment ago: it may be slow, or dead. Nobody may be told that it is dead."""

    @property
    def is_of_one(self) -> bool:
        """Its own tasks fail, for which there is a cure; others may well be worked on."""
        return bool(self.cure)

    def recorded(self, means: str = "") -> "Recorded":
        """What was said is kept, and counts when somebody works again."""
        return Recorded(f"recorded; {self.reason}", means or self.means, self.cure, perhaps_late=self.perhaps_late)


class Recorded(NobodyWorks):
    """Temporal has what was said, and nobody acts on it before a worker runs."""


class Unpublished(Exception):
    """There are no runbooks of a running installation that could be read."""


class RefusedByIncident(Exception):
    """The incident said no; the message is its own."""


class LookupFailed(Exception):
    """Not exactly one incident is meant; the message lists those that could be."""

    def __init__(self, message: str, brief: str = "") -> None:
        super().__init__(message)
        self.brief = brief or message
        """The same, and names none: for whoever may not know of all."""


class NothingOpen(LookupFailed):
    """There is no open incident under this workflow id."""


class Result(BaseModel):
    model_config = ConfigDict(frozen=True)


class FoundIncident(Result):
    """One incident, by both of its names."""

    workflow_id: str
    incident: str
    """Its incident id; the workflow id as long as no worker has given it one."""
    run_id: str | None = None
    """Of a closed one: the workflow id may be the group's next incident's by now."""
    may_be_private: bool = True
    """As far as lists say."""


class Summary(Result):
    """One incident in a list."""

    workflow_id: str
    run_id: str
    incident: str
    title: str
    open: bool
    severity: str = ""
    gravest: str = ""
    """The gravest that it ever had."""
    drill: bool = False
    """Its time is compressed ..."""
    drill_clock: DrillClock | None = None
    """... in this way."""
    stuck: bool = False
    """Its tasks fail: nothing happens for it until the worker's code is mended."""
    private: bool = False
    """Only people who are named may see it."""
    phase: str = ""
    service: str = ""
    runbook: str = ""
    commander: str = ""
    tier: int | None = None
    urgency: int | None = None
    """Less is more urgent (`policy/views/standing.py`)."""
    acknowledged_by: str = ""
    alive_at: Instant | None = None
    """The last sign of life of whoever acknowledged it."""
    updated_at: Instant | None = None
    """The last progress update that a human wrote."""
    public: str | None = None
    """What the public has been told."""
    follow_ups: int = 0
    """Open and ended ones."""
    follow_ups_due: tuple[OpenFollowUp, ...] = ()
    """The first of those that are open, soonest first."""
    obligation: str = ""
    """Of the legal clocks that run the one that runs out first, ..."""
    obligation_due_at: Instant | None = None
    """... and when it does."""
    next_duty: str = ""
    next_duty_at: Instant | None = None
    seen: bool = True
    """By a worker; otherwise nothing is known but how it was opened."""
    started_at: Instant
    closed_at: Instant | None = None


class HistoryLine(Result):
    """One thing that the history alone tells, with no worker's help. In real time, whatever the speed."""

    at: datetime
    text: str


class ReviewSummary(Result):
    """One review in a list."""

    workflow_id: str
    run_id: str
    incident: str
    title: str
    open: bool
    severity: str = ""
    runbook: str = ""
    due_at: Instant | None = None
    """The next deadline of what is still owed."""
    started_at: Instant
    closed_at: Instant | None = None
    record: ReviewRecord | None = None
    """None: it has only just begun."""
    problem: str = ""
    """Why it has none, if it should."""
    drill: bool = False
    drill_clock: DrillClock | None = None
    debts: ReviewDebts | None = None
    """None: it has not said yet what it owes."""
    stuck: bool = False
    """Its tasks fail: nothing happens for it until the worker's code is mended."""


Row = TypeVar("Row", Summary, ReviewSummary)


PAGE_SIZE: Final = 20


class ListPage(Result, Generic[Row]):
    """Of a list."""

    rows: tuple[Row, ...]
    number: int = 1
    """From 1."""
    size: int
    total: int
    """Of the whole list. It is counted beside the rows, and may be off by what has changed in that moment."""


def whole(rows: tuple[Row, ...]) -> ListPage[Row]:
    """A list as a single page."""
    return ListPage(rows=rows, size=max(len(rows), 1), total=len(rows))


class Past(Result):
    """Incidents that have ended."""

    records: tuple[ClosedIncident, ...]
    unrecorded: tuple[Summary, ...] = ()
    """They left no record: terminated, or closed by a version that kept none."""
    unread: int = 0
    """How many more have ended, before these."""
