"""The workflow `heartbeat`: takes beats, and opens an incident when they stop. `policy/watches/heartbeat.py` decides.

It costs next to nothing: one timer for as long as a beat is due, left alone while beats come (each only moves the
deadline, which is looked at when the timer has run out), and the gateway forwards at most four beats an interval.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue

from workflows.durable import decoding
from workflows.durable.forward_alerts import ForwardAlerts, forward, look_for_the_gateway
from workflows.durable.leaving import must_leave
from workflows.durable.memos import CARD_MEMO
from workflows.durable.summaries import summary
from workflows.policy.incident.events import AlertsReceived, stamp
from workflows.policy.views.plan_view import plain
from workflows.policy.watches import heartbeat as policy
from workflows.policy.watches.heartbeat import Beat, GatewayPresence, Heartbeat, Verdict


@workflow.defn(name="heartbeat")
class HeartbeatWorkflow:
    @workflow.init
    def __init__(self, state: Heartbeat) -> None:
        since = state.expected_since or workflow.info().workflow_start_time
        self._state = state.model_copy(update={"expected_since": since})
        self._news = False
        self._card = policy.card(self._state)
        workflow.set_dynamic_signal_handler(self._on_signal)

    @workflow.run
    async def run(self, state: Heartbeat) -> None:  # noqa: ARG002 (Temporal passes it here as well as to __init__)
        while True:
            self._news = False
            found = await self._judge()
            self._show(found)  # that it is silent is seen also while nobody can be notified of it
            await self._notify(found)
            self._show(found)
            if self._news:
                continue  # heard while it told
            if self._state.removed:
                return
            if self._must_leave():
                workflow.continue_as_new(self._state)
            await self._rest(found.look_at)

    async def _judge(self) -> Verdict:
        gateway: GatewayPresence | None = None
        if policy.must_ask_the_gateway(self._state, workflow.now()):
            gateway = await look_for_the_gateway(self._state.counts_from)
        found = policy.verdict(self._state, workflow.now(), gateway)
        self._state = found.state
        return found

    async def _notify(self, found: Verdict) -> None:
        state, now = self._state, workflow.now()
        for about, fires in policy.to_notify(state, found, now):
            alert = policy.alert(state, about, found.problem or "it is well again", fires=fires)
            event = AlertsReceived(at=now, by="heartbeat", via="alerts", alerts=(alert,))
            opening = policy.opening(state, about, found.problem)
            where = policy.incident_id(state.name, about)
            await forward(ForwardAlerts(workflow_id=where, opening=opening, event=event), alert.summary)
            self._state = policy.notified(self._state, about, now, fires=fires)
            # While it was being told, a beat woke nobody; now it ends what was told.
            self._news = self._news or self._state.beats > state.beats

    def _show(self, found: Verdict) -> None:
        workflow.set_current_details(plain(policy.in_words(self._state, workflow.now())))
        card = policy.card(self._state, found.about)
        if card != self._card:
            workflow.upsert_memo({CARD_MEMO: card})
            self._card = card

    async def _rest(self, until: datetime | None) -> None:
        """Beats are no reason to wake up, unless somebody waits for one."""
        span = until - workflow.now() if until else None
        if span is not None and span <= timedelta():
            return
        why = summary(f"beat of {self._state.name} overdue")
        try:
            await workflow.wait_condition(lambda: self._news or self._must_leave(), timeout=span, timeout_summary=why)
        except TimeoutError:
            return

    def _on_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Never raises: what cannot be read is remembered, and shown."""
        for event in decoding.decode(policy.HEARTBEAT_SIGNALS, name, args):
            waited_for = bool(self._state.told)
            self._state = policy.apply(self._state, stamp(event, workflow.now()))
            self._news = self._news or waited_for or not isinstance(event, Beat)

    def _must_leave(self) -> bool:
        return must_leave(self._state.history_limit, self._state.history_bytes)

    @workflow.query(name="state", description="when it last beat, and when it is overdue")
    def state(self) -> Heartbeat:
        return self._state
