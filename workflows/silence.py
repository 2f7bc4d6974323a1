"""The workflow `silence`: keeps what must open no incident now, and opens it in the end. `policy/watches/capturing.py`
and `releasing.py` decide. Gateways find a silence by its memo, so that a silence counts while no worker runs."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from workflows.durable import decoding
from workflows.durable.announcing import announce
from workflows.durable.forward_alerts import (
    CaptureBySilence,
    ForwardAlerts,
    capture_by_silence,
    forward,
    other_silences,
)
from workflows.durable.leaving import must_leave
from workflows.durable.memos import CARD_MEMO, HOLDS_MEMO
from workflows.durable.pacing import Pace
from workflows.durable.summaries import summary
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived, Event, stamp
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.views.plan_view import plain
from workflows.policy.watches import capturing, releasing
from workflows.policy.watches.silence import (
    SILENCE_SIGNALS,
    SILENCE_UPDATES,
    Captured,
    Silence,
    SilenceSummary,
    in_words,
)
from workflows.policy.watches.silence_in_public import announced, to_announce

HOLDS_WRITTEN_EVERY = timedelta(seconds=1)


@workflow.defn(name="silence")
class SilenceWorkflow:
    @workflow.init
    def __init__(self, state: Silence) -> None:
        self._state = state
        self._news = False
        self._pace = Pace()
        self._holds: int = workflow.memo_value(HOLDS_MEMO, 0, type_hint=int)
        self._writes_holds: asyncio.Task[None] | None = None
        self._announces: asyncio.Task[None] | None = None
        workflow.set_dynamic_signal_handler(self._on_signal)
        workflow.set_dynamic_update_handler(self._on_update, validator=self._validate_update)

    @workflow.run
    async def run(self, state: Silence) -> None:  # noqa: ARG002 (Temporal passes it here as well as to __init__)
        while True:
            await workflow.wait_condition(lambda: not self._pace.is_behind())  # what waits may say that it is over
            self._news = False
            self._announce()
            others = await other_silences() if self._is_over() and self._state.held else ()
            due = releasing.due(self._state, workflow.now())  # of what was heard while it asked, too
            await asyncio.gather(*(self._forward(incident, others) for incident in due))
            self._show()
            if self._news:
                continue  # heard while it handed on
            if self._is_over() or self._must_leave():
                await workflow.wait_condition(self._may_end)
                if self._news:
                    continue
                if self._is_over():
                    return
                workflow.continue_as_new(self._state)
            await self._rest()

    async def _forward(self, incident: str, others: Sequence[SilenceSummary]) -> None:
        """Taken out first: what is heard meanwhile is then for the incident, and not for what is on its way."""
        now = workflow.now()
        passing = {
            silence: releasing.passed(self._state, incident, some, now)
            for silence, some in releasing.passing(self._state, incident, others, now).items()
        }
        self._state, opening, alerts = releasing.take(self._state, incident)
        for silence, event in passing.items():
            if await capture_by_silence(CaptureBySilence(silence=silence, event=event)):
                gone = {alert.fingerprint for alert in event.alerts}
                alerts = tuple(alert for alert in alerts if alert.fingerprint not in gone)
        if alerts:
            await self._open(incident, opening, alerts)

    async def _open(self, incident: str, opening: OpenRequest, alerts: tuple[Alert, ...]) -> None:
        event = AlertsReceived(at=workflow.now(), by=opening.source, via="alerts", alerts=alerts)
        await forward(ForwardAlerts(workflow_id=incident, opening=opening, event=event), f"open {opening.title}")

    def _announce(self) -> None:
        """In the background: nothing that is held waits for the status page."""
        idle = self._announces is None or self._announces.done()
        if idle and to_announce(self._state, workflow.now()) is not None:
            self._announces = asyncio.create_task(self._announce_all())

    async def _announce_all(self) -> None:
        while (said := to_announce(self._state, workflow.now())) is not None:
            problem = await announce(said)
            self._state = announced(self._state, said, problem)

    def _may_end(self) -> bool:
        """What waits to be read is not lost, and that it is over stands on the status page; but what is new waits for
        neither."""
        is_announcing = self._is_over() and self._announces is not None and not self._announces.done()
        return self._news or (workflow.all_handlers_finished() and not is_announcing)

    async def _rest(self) -> None:
        span = self._state.ends_at - workflow.now()
        if span <= timedelta():
            return
        why = summary(f"silence {self._state.card.id} ends")
        try:
            await workflow.wait_condition(lambda: self._news or self._must_leave(), timeout=span, timeout_summary=why)
        except TimeoutError:
            return

    async def _on_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Never raises: what cannot be read is remembered, and shown. What people say does not wait behind alerts."""
        if SILENCE_SIGNALS.get(name) is not Captured or not args:
            self._receive(name, args)
            return
        for arg in args:
            await self._pace.room_for(len(arg.payload.data))
            self._receive(name, (arg,))

    def _receive(self, name: str, args: Sequence[RawValue]) -> None:
        for event in decoding.decode(SILENCE_SIGNALS, name, args):
            self._state = capturing.apply(self._state, stamp(event, workflow.now()))
            # An alert that stays here changes nothing but the details, which are for whoever looks.
            self._news = self._news or bool(releasing.due(self._state, workflow.now())) or self._is_over()
        self._show()

    def _on_update(self, name: str, args: Sequence[RawValue]) -> SilenceSummary:
        event = self._asked(name, args)
        self._state = capturing.apply(self._state, event)
        self._news = True
        workflow.upsert_memo({CARD_MEMO: self._state.card})
        self._show()
        return self._state.card

    def _validate_update(self, name: str, args: Sequence[RawValue]) -> None:
        no = capturing.refusal(self._state, self._asked(name, args), workflow.now())
        if no:
            raise ApplicationError(no, type="Refused")

    def _asked(self, name: str, args: Sequence[RawValue]) -> Event:
        return stamp(decoding.decode_strictly(SILENCE_UPDATES, name, args), workflow.now())

    def _show(self) -> None:
        workflow.set_current_details("\n\n".join(map(plain, in_words(self._state))))
        if self._writes_holds is None and len(self._state.held) != self._holds:
            self._writes_holds = asyncio.create_task(self._write_holds())

    async def _write_holds(self) -> None:
        """At most once a second, in a storm of alerts too: each writing is an Action."""
        await workflow.sleep(HOLDS_WRITTEN_EVERY, summary="how many it holds is written for lists")
        self._holds, self._writes_holds = len(self._state.held), None
        workflow.upsert_memo({HOLDS_MEMO: self._holds})

    def _is_over(self) -> bool:
        return workflow.now() >= self._state.ends_at

    def _must_leave(self) -> bool:
        return must_leave(self._state.history_limit, self._state.history_bytes)

    @workflow.query(name="state", description="what it holds, and until when")
    def state(self) -> Silence:
        return self._state
