"""The workflow `incident`: an incident, from its declaration to its close, carried out by the `Runner`."""

from collections.abc import Sequence, Set
from datetime import datetime

from temporalio import workflow
from temporalio.common import RawValue

from workflows.durable.clock import Clock
from workflows.durable.drafts import drafts
from workflows.durable.memos import RECORD_MEMO
from workflows.durable.published import AttributeUpdate, attributes_of
from workflows.durable.runner import Runner
from workflows.durable.succession import INCIDENT_WORKFLOW, leave_behind
from workflows.policy.effects.demand import Demand
from workflows.policy.engine import Plan, plan
from workflows.policy.incident.events import AlertsReceived, Event, stamp
from workflows.policy.incident.mark import mark
from workflows.policy.incident.rules import rules
from workflows.policy.incident.signals import INCIDENT_SIGNALS
from workflows.policy.incident.state import Incident, declare
from workflows.policy.keys.workflow_ids import LETTERS
from workflows.policy.reducers.adopting import in_force
from workflows.policy.reducers.refusals import refusal
from workflows.policy.reducers.root import apply
from workflows.policy.review.engine import owes_review
from workflows.policy.review.late_words import for_review
from workflows.policy.review.results import ReviewInput
from workflows.policy.review.state import open_review
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.coming_duties import FORESEEN_STEPS, ComingDuties, coming_duties
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.named import names_in
from workflows.policy.views.plan_view import as_markdown, plan_view
from workflows.policy.views.results import IncidentInput, PlanView, Status, running_obligations
from workflows.policy.views.summary import listed_while_open, summarize
from workflows.review import pass_on, start_review
from workflows.texts.render import Message, words


class IncidentProcedure:
    """An incident, as the runner carries it out."""

    known = INCIDENT_SIGNALS

    def __init__(self, start: IncidentInput, incident: Incident) -> None:
        self._start = start
        self.incident = incident
        self._handed_over = False
        self.late_words: list[Event] = []
        """What people said since the review was given its record, and the review has yet to hear."""

    @property
    def book(self) -> Runbook:
        return self._start.opening.runbook

    @property
    def over(self) -> bool:
        return self.incident.closed_at is not None

    def plan(self, now: datetime) -> Plan:
        return plan(self.book, self.incident, now)

    def apply(self, event: Event) -> None:
        """An adopted runbook holds over continue-as-new, too, and for the incident after this one."""
        if self._handed_over and (late := for_review(self.incident, event)) is not None:
            self.late_words.append(late)
        book = in_force(self.book, self.incident, event)
        self.incident = apply(self.book, self.incident, event)
        if book is not self.book:
            opening = self._start.opening.model_copy(update={"runbook": book})
            self._start = self._start.model_copy(update={"opening": opening})

    def after(self, event: Event, now: datetime) -> "IncidentProcedure":
        return IncidentProcedure(self._start, apply(self.book, self.incident, stamp(event, now)))

    def refusal(self, event: Event) -> str | None:
        return refusal(self.book, self.incident, event)

    def words(self, demand: Demand, now: datetime) -> Message:
        return words(self.book, self.incident, demand, now)

    def plan_view(self, present: Plan, now: datetime, speed: float, in_flight: Set[str]) -> PlanView:
        return plan_view(self.book, self.incident, present, now, speed, in_flight)

    def details(self, view: PlanView) -> str:
        return as_markdown(self.book, self.incident, view)

    def attributes(self, now: datetime) -> Sequence[AttributeUpdate]:
        return attributes_of(self.book, self.incident, now)

    def coming_duties(self, present: Plan) -> ComingDuties:
        """Of a drill one step, for the clock of whoever shows it is not the drill's."""
        return coming_duties(self.book, present, FORESEEN_STEPS if self._start.opening.speed == 1.0 else 1)

    def memo(self, _: datetime) -> dict[str, object]:
        return listed_while_open(self.book, self.incident)

    def start(self) -> IncidentInput:
        return self._start.model_copy(update={"incident": self.incident, "alerts": ()})

    def owed_review(self) -> ReviewInput | None:
        """With the record as it is now. What people say after that is kept for it."""
        if not owes_review(self.book, self.incident):
            return None
        self._handed_over = True
        return ReviewInput(
            runbook=self.book,
            review=open_review(self.incident),
            speed=self._start.opening.speed,
            history_limit=self._start.history_limit,
            history_bytes=self._start.history_bytes,
        )

    def leave_behind(self) -> None:
        leave_behind(self._start, self.incident)


@workflow.defn(name=INCIDENT_WORKFLOW)
class IncidentWorkflow:
    @workflow.init
    def __init__(self, start: IncidentInput) -> None:
        self._procedure = IncidentProcedure(start, start.incident or _declared(start))
        self._clock = Clock(self._procedure.incident.declared_at, start.opening.speed)
        self._runner = Runner(self._procedure, self._clock, start.history_limit, start.history_bytes)
        if start.alerts:
            self._runner.receive(AlertsReceived(alerts=start.alerts, via="alerts"))

    @workflow.run
    async def run(self, start: IncidentInput) -> None:  # noqa: ARG002 (Temporal passes it here as well as to __init__)
        await self._runner.carry_out()
        workflow.upsert_memo(
            {RECORD_MEMO: summarize(self._procedure.book, self._procedure.incident, self._clock.speed)}
        )
        review = self._procedure.owed_review()
        if review is not None:
            await start_review(review)
        await workflow.wait_condition(workflow.all_handlers_finished)  # what waits to be read may be for the next one
        while self._procedure.late_words:
            await pass_on(self._procedure.incident.id, self._procedure.late_words.pop(0))
            await workflow.wait_condition(workflow.all_handlers_finished)
        self._procedure.leave_behind()

    @workflow.query(name="state", description="everything that is known of this incident")
    def state(self) -> Status:
        incident = self._procedure.incident
        verification = rules(self._procedure.book, incident).verify_for
        now = self._runner.now()
        return Status(
            incident=incident,
            mark=mark(incident),
            obligations=running_obligations(self._procedure.book, incident, now),
            speed=self._clock.speed,
            verification=verification,
            drafts=drafts(self._procedure, now),
            refusals=self._runner.refusals,
            names=names_in(self._procedure.book, incident),
            role_names={role: terms.name for role, terms in self._procedure.book.roles.items()},
        )

    @workflow.query(name="plan", description="what is under way and what comes next, with reasons")
    def plan(self) -> PlanView:
        return self._runner.plan_view()

    @workflow.query(name="foresee", description="what an update would do, by its name and argument; it does nothing")
    def foresee(self, name: str, said: RawValue) -> Foreseen:
        return self._runner.foresee(name, said)


def _declared(start: IncidentInput) -> Incident:
    now = workflow.info().workflow_start_time  # not the first turn's: while no worker ran, the procedure's clocks did
    letters = "".join(workflow.random().choice(LETTERS) for _ in range(6))
    incident = declare(start.opening, now, f"{now:%Y%m%d-%H%M}-{letters}", workflow.info().workflow_id)
    return incident.model_copy(update={"cancelled_episodes": start.cancelled})
