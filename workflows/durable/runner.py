"""Carries out a procedure in Temporal: the same for an incident and for its review.

    plan, start what is due, withdraw what is no longer wanted, sleep until `wake_at` or an event; again

The `Procedure` decides. The runner does only what Temporal can do: sleep for days, remember, send at least once.
Rules of this file: a send never blocks the loop (each is its own task); a handler only applies its event to the state
and wakes the loop; a key is never begun twice at a time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from workflows.durable import approving, decoding, foreseeing, sending
from workflows.durable.clock import Clock
from workflows.durable.flights import Flights
from workflows.durable.leaving import is_long_or_heavy, must_leave
from workflows.durable.pacing import Pace
from workflows.durable.procedure import Procedure
from workflows.durable.sending import Order
from workflows.durable.showing import ShownState
from workflows.durable.timers import Timers
from workflows.policy.effects.demand import Demand
from workflows.policy.engine import Plan
from workflows.policy.incident.events import (
    AlertsReceived,
    DraftApproved,
    EffectAbandoned,
    EffectStarted,
    Event,
    TextFailed,
    stamp,
)
from workflows.policy.planning.recipients import recipients
from workflows.policy.planning.wording import what
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.plan_view import newly_due
from workflows.policy.views.results import PlanView, UpdateResult
from workflows.policy.views.summary import DrillClock, drill_clock
from workflows.policy.wire import history
from workflows.policy.wire.bounded import cut
from workflows.texts import proofreading
from workflows.texts.outside import let_out
from workflows.texts.proofreading import approved_too_soon, left_open

SUGGESTED_FOR = timedelta(minutes=10)
"""How long a run waits for a quiet moment to continue as new."""
REFUSALS_KEPT, LONGEST_REFUSAL = 50, 300
LAST_CHANCE = timedelta(seconds=30)
"""What a page on its way gets to arrive before a forced continue-as-new; the new run looks it up and goes on."""


class Runner:
    def __init__(self, procedure: Procedure, clock: Clock, history_limit: int, history_bytes: int) -> None:
        self._procedure = procedure
        self._clock = clock
        self._history_limit, self._history_bytes = history_limit, history_bytes
        self._suggested_at: datetime | None = None
        self._pace = Pace()
        self._flights = Flights(self._look_again)
        self._leaving = False
        self._changed = True
        self._only_landed = False
        """Nothing has happened since the last turn but that sends have ended."""
        self._timers = Timers(self._look_again)
        self._shown = ShownState(procedure, clock)
        self.refusals: dict[str, str] = {}
        """Of what was left as a signal, and would be refused as an update."""
        self._listen()

    async def carry_out(self) -> None:
        """Returns when the procedure is over and nothing is on its way any more. Continues as new when it has to."""
        await workflow.wait_condition(self._has_news)
        while not self._procedure.over:
            self._turn()
            await workflow.wait_condition(lambda: self._has_news() or self._must_leave())
            if self._must_leave():
                await self._leave()
        self._timers.cancel()
        for key in self._flights:
            self._flights.withdraw(key)
        await workflow.wait_condition(lambda: self._is_quiet() and workflow.all_handlers_finished())
        self._settle()
        self._show(Plan((), (), (), None))

    def plan_view(self) -> PlanView:
        return self._plan_view(self._procedure.plan(self.now()))

    def foresee(self, name: str, said: RawValue) -> Foreseen:
        """What the update of that name would do now."""
        event = self._read(name, (said,))
        no = self._refusal(event)
        seen = foreseeing.foresee(self._procedure, event, no, self.now(), self._flights.under_way)
        return seen.model_copy(update={"drill_clock": self._drill_clock()})

    def _plan_view(self, present: Plan) -> PlanView:
        return self._procedure.plan_view(present, self.now(), self._clock.speed, self._flights.under_way)

    def _drill_clock(self) -> DrillClock | None:
        return drill_clock(self._clock.opened_at, self._clock.speed)

    def now(self) -> datetime:
        return self._clock.core(workflow.now())

    # -- one turn

    def _turn(self) -> None:
        """Until nothing changes any more, settle, conclude, withdraw, begin; then arm the timer and show the plan.

        Whatever happens by itself (a send ends, the timer runs out) only wakes the loop, and is taken in here: what is
        raised here fails the workflow task, visibly, until the bug is mended, and the incident lives on. In a callback
        asyncio would swallow it, and a page that is not settled is sent again (rule 27).
        """
        present: Plan | None = None
        while self._changed and not self._procedure.over:
            self._changed = False
            if self._timers.have_run_out():
                self._only_landed = False
            self._settle()
            present = self._procedure.plan(self.now())
            for conclusion in present.conclusions:
                self._apply(conclusion)
            if not present.conclusions:
                self._withdraw(present)
                self._begin(present)
        self._flights.depart()
        if present is not None and not self._procedure.over:
            self._arm(present)
            self._show(present)

    def _withdraw(self, present: Plan) -> None:
        wanted = {demand.key for demand in present.due} | {w.demand.key for w in present.waiting}
        for key in self._flights:
            if key not in wanted:
                self._flights.withdraw(key)
        for key in [k for k in self._procedure.incident.started if k not in wanted and k not in self._flights]:
            self._apply(EffectAbandoned(key=key))

    def _begin(self, present: Plan) -> None:
        ready = [self._ready(demand) for demand in present.due if demand.key not in self._flights]
        self._flights.board([order for order in ready if order is not None])

    def _ready(self, demand: Demand) -> Order | None:
        """Begun, from here on; None if its text holds it back."""
        said = self._procedure.words(demand, self.now())
        kept = proofreading.held_back(demand, said)
        if kept is not None:
            self._apply(kept)
            return None
        send = sending.prepared(self._procedure.book, self._procedure.incident, demand, said, self._clock)
        send = approving.with_prints(self._procedure, send, self.now())
        self._apply(EffectStarted(demand=demand, real_at=workflow.now()))
        for failed in said.failed:  # once each: the next text may fail for another reason
            event_id = f"text/{failed.name}/{failed.problem}"
            self._apply(TextFailed(id=event_id, text=failed.name, problem=failed.problem))
        return Order(demand, send, f"{what(self._procedure.book, demand)}: {demand.reason}")

    def _has_news(self) -> bool:
        """Nothing is decided before all signals that have arrived are read (rule 7)."""
        return self._changed and not self._pace.is_behind()

    def _look_again(self, _: object) -> None:
        self._changed = True

    def _is_quiet(self) -> bool:
        return not self._flights.under_way

    def _settle(self) -> None:
        """Take in every send that has ended."""
        for settled in self._flights.settle():
            if not (self._leaving and settled.outcome == "superseded"):  # then only interrupted: begun again
                late = self._clock.real(self.now() - settled.demand.due_at)
                self._apply(settled.model_copy(update={"late": max(late, timedelta())}))

    def _arm(self, present: Plan) -> None:
        """For the earliest moment; left alone while that does not move, so that a note costs no events."""
        wake_at = present.wake_at
        self._timers.cancel(before=wake_at)
        if wake_at is None or wake_at in self._timers:
            return
        first = present.soonest
        why = f"{what(self._procedure.book, first)}: {first.reason}" if first else "it may be over"
        self._timers.set(wake_at, self._clock.real(wake_at - self.now()), why)

    def _show(self, present: Plan) -> None:
        workflow.set_current_details(self._procedure.details(self._plan_view(present)))
        if not (self._only_landed and self._shown.more_lands(self._flights.answer_soon)):
            self._shown.update(present, self.now())
        self._only_landed = True

    # -- signals and updates

    def _listen(self) -> None:
        """Every command is both: a signal that is never refused and an update that answers (rule 12).

        Dynamic handlers, because only they take raw values: the SDK drops a signal whose argument does not fit.
        """
        workflow.set_dynamic_signal_handler(self._on_signal)
        workflow.set_dynamic_update_handler(self._on_update, validator=self._validate_update)

    async def _on_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """What people say does not wait behind a storm of alerts: those that wait here have been shown to nobody, so
        nobody means them."""
        if self._procedure.known.get(name) is not AlertsReceived:
            for event in decoding.decode(self._procedure.known, name, args):
                self._left(event)
            return
        for arg in args:
            await self._pace.room_for(len(arg.payload.data))
            for event in decoding.decode(self._procedure.known, name, (arg,)):
                self.receive(event)

    def _on_update(self, name: str, args: Sequence[RawValue]) -> UpdateResult:
        before, planned = self._procedure.incident, self._procedure.plan(self.now())
        self.receive(self._read(name, args))
        now = self.now()
        present = self._procedure.plan(now)
        view = self._procedure.plan_view(present, now, 1.0, frozenset())
        out = let_out(self._procedure.book, planned, present, partial(self._procedure.words, now=now))
        after = self._procedure.incident
        to = recipients(self._procedure.book, after, newly_due(planned, present))
        more = {"outgoing": out, "recipients": to, "drill_clock": self._drill_clock()}
        return decoding.update_result(before, after, view).model_copy(update=more)

    def _validate_update(self, name: str, args: Sequence[RawValue]) -> None:
        event = self._read(name, args)
        no = self._refusal(event)
        if no and event.id not in self._procedure.incident.heard:
            raise ApplicationError(no, type="Refused")

    def _read(self, name: str, args: Sequence[RawValue]) -> Event:
        event = decoding.decode_strictly(self._procedure.known, name, args)
        return approving.judged(self._procedure, event, self.now())

    def _refusal(self, event: Event) -> str | None:
        procedure, now = self._procedure, self.now()
        no = procedure.refusal(event) or left_open(procedure.book, event)
        if no or not isinstance(event, DraftApproved):
            return no
        after = procedure.after(event, now)
        return approved_too_soon(procedure.plan(now), after.plan(now), partial(after.words, now=now))

    def receive(self, event: Event) -> None:
        """An event from outside bears the wall clock's time, if any, and its sender's clock may be ahead."""
        self._only_landed = False
        at = self._clock.core(min(event.at, workflow.now()))
        event = approving.judged(self._procedure, event, self.now())
        self._apply(event.model_copy(update={"at": at}))

    def _left(self, event: Event) -> None:
        """Nobody waits for an answer. Why it is less than they wanted is kept for a moment, for whoever asks then."""
        if event.id and event.id not in self._procedure.incident.heard:
            no = self._refusal(approving.judged(self._procedure, event, self.now()))
            kept = {**self.refusals, event.id: cut(no, LONGEST_REFUSAL)} if no else self.refusals
            self.refusals = dict(list(kept.items())[-REFUSALS_KEPT:])
        self.receive(event)

    def _apply(self, event: Event) -> None:
        self._procedure.apply(stamp(event, self.now()))
        self._changed = True

    # -- continue-as-new

    def _must_leave(self) -> bool:
        """Whatever is on its way, when the history is long or heavy. Before that as soon as nothing is: it is dear to
        read, or Temporal suggests it, which bounds more, such as the number of updates. If something always is, after
        a while whatever it is but a page."""
        if is_long_or_heavy(self._history_limit, self._history_bytes):
            return True
        if not must_leave(history.QUIET_EVENTS, self._history_bytes):
            return False
        self._suggested_at = self._suggested_at or workflow.now()
        waited_for = self._flights.pages if workflow.now() - self._suggested_at >= SUGGESTED_FOR else self._flights
        return not waited_for

    async def _leave(self) -> None:
        """Comms sends are cancelled, pages get a last chance; `started_at` goes along, so the new run looks first."""
        self._settle()
        self._leaving = True
        for key in self._flights:
            if key not in self._flights.pages:
                self._flights.withdraw(key)
        try:
            await workflow.wait_condition(self._is_quiet, timeout=LAST_CHANCE)
        except TimeoutError:
            for key in self._flights:
                self._flights.withdraw(key)
        await workflow.wait_condition(lambda: self._is_quiet() and workflow.all_handlers_finished())
        self._settle()
        workflow.continue_as_new(self._procedure.start())
