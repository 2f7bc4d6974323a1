"""Heartbeats as Temporal keeps them: adding, finding, telling, asking. One workflow each."""

from datetime import timedelta

from temporalio.client import WorkflowExecutionStatus
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy

from starter.temporal.connection import DEADLINE, TemporalConnection
from starter.temporal.memos import memo_of
from starter.temporal.named import NamedWorkflows
from starter.temporal.redacting import redacted_opening
from starter.temporal.results import NothingOpen
from workflows.durable import search_attributes as attributes
from workflows.durable.memos import CARD_MEMO
from workflows.durable.summaries import summary
from workflows.policy.incident.events import Event
from workflows.policy.watches.heartbeat import Heartbeat, HeartbeatSummary, Spec, SpecChanged, card, workflow_id
from workflows.queues import WORKFLOW_QUEUE

RUNNING_HEARTBEATS = "WorkflowType = 'heartbeat' AND ExecutionStatus = 'Running'"


def _missing(name: str) -> str:
    return f"there is no heartbeat {name!r}: tocsin heartbeat add {name}"


class Heartbeats:
    """Every method raises Unreachable when Temporal is away; those that take a name raise NothingOpen."""

    def __init__(self, connection: TemporalConnection) -> None:
        self._connection = connection
        self._named = NamedWorkflows(connection, workflow_id, _missing)

    async def add(self, name: str, spec: Spec) -> None:
        """Expect it from now on; one that is expected already goes on by the new specification."""
        opening = redacted_opening(spec.opening, self._connection.redact)
        spec = spec.model_copy(update={"opening": opening})
        state, change = Heartbeat(name=name, spec=spec), SpecChanged(spec=spec)
        async with self._connection.temporal():
            await self._connection.client.start_workflow(
                "heartbeat",
                state,
                id=workflow_id(name),
                task_queue=WORKFLOW_QUEUE,
                task_timeout=timedelta(seconds=5),
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                search_attributes=TypedSearchAttributes(
                    [
                        SearchAttributePair(attributes.SEVERITY, opening.severity),
                        SearchAttributePair(attributes.SERVICE, opening.service),
                        SearchAttributePair(attributes.RUNBOOK, opening.runbook.runbook),
                    ]
                ),
                memo={CARD_MEMO: card(state)},
                static_summary=summary(f"heartbeat {name}"),
                start_signal="set",
                start_signal_args=[change.model_dump(mode="json", exclude_defaults=True)],
                rpc_timeout=DEADLINE,
            )

    async def signal(self, name: str, event: Event) -> None:
        """Temporal keeps it, with or without a worker."""
        await self._named.signal(name, event)

    async def card(self, name: str) -> HeartbeatSummary:
        """What is expected of the sender. It needs no worker."""
        async with self._named.called(name) as handle:
            found = await handle.describe(rpc_timeout=DEADLINE)
            if found.status is not WorkflowExecutionStatus.RUNNING:
                raise NothingOpen(handle.id)
            known = await memo_of(found, CARD_MEMO, HeartbeatSummary, None)
            if known is None:
                raise NothingOpen(f"what is expected of {handle.id} cannot be read")
            return known

    async def list(self) -> tuple[HeartbeatSummary, ...]:
        """All of them that can be read, by name."""
        async with self._connection.temporal():
            runs = self._connection.client.list_workflows(RUNNING_HEARTBEATS)
            found = [await memo_of(run, CARD_MEMO, HeartbeatSummary, None) async for run in runs]
        return tuple(sorted(filter(None, found), key=lambda each: each.name))

    async def state(self, name: str) -> Heartbeat:
        """How it stands. Raises NobodyWorks."""
        return await self._named.state(name, Heartbeat)
