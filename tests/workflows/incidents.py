"""One incident on the real server, with vendors that a test can make fail; time is moved, never slept."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.perform import attempt_together
from activities.temporal import Temporal
from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from worker.hosting import runner
from workflows.cancelled_episodes import CancelledEpisodesWorkflow
from workflows.durable.batches import TOGETHER, AttemptResults, SendBatch
from workflows.durable.deliveries import delivery
from workflows.durable.search_attributes import INCIDENT
from workflows.incident import IncidentWorkflow
from workflows.policy.effects.effects import Card, Invite, Receipt, Send
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.views.results import IncidentInput, PlanView, Status
from workflows.policy.wire.history import HISTORY_BYTES
from workflows.queues import COMMS_QUEUE, PAGE_QUEUE
from workflows.review import ReviewWorkflow

RUNBOOKS = Path(__file__).parents[2] / "runbooks"
Answer = Callable[[Send, int], Awaitable[Receipt]]
COMMS = (
    "annotate", "open_channel", "set_topic", "invite", "card", "post",
    "publish", "send_email", "write_document", "file_ticket", "ask_on_call", "confirm_ring",
)  # fmt: skip


@cache
def shipped(name: str) -> Runbook:
    return load(RUNBOOKS / f"{name}.yaml").runbooks[name]


def company() -> Runbook:
    return shipped("company")


def opening(severity: SeverityName = "sev1", runbook: Runbook | None = None) -> OpenRequest:
    return OpenRequest(runbook=runbook or company(), severity=severity, title="Checkout fails", service="checkout")


def firing(fingerprint: str = "f1", starts_at: datetime | None = None) -> Alert:
    return Alert(fingerprint=fingerprint, name="HighErrorRate", summary="20 % errors", starts_at=starts_at or EARLY)


def resolved(fingerprint: str = "f1", starts_at: datetime | None = None) -> Alert:
    return firing(fingerprint, starts_at).model_copy(update={"status": "resolved"})


EARLY = datetime(2026, 1, 1, tzinfo=UTC)


async def works(send: Send, attempt: int) -> Receipt:
    if isinstance(send.effect, Card | Invite):  # nothing new is made
        return Receipt()
    return Receipt(reference=f"C1:{send.key}")


async def rejects(send: Send, attempt: int) -> Receipt:
    raise ApplicationError("invalid key", "route-1", type="Rejected", non_retryable=True)


def rate_limited(retry_after: timedelta, times: int = 1) -> Answer:
    async def answer(send: Send, attempt: int) -> Receipt:
        if attempt <= times:
            raise ApplicationError("rate limited", type="Unavailable", next_retry_delay=retry_after)
        return await works(send, attempt)

    return answer


@dataclass
class Vendors:
    """Answers of the vendors, by activity name; and everything that got through, in order."""

    answers: dict[str, Answer] = field(default_factory=dict)
    arrived: list[Send] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)

    async def receive(self, send: Send) -> Receipt:
        """By itself or with others; each answer is told which attempt of this send it is."""
        self.attempts.append(send.key)
        name = delivery(send.effect).activity
        receipt = await self.answers.get(name, works)(send, self.attempts.count(send.key))
        may_be_there = send.again or activity.info().attempt > 1  # as `activities.perform` has it
        if not (may_be_there and name in COMMS and send.key in self.arrivals()):  # an adapter looks first, and finds it
            self.arrived.append(send)
        return receipt

    def arrivals(self, prefix: str = "") -> list[str]:
        return [send.key for send in self.arrived if send.key.startswith(prefix)]


def _activity(name: str, vendors: Vendors) -> Callable[[Send], Awaitable[Receipt]]:
    @activity.defn(name=name)
    async def perform(send: Send) -> Receipt:
        return await vendors.receive(send)

    return perform


def _together(vendors: Vendors) -> Callable[[SendBatch], Awaitable[AttemptResults]]:
    @activity.defn(name=TOGETHER)
    async def send_together(batch: SendBatch) -> AttemptResults:
        return await attempt_together(batch, vendors.receive)

    return send_together


@asynccontextmanager
async def worker(environment: WorkflowEnvironment, vendors: Vendors) -> AsyncIterator[None]:
    client, workflows = environment.client, [IncidentWorkflow, CancelledEpisodesWorkflow, ReviewWorkflow]
    async with (
        Worker(client, task_queue="tocsin", workflows=workflows, workflow_runner=runner()),
        performing(client, vendors),
    ):
        yield


@asynccontextmanager
async def performing(client: Client, vendors: Vendors) -> AsyncIterator[None]:
    """What is wanted done is done, by these vendors."""
    temporal = Temporal(Incidents(client))
    page = [_activity(name, vendors) for name in ("page", "hush")]
    async with (
        chatting(client, vendors),
        Worker(client, task_queue=PAGE_QUEUE, activities=[*page, temporal.opening_as_of_now, temporal.move_alerts]),
    ):
        yield


@asynccontextmanager
async def chatting(client: Client, vendors: Vendors) -> AsyncIterator[None]:
    """All but pages: those ring elsewhere."""
    comms = [_activity(name, vendors) for name in COMMS]
    async with Worker(client, task_queue=COMMS_QUEUE, activities=[*comms, _together(vendors)]):
        yield


@dataclass
class Live:
    """A running incident."""

    environment: WorkflowEnvironment
    handle: WorkflowHandle[IncidentWorkflow, None]
    vendors: Vendors
    passed: timedelta = timedelta()

    async def at(self, moment: timedelta) -> None:
        """Move the incident's time to so long after its declaration."""
        async with asyncio.timeout(HANGS_AFTER_S):  # a wedged workflow task would go on in real time
            await self.environment.fast_forward(self.handle, moment - self.passed)
        self.passed = moment

    async def to_the_end(self) -> None:
        async with asyncio.timeout(HANGS_AFTER_S):
            await self.environment.fast_forward(self.handle)
            await self.handle.result()

    async def status(self) -> Status:
        return await self.handle.query(IncidentWorkflow.state)

    async def plan(self) -> PlanView:
        return await self.handle.query(IncidentWorkflow.plan)

    async def timeline(self) -> list[str]:
        return [entry.text for entry in (await self.status()).incident.timeline]

    async def sends(self) -> list[tuple[int, str]]:
        """(seconds after the start, key) of every activity in the history, by time."""
        return await sends(self.environment.client, self.handle)


