"""The workflow `review`: what an incident owes after its end, until it is done; carried out by the `Runner`."""

from collections.abc import Sequence, Set
from datetime import datetime

from temporalio import workflow
from temporalio.common import RawValue, SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError

from workflows.durable import search_attributes as known_by
from workflows.durable.clock import Clock
from workflows.durable.drafts import drafts
from workflows.durable.memos import RECORD_MEMO
from workflows.durable.published import AttributeUpdate, attributes_of_review
from workflows.durable.runner import Runner
from workflows.durable.summaries import summary
from workflows.policy.effects.demand import Demand
from workflows.policy.engine import Plan
from workflows.policy.incident.events import Event, stamp
from workflows.policy.incident.mark import mark
from workflows.policy.incident.private import is_private
from workflows.policy.incident.state import Incident
from workflows.policy.keys import workflow_ids
from workflows.policy.review.debts import OWED_MEMO, review_debts
from workflows.policy.review.engine import plan
from workflows.policy.review.events import REVIEW_SIGNALS
from workflows.policy.review.plan_view import as_markdown
from workflows.policy.review.reducers import apply
from workflows.policy.review.refusals import refusal
from workflows.policy.review.results import ReviewInput, ReviewStatus, status
from workflows.policy.review.summary import summarize_review
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.coming_duties import ComingDuties
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.plan_view import lines
from workflows.policy.views.results import PlanView
from workflows.policy.views.summary import drill_memo
from workflows.queues import LAST_IN_LINE
from workflows.texts.render import Message, words


class ReviewProcedure:
    """A review, as the runner carries it out."""

    known = REVIEW_SIGNALS

    def __init__(self, start: ReviewInput) -> None:
        self._start = start
        self.review = start.review

    @property
    def book(self) -> Runbook:
        return self._start.runbook

    @property
    def incident(self) -> Incident:
        return self.review.incident

    @property
    def over(self) -> bool:
        return self.review.closed_at is not None

    def plan(self, now: datetime) -> Plan:
        return plan(self.book, self.review, now)

    def apply(self, event: Event) -> None:
        self.review = apply(self.book, self.review, event)

    def after(self, event: Event, now: datetime) -> "ReviewProcedure":
        review = apply(self.book, self.review, stamp(event, now))
        return ReviewProcedure(self._start.model_copy(update={"review": review}))

    def refusal(self, event: Event) -> str | None:
        return refusal(self.book, self.review, event)

    def words(self, demand: Demand, now: datetime) -> Message:
        return words(self.book, self.incident, demand, now, self.review)

    def plan_view(self, present: Plan, now: datetime, speed: float, in_flight: Set[str]) -> PlanView:
        view = tuple(lines(self.book, present, in_flight))
        marked = mark(self.incident)
        zone = self.book.calendar.zone
        return PlanView(incident=self.incident.id, now=now, mark=marked, zone=zone, speed=speed, lines=view)

    def details(self, view: PlanView) -> str:
        return as_markdown(self.book, self.review, view)

    def attributes(self, _: datetime) -> Sequence[AttributeUpdate]:
        return attributes_of_review(self.book, self.review)

    def coming_duties(self, _: Plan) -> ComingDuties:
        """Of a review lists show when it is due."""
        return ComingDuties()

    def memo(self, now: datetime) -> dict[str, object]:
        debts = review_debts(self.book, self.review)
        return {RECORD_MEMO: summarize_review(self.book, self.review, now), OWED_MEMO: debts}

    def start(self) -> ReviewInput:
        return self._start.model_copy(update={"review": self.review})


@workflow.defn(name="review")
class ReviewWorkflow:
    @workflow.init
    def __init__(self, start: ReviewInput) -> None:
        self._procedure = ReviewProcedure(start)
        self._speed = start.speed
        clock = Clock(start.review.incident.declared_at, start.speed)  # its incident's, which goes on
        self._runner = Runner(self._procedure, clock, start.history_limit, start.history_bytes)

    @workflow.run
    async def run(self, start: ReviewInput) -> None:  # noqa: ARG002 (Temporal passes it here as well as to __init__)
        await self._runner.carry_out()

    @workflow.query(name="state", description="everything that is known of this review, and what is owed")
    def state(self) -> ReviewStatus:
        now = self._runner.now()
        found = status(self._procedure.book, self._procedure.review, now, self._speed)
        return found.model_copy(update={"drafts": drafts(self._procedure, now), "refusals": self._runner.refusals})

    @workflow.query(name="plan", description="what is under way and what comes next, with reasons")
    def plan(self) -> PlanView:
        return self._runner.plan_view()

    @workflow.query(name="foresee", description="what an update would do, by its name and argument; it does nothing")
    def foresee(self, name: str, said: RawValue) -> Foreseen:
        return self._runner.foresee(name, said)


async def start_review(start: ReviewInput) -> None:
    """Once for each incident, whatever becomes of the workflow that starts it. Returns when Temporal has it."""
    incident = start.review.incident
    try:
        await workflow.start_child_workflow(
            "review",
            start,
            id=workflow_ids.review_of(incident.id),
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            priority=LAST_IN_LINE,
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(known_by.INCIDENT, incident.id),
                    SearchAttributePair(known_by.SEVERITY, incident.severity),
                    SearchAttributePair(known_by.SERVICE, incident.service),
                    SearchAttributePair(known_by.RUNBOOK, incident.runbook),
                    *([SearchAttributePair(known_by.PRIVATE, True)] if is_private(incident) else []),
                ]
            ),
            memo={"title": incident.title, "opened_at": start.review.opened_at.isoformat()}
            | drill_memo(incident.declared_at, start.speed),
            static_summary=summary(f"Review of {incident.severity.upper()} {incident.title}"),
        )
    except WorkflowAlreadyStartedError:
        workflow.logger.info("the review of %s was started before", incident.id)


async def pass_on(incident: str, event: Event) -> None:
    """To the review of the incident. One that has ended needs nothing more."""
    kind = str(type(event).model_fields["kind"].default)
    said = event.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    try:
        await workflow.get_external_workflow_handle(workflow_ids.review_of(incident)).signal(kind, said)
    except FailureError:
        workflow.logger.info("the review of %s has ended, and did not hear a %s", incident, kind)
