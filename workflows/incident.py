"""The workflow `incident`: a thin durable shell around the pure core.

    plan, start what is due, withdraw what is no longer wanted, sleep until `wake_at` or an event; again

Everything that decides is in `policy`. What is here is what only Temporal can do: sleep for days, remember, send at
least once. Rules of this file: a send never blocks the loop (each is its own task); a handler only folds its event into
the state and wakes the loop; a key is never begun twice at a time.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows import hearing, sending
    from workflows.clock import Clock
    from workflows.policy.adopting import in_force
    from workflows.policy.answers import Changed, Life, Outlook, Status
    from workflows.policy.demand import Demand
    from workflows.policy.engine import Plan, plan
    from workflows.policy.events import AlertsReceived, EffectAbandoned, EffectSettled, EffectStarted, Event, stamp
    from workflows.policy.fold import apply
    from workflows.policy.incident import Incident, declare, rules
    from workflows.policy.outlook import as_markdown, outlook
    from workflows.policy.refusals import refusal
    from workflows.policy.runbook import Runbook
    from workflows.policy.wording import what
    from workflows.published import attributes_of

LAST_CHANCE = timedelta(seconds=30)
"""What a page on its way gets to arrive before a forced continue-as-new; the new run looks it up and goes on."""
ID_LETTERS = "23456789bcdfghjkmnpqrstvwxz"
"""No vowels (no words), nothing that is read as something else at 3 a.m."""


@workflow.defn(name="incident")
class IncidentWorkflow:
    @workflow.init
    def __init__(self, life: Life) -> None:
        self._life = life
        self._book = life.opening.runbook
        opened_at = life.incident.declared_at if life.incident else workflow.info().workflow_start_time
        self._clock = Clock(opened_at, life.opening.speed)
        self._incident = life.incident or _declared(life)
        self._sends: dict[str, asyncio.Task[EffectSettled]] = {}
        self._withdrawn: set[str] = set()
        self._bug: BaseException | None = None
        self._leaving = False
        self._changed = True
        self._timer: asyncio.Task[None] | None = None
        self._timer_at: datetime | None = None
        self._shown: dict[str, object] = {}
        if life.alerts:
            self._hear(AlertsReceived(alerts=life.alerts, via="alerts"))
        self._listen()

    @workflow.run
    async def run(self, life: Life) -> None:  # noqa: ARG002 (Temporal passes it here as well as to __init__)
        while self._incident.closed_at is None:
            self._turn()
            await workflow.wait_condition(lambda: self._changed or self._must_leave())
            if self._bug is not None:
                raise self._bug  # fails the workflow task, visibly, until it is mended; the incident itself lives on
            if self._must_leave():
                await self._leave()
        self._arm(None)
        for key in self._sends:
            self._cancel(key)
        await workflow.wait_condition(lambda: not self._sends and workflow.all_handlers_finished())
        self._show(Plan((), (), (), None))
        if self._incident.successor:
            self._open_the_next()

    # -- one turn

    def _turn(self) -> None:
        """Until nothing changes any more: conclude, withdraw, begin; then arm the timer and say what is planned."""
        while self._changed and self._incident.closed_at is None:
            self._changed = False
            now = self._now()
            present = plan(self._book, self._incident, now)
            for conclusion in present.conclusions:
                self._fold(conclusion)
            if not present.conclusions:
                self._withdraw(present)
                self._begin(present)
                self._arm(present)
                self._show(present)

    def _withdraw(self, present: Plan) -> None:
        wanted = {demand.key for demand in present.due} | {w.demand.key for w in present.waiting}
        for key in [k for k in self._sends if k not in wanted and k not in self._withdrawn]:
            self._cancel(key)
        for key in [k for k in self._incident.started if k not in wanted and k not in self._sends]:
            self._fold(EffectAbandoned(key=key))

    def _cancel(self, key: str) -> None:
        self._withdrawn.add(key)
        self._sends[key].cancel()

    def _begin(self, present: Plan) -> None:
        for demand in present.due:
            if demand.key not in self._sends:
                due_at = self._clock.wall(demand.due_at)
                order = sending.order(self._book, self._incident, demand, self._now(), due_at)
                self._fold(EffectStarted(demand=demand, real_at=workflow.now()))
                summary = f"{what(self._book, demand)}: {demand.reason}"
                send = asyncio.create_task(sending.perform(demand, order, summary))
                self._sends[demand.key] = send
                send.add_done_callback(partial(self._settle, demand))

    def _settle(self, demand: Demand, send: "asyncio.Task[EffectSettled]") -> None:
        del self._sends[demand.key]
        self._changed = True
        if not send.cancelled() and send.exception() is not None:
            self._bug = send.exception()
            return
        settled = EffectSettled(demand=demand, outcome="superseded") if send.cancelled() else send.result()
        if demand.key in self._withdrawn:
            self._withdrawn.discard(demand.key)
            settled = sending.withdrawn(settled)
        if self._leaving and settled.outcome == "superseded":
            return  # not withdrawn, only interrupted: the next run begins it again
        late = self._clock.real(self._now() - demand.due_at)
        self._fold(settled.model_copy(update={"late": max(late, timedelta())}))

    def _arm(self, present: Plan | None) -> None:
        """One timer for the earliest moment; left alone while that does not move, so that a note costs no events."""
        wake_at = present.wake_at if present else None
        if wake_at == self._timer_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_at = None, wake_at
        if present is not None and wake_at is not None:
            first = present.next[0] if present.next else None
            name = f"{what(self._book, first)}: {first.reason}" if first else "verification ends"
            self._timer = asyncio.create_task(self._wake(wake_at, name))

    async def _wake(self, wake_at: datetime, summary: str) -> None:
        span = self._clock.real(wake_at - self._now())
        await workflow.sleep(max(span, timedelta(milliseconds=1)), summary=summary[:200])
        self._timer_at = None
        self._changed = True

    # -- what others see

    def _show(self, present: Plan) -> None:
        view = outlook(self._book, self._incident, present, self._now(), self._clock.speed, self._sends.keys())
        workflow.set_current_details(as_markdown(self._book, self._incident, view))
        news = [a for a in attributes_of(self._incident, present) if self._shown.get(a.key.name) != a.value]
        if news:
            workflow.upsert_search_attributes(news)
            self._shown |= {attribute.key.name: attribute.value for attribute in news}

    @workflow.query(name="state", description="everything that is known of this incident")
    def state(self) -> Status:
        return Status(
            incident=self._incident, speed=self._clock.speed, verification=rules(self._book, self._incident).verify_for
        )

    @workflow.query(name="plan", description="what is under way and what comes next, with reasons")
    def plan(self) -> Outlook:
        now = self._now()
        present = plan(self._book, self._incident, now)
        return outlook(self._book, self._incident, present, now, self._clock.speed, self._sends.keys())

    # -- what it hears

    def _listen(self) -> None:
        """Every command is both: a signal that is never refused and an update that answers (rule 12).

        Dynamic handlers, because only they take raw values: the SDK drops a signal whose argument does not fit.
        """
        workflow.set_dynamic_signal_handler(self._on_signal)
        workflow.set_dynamic_update_handler(self._on_update, validator=self._validate_update)

    def _on_signal(self, name: str, args: Sequence[RawValue]) -> None:
        self._hear(hearing.hear(name, args))

    def _on_update(self, name: str, args: Sequence[RawValue]) -> Changed:
        before = self._incident
        self._hear(hearing.hear(name, args))
        return hearing.answer(self._book, before, self._incident, self._now())

    def _validate_update(self, name: str, args: Sequence[RawValue]) -> None:
        event = hearing.hear_strictly(name, args)
        no = refusal(self._book, self._incident, event)
        if no and event.id not in self._incident.heard:
            raise ApplicationError(no, type="Refused")

    def _hear(self, event: Event) -> None:
        """An event from outside bears the wall clock's time, if any, and its sender's clock may be ahead."""
        at = self._clock.core(min(event.at, workflow.now()))
        self._fold(event.model_copy(update={"at": at}))

    def _fold(self, event: Event) -> None:
        book = in_force(self._book, self._incident, event)
        self._incident = apply(self._book, self._incident, stamp(event, self._now()))
        if book is not self._book:
            self._adopt(book)
        self._changed = True

    def _adopt(self, book: Runbook) -> None:
        """Also over continue-as-new, and for the incident after this one."""
        self._book = book
        opening = self._life.opening.model_copy(update={"runbook": book})
        self._life = self._life.model_copy(update={"opening": opening})

    def _now(self) -> datetime:
        return self._clock.core(workflow.now())

    # -- continue-as-new

    def _must_leave(self) -> bool:
        info = workflow.info()
        if info.get_current_history_length() >= self._life.history_limit:
            return True
        return info.is_continue_as_new_suggested() and not self._sends

    async def _leave(self) -> None:
        """Comms sends are cancelled, pages get a last chance; `started_at` goes along, so the new run looks first."""
        self._leaving = True
        for key in self._sends:
            if not key.startswith(("escalate/", "overdue/", "call/", "hush/")):
                self._cancel(key)
        try:
            await workflow.wait_condition(lambda: not self._sends, timeout=LAST_CHANCE)
        except TimeoutError:
            for key in [k for k in self._sends if k not in self._withdrawn]:
                self._cancel(key)
        await workflow.wait_condition(lambda: not self._sends and workflow.all_handlers_finished())
        workflow.continue_as_new(self._life.model_copy(update={"incident": self._incident, "alerts": ()}))

    def _open_the_next(self) -> None:
        firing = self._incident.successor
        gravest = min((alert.severity for alert in firing if alert.severity), default=self._life.opening.severity)
        opening = self._life.opening.model_copy(
            update={"severity": gravest, "detected_at": min(alert.starts_at for alert in firing)}
        )
        workflow.continue_as_new(self._life.model_copy(update={"opening": opening, "incident": None, "alerts": firing}))


def _declared(life: Life) -> Incident:
    now = workflow.info().workflow_start_time  # not the first turn's: while no worker ran, the procedure's clocks did
    letters = "".join(workflow.random().choice(ID_LETTERS) for _ in range(6))
    return declare(life.opening, now, f"{now:%Y%m%d-%H%M}-{letters}", workflow.info().workflow_id)
