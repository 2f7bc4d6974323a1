"""The workflow `cancelled-episodes`: under the workflow id of an incident that was cancelled while its alerts fired, it
takes what their senders still send, so that nobody is paged for it (ADR 26). News opens the next incident at once."""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue

from workflows.durable import decoding
from workflows.durable.forward_alerts import Move, as_of_now, move
from workflows.durable.leaving import must_leave
from workflows.durable.succession import CANCELLED_EPISODES, leave_behind, remember
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.cancelled import CancelledEpisodes
from workflows.policy.incident.events import AlertsReceived, stamp
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.alerts import to_move
from workflows.policy.reducers.root import apply
from workflows.policy.views.plan_view import plain
from workflows.policy.views.results import IncidentInput

FORGOTTEN_AFTER = timedelta(weeks=1)
"""Nothing having been heard for so long. A sender that repeats does so at least daily."""
MOVED_TOGETHER = 20
"""Deliveries that are moved together."""
EPISODE_SIGNALS = {"alert": AlertsReceived}


@workflow.defn(name=CANCELLED_EPISODES)
class CancelledEpisodesWorkflow:
    @workflow.init
    def __init__(self, start: IncidentInput) -> None:
        assert start.incident is not None
        self._start = start
        self._closed: Incident = start.incident
        self._last_alert_at = workflow.now()
        self._to_move: tuple[AlertsReceived, ...] = ()
        """For the incident of which this one was a duplicate."""
        if self._closed.duplicate_workflow and not start.alerts_moved:
            self._to_move = (to_move(self._closed),)
            self._closed = self._closed.model_copy(update={"successor": ()})
        workflow.set_dynamic_signal_handler(self._on_signal)

    @workflow.run
    async def run(self, start: IncidentInput) -> None:  # noqa: ARG002 (Temporal passes it here as well as to __init__)
        while self._has_work() or not (self._remembers_nothing() or self._is_forgotten()):
            self._show()
            await self._rest()
            if self._to_move:
                await self._move()
            elif self._closed.successor:
                await self._open_the_next()
            elif self._must_leave():
                remember(self._start.model_copy(update={"alerts_moved": True}), self._closed)

    async def _move(self) -> None:
        """To the other incident, as long as that goes on; then what fires opens an incident of its own, as usual."""
        events, closed = self._to_move[:MOVED_TOGETHER], self._closed
        there, origin = closed.duplicate_workflow, closed.id
        if await move(Move(workflow_id=there, incident=closed.duplicate_of, origin=origin, events=events)):
            self._to_move = self._to_move[len(events) :]
            return
        alone = {"duplicate_of": "", "duplicate_workflow": "", "cancelled_episodes": CancelledEpisodes()}
        self._closed, events, self._to_move = closed.model_copy(update=alone), self._to_move, ()
        for event in events:
            self._receive(event)

    async def _open_the_next(self) -> None:
        """By the runbook that is loaded now: this may have waited for months."""
        opening = await as_of_now(self._start.opening)
        if self._closed.successor:  # and has not ended meanwhile
            leave_behind(self._start.model_copy(update={"opening": opening}), self._closed)

    async def _rest(self) -> None:
        span = self._last_alert_at + FORGOTTEN_AFTER - workflow.now()
        try:
            await workflow.wait_condition(self._has_news, timeout=span, timeout_summary="forget what was cancelled")
        except TimeoutError:
            return

    def _has_news(self) -> bool:
        return self._has_work() or self._remembers_nothing() or self._must_leave()

    def _has_work(self) -> bool:
        return bool(self._to_move or self._closed.successor)

    def _remembers_nothing(self) -> bool:
        return self._closed.cancelled_episodes.none and not self._closed.duplicate_workflow

    def _on_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Never raises. What else is said to an incident that is over changes nothing."""
        for event in decoding.decode(EPISODE_SIGNALS, name, args):
            if isinstance(event, AlertsReceived):
                self._last_alert_at = workflow.now()
                self._receive(event)
            else:
                workflow.logger.info("nobody to tell: the incident was cancelled", extra={"signal": name})

    def _receive(self, event: AlertsReceived) -> None:
        event = stamp(event, workflow.now())
        if self._closed.duplicate_workflow:  # under an id, so that it counts once however often it is handed on
            known = event if event.id else event.model_copy(update={"id": str(workflow.uuid4())})
            self._to_move = (*self._to_move, known)
        else:
            self._closed = apply(self._start.opening.runbook, self._closed, event)

    def _show(self) -> None:
        known = self._closed.cancelled_episodes
        lines = [f"- {plain(name)}, since {each.starts_at:%Y-%m-%d %H:%MZ}" for name, each in known.alerts.items()]
        lines += [f"- all of the group {plain(name)}" for name in known.groups]
        title = f"**{self._closed.id} is over. These open nothing before they end, begin anew or ask for more:**"
        workflow.set_current_details("\n".join((title, "", *lines[: IncidentBounds.successor])))

    def _is_forgotten(self) -> bool:
        return workflow.now() >= self._last_alert_at + FORGOTTEN_AFTER

    def _must_leave(self) -> bool:
        return must_leave(self._start.history_limit, self._start.history_bytes)
