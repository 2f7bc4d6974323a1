"""What people are answered: by the HTTP API as it is, by the command line in words or with `--json`."""

from pydantic import BaseModel, ConfigDict, Field

from starter.temporal.results import HistoryLine
from workflows.policy.incident.follow_up import FollowUp
from workflows.policy.review.results import ReviewStatus
from workflows.policy.runbook.names import SeverityName
from workflows.policy.views.difference import PlanChange
from workflows.policy.views.first_page import FirstPage
from workflows.policy.views.results import Outgoing, PlanView, RunningObligation, Status, UpdateResult
from workflows.policy.wire.model import Instant


class Declaration(BaseModel):
    """What somebody says who opens an incident."""

    model_config = ConfigDict(frozen=True)

    title: str = Field(min_length=1, max_length=300)
    severity: str = ""
    """The runbook's default if left out."""
    service: str = ""
    runbook: str = ""
    """The installation's default if left out."""
    labels: dict[str, str] = {}
    flags: tuple[str, ...] = ()
    public: str = ""
    """What it is called in public: `failing logins`. Without it, a problem with the service as the runbook calls it, or
    with some of our services."""


class Declared(BaseModel):
    """An incident has been opened by hand."""

    incident: str
    workflow_id: str
    runbook: str
    severity: SeverityName
    first_page: FirstPage
    outgoing: tuple[Outgoing, ...] = ()
    """What people outside read of it in its first hours if nobody does anything."""
    unforeseen: str = ""
    """Why that is not known."""


class Called(UpdateResult):
    """Somebody has been called by hand."""

    page: FirstPage


class ShownIncident(BaseModel):
    """One incident: how it stands, and what comes next."""

    state: Status
    plan: PlanView


class ShownReview(BaseModel):
    """One review: what is owed, and what has been done."""

    state: ReviewStatus
    plan: PlanView


class Remembered(BaseModel):
    """What the history knows by itself, when no worker answers."""

    incident: str
    problem: str
    """Why that is all."""
    perhaps_late: bool = Field(default=False, exclude=True)
    """A worker was there a moment ago, and may only be slow."""
    history: list[HistoryLine]


class ListedObligation(BaseModel):
    """One legal clock that runs, of an incident or its review."""

    incident: str
    obligation: RunningObligation | None = None
    problem: str = ""
    """Why nothing is known of those of this incident."""


class KeptFollowUp(BaseModel):
    """One follow-up of an incident or its review."""

    incident: str
    follow_up: FollowUp | None = None
    problem: str = ""
    """Why nothing is known of those of this incident."""

    @property
    def is_open(self) -> bool:
        return self.follow_up is None or self.follow_up.ending is None


class AdoptionRequest(BaseModel):
    """By which runbook an incident is to go on."""

    model_config = ConfigDict(frozen=True)

    runbook: str = ""
    """One that the installation has loaded; its default if left out."""


class Adoption(BaseModel):
    """What becomes of the plan of an incident that goes on by its runbook as it is now."""

    incident: str
    runbook: str
    changes: list[PlanChange]
    adopted: bool
    now: Instant
    """By the incident's clock."""


class PageTestRequest(BaseModel):
    """Whom somebody pages to know whether it reaches them."""

    model_config = ConfigDict(frozen=True)

    person: str = Field(min_length=1, max_length=100)
    """As the runbooks' `people` call them: on-call."""


class PageTestAnswer(BaseModel):
    """The pager has it."""

    person: str
    key: str
    note: str | None = None