async def every_event(client: Client, workflow_id: str) -> list[HistoryEvent]:
    """Of all its runs, oldest first."""
    past: list[HistoryEvent] = []
    run_id: str | None = None
    while run_id != "":
        run = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        past = [*run.events, *past]
        run_id = run.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return past


async def sends(
    client: Client, handle: WorkflowHandle[Any, None], since: datetime | None = None
) -> list[tuple[int, str]]:
    """(seconds after the start, or after `since`, key) of every activity in the histories of all its runs, by time."""
    found: list[tuple[int, str]] = []
    past = await every_event(client, handle.id)
    since = since or past[0].event_time.ToDatetime(UTC)
    for event in past:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            after = int((event.event_time.ToDatetime(UTC) - since).total_seconds())
            attributes = event.activity_task_scheduled_event_attributes
            payload, read = attributes.input.payloads[0], client.data_converter.payload_converter.from_payload
            together = attributes.activity_type.name == TOGETHER
            sent = read(payload, SendBatch).sends if together else (read(payload, Send),)
            found += [(after, send.key) for send in sent]
    return sorted(found)


A_BUSY_MACHINE = 45
"""Seconds of real time that may pass between a moment and what a worker on a busy machine makes of it: less than lies
between any two moments that a runbook tells apart."""


def about(seconds: int) -> object:
    """Equals a time that is met but for a busy machine's delay."""
    return pytest.approx(seconds, abs=A_BUSY_MACHINE)


@asynccontextmanager
async def incident(
    environment: WorkflowEnvironment,
    vendors: Vendors,
    about: OpenRequest,
    alerts: tuple[Alert, ...] = (),
    history_limit: int = 8000,
    history_bytes: int = HISTORY_BYTES,
    with_worker: bool = True,
) -> AsyncIterator[Live]:
    """Opened as the gateway opens it: started with its first signal. Ended with the test."""
    handle = await environment.client.start_workflow(
        IncidentWorkflow.run,
        IncidentInput(opening=about, history_limit=history_limit, history_bytes=history_bytes),
        id=f"incident-test-{uuid.uuid4().hex[:12]}",
        task_queue="tocsin",
        start_signal="alert" if alerts else None,
        start_signal_args=[AlertsReceived(alerts=alerts)] if alerts else [],
    )
    async with worker(environment, vendors) if with_worker else nullcontext():
        yield Live(environment, handle, vendors)
        await end(environment.client, handle.id)


async def end(client: Client, workflow_id: str) -> None:
    """With its review: what it still had to send would arrive in the next test."""
    left = await client.get_workflow_handle(workflow_id).describe()
    incident = left.typed_search_attributes.get(INCIDENT)
    for each in (workflow_id, f"review-{incident}"):
        try:
            await client.get_workflow_handle(each).terminate()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # it has ended, or there is none
                raise
