"""One heartbeat on the real server; its incidents are real, the gateway's signs of life are what a test says."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.temporal import Temporal
from starter.temporal.incidents import Incidents
from starter.temporal.results import NobodyWorks, NothingOpen
from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import opening
from worker.hosting import runner
from workflows.durable.memos import CARD_MEMO
from workflows.heartbeat import HeartbeatWorkflow
from workflows.incident import IncidentWorkflow
from workflows.policy.views.results import Status
from workflows.policy.watches.heartbeat import About, GatewayPresence, Heartbeat, Spec, card, incident_id, workflow_id
from workflows.policy.wire.history import HISTORY_BYTES
from workflows.queues import COMMS_QUEUE, PAGE_QUEUE

LISTENS = GatewayPresence(sign_at=datetime(2100, 1, 1, tzinfo=UTC))
AWAY = GatewayPresence()


@dataclass
class Signs:
    """What is found of the gateway, one look after the other; the last again and again."""

    answers: Sequence[GatewayPresence] = (LISTENS,)
    looks: list[datetime] = field(default_factory=list)

    @activity.defn(name="look_for_the_gateway")
    async def look_for_the_gateway(self, since: datetime) -> GatewayPresence:
        self.looks.append(since)
        return self.answers[min(len(self.looks), len(self.answers)) - 1]


@asynccontextmanager
async def crew(environment: WorkflowEnvironment, signs: Signs) -> AsyncIterator[None]:
    async with thinkers(environment, signs), messenger(environment):
        yield


@asynccontextmanager
async def thinkers(environment: WorkflowEnvironment, signs: Signs) -> AsyncIterator[None]:
    """All but those who hand alerts on."""
    client = environment.client
    workflows = [HeartbeatWorkflow, IncidentWorkflow]
    async with (
        Worker(client, task_queue="tocsin", workflows=workflows, workflow_runner=runner()),
        Worker(client, task_queue=COMMS_QUEUE, activities=[signs.look_for_the_gateway]),
    ):
        yield


def messenger(environment: WorkflowEnvironment) -> Worker:
    """Who hands alerts on."""
    client = environment.client
    return Worker(client, task_queue=PAGE_QUEUE, activities=Temporal(Incidents(client)).page_activities())


@dataclass
class LiveHeartbeat:
    environment: WorkflowEnvironment
    handle: WorkflowHandle[HeartbeatWorkflow, None]
    name: str
    passed: timedelta = timedelta()

    async def at(self, moment: timedelta) -> None:
        """Move its time to so long after it was added."""
        async with asyncio.timeout(HANGS_AFTER_S):
            await self.environment.fast_forward(self.handle, moment - self.passed)
        self.passed = moment

    async def state(self) -> Heartbeat:
        return await self.handle.query(HeartbeatWorkflow.state)

    async def incident(self, about: About = "missing") -> Status | None:
        """The incident that it has opened; None if there is none."""
        try:
            return await Incidents(self.environment.client).status(incident_id(self.name, about))
        except (NothingOpen, NobodyWorks):
            return None


@asynccontextmanager
async def heartbeat(
    environment: WorkflowEnvironment,
    added_ago: timedelta | None = None,
    history_limit: int = 4000,
    history_bytes: int = HISTORY_BYTES,
) -> AsyncIterator[LiveHeartbeat]:
    """Expected every 5 minutes, or 1 later. Without a worker: see `crew`. Ended, with its incidents, in the end."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    spec = Spec.model_validate({"every": "5m", "opening": opening()})
    since = None if added_ago is None else datetime.now(UTC) - added_ago
    state = Heartbeat(
        name=name, spec=spec, expected_since=since, history_limit=history_limit, history_bytes=history_bytes
    )
    memo = {CARD_MEMO: card(state)}
    handle = await environment.client.start_workflow(
        HeartbeatWorkflow.run, state, id=workflow_id(name), task_queue="tocsin", memo=memo
    )
    handle = environment.client.get_workflow_handle_for(HeartbeatWorkflow.run, workflow_id(name))
    yield LiveHeartbeat(environment, handle, name)
    for leftover in (handle.id, incident_id(name, "missing"), incident_id(name, "unheard")):
        try:
            await environment.client.get_workflow_handle(leftover).terminate()
        except RPCError:  # it has ended by itself, or never began
            continue
