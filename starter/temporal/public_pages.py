"""What stands on Tocsin's own status page, as Temporal keeps it: said there, and read from there, worker or not."""

from collections.abc import Sequence
from datetime import UTC

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle
from temporalio.common import RawValue, WorkflowIDConflictPolicy

from starter.temporal.connection import DEADLINE, TemporalConnection
from starter.temporal.results import NothingOpen, Unreachable
from workflows.durable import decoding
from workflows.durable.summaries import summary
from workflows.policy.incident.events import Event, stamp
from workflows.policy.watches.public_page import PAGE_SIGNALS, PAGE_WORKFLOW_ID, PageRecord, apply
from workflows.queues import WORKFLOW_QUEUE


class PublicPages:
    """Every method raises Unreachable when Temporal is away."""

    def __init__(self, connection: TemporalConnection) -> None:
        self._connection = connection

    async def say(self, event: Event) -> None:
        """Temporal keeps it from now on."""
        async with self._connection.temporal():
            await self._connection.client.start_workflow(
                "status-page",
                PageRecord(),
                id=PAGE_WORKFLOW_ID,
                task_queue=WORKFLOW_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=str(type(event).model_fields["kind"].default),
                start_signal_args=[event.model_dump(mode="json", exclude_defaults=True)],
                static_summary=summary("the status page"),
                rpc_timeout=DEADLINE,
            )

    async def known(self) -> PageRecord:
        """All that was said so far: what this run began with, and what it has heard since."""
        handle = self._connection.client.get_workflow_handle(PAGE_WORKFLOW_ID)
        try:
            async with self._connection.temporal(PAGE_WORKFLOW_ID):
                run_id = (await handle.describe(rpc_timeout=DEADLINE)).run_id
                return await self._read(self._connection.client.get_workflow_handle(PAGE_WORKFLOW_ID, run_id=run_id))
        except NothingOpen:
            return PageRecord()

    async def _read(self, run: WorkflowHandle[object, object]) -> PageRecord:
        record = PageRecord()
        async for event in run.fetch_history_events(rpc_timeout=DEADLINE):
            match event.WhichOneof("attributes"):
                case "workflow_execution_started_event_attributes":
                    record = await self._argument(event.workflow_execution_started_event_attributes.input.payloads)
                case "workflow_execution_signaled_event_attributes":
                    record = _with_signal(record, event)
        return record

    async def _argument(self, payloads: Sequence[Payload]) -> PageRecord:
        try:
            [found] = await self._connection.client.data_converter.decode(payloads, [PageRecord])
        except (ValidationError, ValueError) as error:
            raise Unreachable(f"the status page's record cannot be read here: {type(error).__name__}") from None
        record: PageRecord = found
        return record


def _with_signal(record: PageRecord, event: HistoryEvent) -> PageRecord:
    signal, at = event.workflow_execution_signaled_event_attributes, event.event_time.ToDatetime(tzinfo=UTC)
    args = [RawValue(payload) for payload in signal.input.payloads]
    for said in decoding.decode(PAGE_SIGNALS, signal.signal_name, args):
        record = apply(record, stamp(said, at))
    return record
