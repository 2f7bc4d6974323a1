"""The durable shell around the pure core, the same for an incident and for its review.

    plan, start what is due, withdraw what is no longer wanted, sleep until `wake_at` or an event; again

What it carries out decides (`Case`); here is only what Temporal can do: sleep for days, remember, send at least once.
Rules of this file: a send never blocks the loop (each is its own task); a handler only folds its event into the state
and wakes the loop; a key is never begun twice at a time.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from workflows import hearing, sending
from workflows.case import Case
from workflows.clock import Clock
from workflows.policy.answers import Changed, Outlook
from workflows.policy.demand import Demand
from workflows.policy.engine import Plan
from workflows.policy.events import EffectAbandoned, EffectSettled, EffectStarted, Event, stamp
from workflows.policy.wording import what

LAST_CHANCE = timedelta(seconds=30)
"""What a page on its way gets to arrive before a forced continue-as-new; the new run looks it up and goes on."""


class Shell:
    def __init__(self, case: Case, clock: Clock, history_limit: int) -> None:
        self._case = case
        self._clock = clock
        self._history_limit = history_limit
        self._sends: dict[str, asyncio.Task[EffectSettled]] = {}
        self._withdrawn: set[str] = set()
        self._bug: BaseException | None = None
        self._leaving = False
        self._changed = True
        self._timer: asyncio.Task[None] | None = None
        self._timer_at: datetime | None = None
        self._shown: dict[str, object] = {}
        self._listen()

    async def carry_out(self) -> None:
        """Returns when the case is over and nothing is on its way any more. Continues as new when it has to."""
        while not self._case.over:
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

    def outlook(self) -> Outlook:
        return self._outlook(self._case.plan(self.now()))

    def _outlook(self, present: Plan) -> Outlook:
        return self._case.outlook(present, self.now(), self._clock.speed, self._sends.keys())

    def now(self) -> datetime:
        return self._clock.core(workflow.now())

    # -- one turn

    def _turn(self) -> None:
        """Until nothing changes any more: conclude, withdraw, begin; then arm the timer and say what is planned."""
        while self._changed and not self._case.over:
            self._changed = False
            present = self._case.plan(self.now())
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
        for key in [k for k in self._case.incident.started if k not in wanted and k not in self._sends]:
            self._fold(EffectAbandoned(key=key))

    def _cancel(self, key: str) -> None:
        self._withdrawn.add(key)
        self._sends[key].cancel()

    def _begin(self, present: Plan) -> None:
        for demand in present.due:
            if demand.key not in self._sends:
                said = self._case.words(demand, self.now())
                due_at = self._clock.wall(demand.due_at)
                order = sending.order(self._case.book, self._case.incident, demand, said, due_at)
                self._fold(EffectStarted(demand=demand, real_at=workflow.now()))
                summary = f"{what(self._case.book, demand)}: {demand.reason}"
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
        late = self._clock.real(self.now() - demand.due_at)
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
            name = f"{what(self._case.book, first)}: {first.reason}" if first else "it may be over"
            self._timer = asyncio.create_task(self._wake(wake_at, name))

    async def _wake(self, wake_at: datetime, summary: str) -> None:
        span = self._clock.real(wake_at - self.now())
        await workflow.sleep(max(span, timedelta(milliseconds=1)), summary=summary[:200])
        self._timer_at = None
        self._changed = True

    def _show(self, present: Plan) -> None:
        workflow.set_current_details(self._case.details(self._outlook(present)))
        news = [a for a in self._case.attributes(present) if self._shown.get(a.key.name) != a.value]
        if news:
            workflow.upsert_search_attributes(news)
            self._shown |= {attribute.key.name: attribute.value for attribute in news}
        memo = {name: value for name, value in self._case.memo(self.now()).items() if self._shown.get(name) != value}
        if memo:
            workflow.upsert_memo(memo)
            self._shown |= memo

    # -- what it hears

    def _listen(self) -> None:
        """Every command is both: a signal that is never refused and an update that answers (rule 12).

        Dynamic handlers, because only they take raw values: the SDK drops a signal whose argument does not fit.
        """
        workflow.set_dynamic_signal_handler(self._on_signal)
        workflow.set_dynamic_update_handler(self._on_update, validator=self._validate_update)

    def _on_signal(self, name: str, args: Sequence[RawValue]) -> None:
        for event in hearing.hear(self._case.known, name, args):
            self.hear(event)

    def _on_update(self, name: str, args: Sequence[RawValue]) -> Changed:
        before = self._case.incident
        self.hear(hearing.hear_strictly(self._case.known, name, args))
        now = self.now()
        view = self._case.outlook(self._case.plan(now), now, 1.0, frozenset())
        return hearing.answer(before, self._case.incident, view)

    def _validate_update(self, name: str, args: Sequence[RawValue]) -> None:
        event = hearing.hear_strictly(self._case.known, name, args)
        no = self._case.refusal(event)
        if no and event.id not in self._case.incident.heard:
            raise ApplicationError(no, type="Refused")

    def hear(self, event: Event) -> None:
        """An event from outside bears the wall clock's time, if any, and its sender's clock may be ahead."""
        at = self._clock.core(min(event.at, workflow.now()))
        self._fold(event.model_copy(update={"at": at}))

    def _fold(self, event: Event) -> None:
        self._case.fold(stamp(event, self.now()))
        self._changed = True

    # -- continue-as-new

    def _must_leave(self) -> bool:
        info = workflow.info()
        if info.get_current_history_length() >= self._history_limit:
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
        workflow.continue_as_new(self._case.life())
