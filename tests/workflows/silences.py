"""One silence on the real server; the incidents that it lets go are real."""

import asyncio
from collections.abc import AsyncIterator, Container, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.temporal import Temporal
from starter.temporal.incidents import Incidents
from starter.temporal.results import NobodyWorks, NothingOpen, Unreachable
from starter.temporal.silences import new_id
from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import opening
from worker.hosting import runner
from workflows.durable.forward_alerts import CaptureBySilence, ForwardAlerts, SilencesListed
from workflows.incident import IncidentWorkflow
from workflows.policy.incident.alert import Alert
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.views.results import Status
from workflows.policy.watches.silence import Captured, Silence, SilenceSummary, workflow_id
from workflows.policy.wire.history import HISTORY_BYTES
from workflows.queues import PAGE_QUEUE
from workflows.silence import SilenceWorkflow

HOUR = timedelta(hours=1)


@asynccontextmanager
async def crew(
    environment: WorkflowEnvironment, stuck: Container[str] = (), listed: Sequence["LiveSilence"] = (), fails: str = ""
) -> AsyncIterator[None]:
    """To the incidents that are `stuck` nothing can be handed on; `listed` is what visibility knows; `fails` is an
    activity that does."""
    client = environment.client
    way = Temporal(Incidents(client))

    @activity.defn(name="hand_on_alerts")
    async def forward(alerts: ForwardAlerts) -> bool:
        if alerts.workflow_id in stuck:
            raise Unreachable("not this one")
        return await way.forward_alerts(alerts)

    def broken(name: str) -> None:
        if fails == name:
            raise ApplicationError("not now", non_retryable=True)

    @activity.defn(name="list_silences")
    async def list_silences() -> SilencesListed:
        broken("list_silences")
        return SilencesListed(cards=tuple(each.card for each in listed))

    @activity.defn(name="hold_by_silence")
    async def capture_by_silence(held: CaptureBySilence) -> bool:
        broken("hold_by_silence")
        return await way.capture_by_silence(held)

    workflows = [SilenceWorkflow, IncidentWorkflow]
    async with (
        Worker(client, task_queue="tocsin", workflows=workflows, workflow_runner=runner()),
        Worker(client, task_queue=PAGE_QUEUE, activities=[forward, list_silences, capture_by_silence]),
    ):
        yield


@dataclass
class LiveSilence:
    environment: WorkflowEnvironment
    handle: WorkflowHandle[SilenceWorkflow, None]
    card: SilenceSummary
    incidents: set[str] = field(default_factory=set)

    async def pass_by(self, span: timedelta) -> None:
        async with asyncio.timeout(HANGS_AFTER_S):
            await self.environment.fast_forward(self.handle, span)

    async def hold(
        self, *alerts: Alert, number: int = 1, incident: str = "", labels: Mapping[str, str] | None = None
    ) -> str:
        """As a gateway does. Returns the incident that they would open."""
        incident = incident or f"incident-{self.card.id}-{number}"
        self.incidents.add(incident)
        labelled = tuple(alert.model_copy(update={"labels": dict(labels or {})}) for alert in alerts)
        event = Captured(workflow_id=incident, opening=opening(), alerts=labelled)
        await self.handle.signal("hold", event)
        return incident

    async def state(self) -> Silence:
        return await self.handle.query(SilenceWorkflow.state)

    async def status(self, incident: str) -> Status | None:
        try:
            return await Incidents(self.environment.client).status(incident)
        except (NothingOpen, NobodyWorks):
            return None


@asynccontextmanager
async def silence(
    environment: WorkflowEnvironment,
    history_limit: int = 4000,
    lasts: timedelta = HOUR,
    history_bytes: int = HISTORY_BYTES,
    public: str = "",
    components: tuple[str, ...] = (),
) -> AsyncIterator[LiveSilence]:
    """Of an hour, if not said otherwise. Without a worker: see `crew`."""
    now = datetime.now(UTC)
    card = SilenceSummary(
        id=new_id(),
        matchers=(Matcher.parse("service=checkout"),),
        starts_at=now,
        ends_at=now + lasts,
        by="Alice",
        reason="moving the database",
        public=public,
        components=components,
    )
    state = Silence(card=card, history_limit=history_limit, history_bytes=history_bytes)
    name = workflow_id(card.id)
    await environment.client.start_workflow(SilenceWorkflow.run, state, id=name, task_queue="tocsin")
    quiet = LiveSilence(environment, environment.client.get_workflow_handle_for(SilenceWorkflow.run, name), card)
    yield quiet
    for leftover in (name, *quiet.incidents):
        try:
            await environment.client.get_workflow_handle(leftover).terminate()
        except RPCError:  # it has ended by itself, or never began
            continue
