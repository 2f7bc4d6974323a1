"""Which workflows stand still because their tasks fail, again and again; and why one does not answer.

A server marks a workflow once some tasks in a row have failed or timed out (five, if nobody has set it: about 34 s),
and takes the mark away with the first that gets through: https://github.com/temporalio/temporal/pull/8677. Of a
namespace that does not know the mark, each open workflow is looked at.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, timedelta

from temporalio.api.enums.v1 import EventType, TimeoutType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from starter.temporal.live_runs import OURS, named_run
from starter.temporal.pages import runs
from starter.temporal.task_failures import of_task
from workflows.durable import search_attributes as attributes
from workflows.policy.watches.stuck import StuckWorkflow

MARKED_STUCK = "TemporalReportedProblems IN ('category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut')"
OPEN_OF_OURS = f"{OURS} AND ExecutionStatus = 'Running'"
DESCRIBED_AT_ONCE = 20
DESCRIBED_WITHIN = timedelta(seconds=4)
TIMES_OUT_AGAIN = 5
"""So many in a row that took too long count: a machine that is busy makes up for fewer. One that fails counts."""
OF_THE_SERVER = (
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FAILOVER_CLOSE_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
)
"""No code is at fault: something came meanwhile, or somebody has reset the workflow."""


async def stuck_workflows(client: Client) -> tuple[StuckWorkflow, ...]:
    """All of them, longest first. Raises RPCError."""
    query = f"{OPEN_OF_OURS} AND {MARKED_STUCK}" if await marks(client) else OPEN_OF_OURS
    ids = [run.id async for run in runs(client, query)]
    places = asyncio.Semaphore(DESCRIBED_AT_ONCE)

    async def one(workflow_id: str) -> StuckWorkflow | None:
        async with places:
            return await how_stuck(client, workflow_id)

    found = await asyncio.gather(*(one(each) for each in ids))
    return tuple(sorted(filter(None, found), key=lambda each: each.since))


async def stuck_ids(client: Client) -> frozenset[str]:
    """Their workflow ids, by as few calls as can be. Raises RPCError."""
    if not await marks(client):
        return frozenset(each.workflow_id for each in await stuck_workflows(client))
    return frozenset([run.id async for run in runs(client, f"{OPEN_OF_OURS} AND {MARKED_STUCK}")])


async def marks(client: Client) -> bool:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    described = await client.workflow_service.describe_namespace(request, timeout=DESCRIBED_WITHIN)
    return described.namespace_info.capabilities.reported_problems_search_attribute


async def how_stuck(client: Client, workflow_id: str) -> StuckWorkflow | None:
    """None: it goes on, waits for a worker, or is closed. Raises RPCError."""
    try:
        run = await client.get_workflow_handle(workflow_id).describe(rpc_timeout=DESCRIBED_WITHIN)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    attempt = run.raw_description.pending_workflow_task.attempt
    ends = await _ends_without_success(client, run) if attempt else []
    why = _why(ends, attempt)
    return await _stuck(run, ends[-1], why) if why else None


async def _stuck(run: WorkflowExecutionDescription, first: HistoryEvent, why: str) -> StuckWorkflow:
    known = run.typed_search_attributes
    return StuckWorkflow(
        workflow_id=run.id,
        type=run.workflow_type,
        name=await named_run(run),
        severity=known.get(attributes.SEVERITY, ""),
        runbook=known.get(attributes.RUNBOOK, ""),
        since=first.event_time.ToDatetime(UTC),
        why=why,
    )


def _why(ends: Sequence[HistoryEvent], attempt: int) -> str:
    """As it is now. Of tasks that fail one after the other, the history has only the first; whatever is signalled in
    between begins a new series, whose attempts count from one."""
    failed = [each for each in ends if each.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED]
    count = len(ends) + max(attempt - 2, 0)
    if not failed and count < TIMES_OUT_AGAIN:
        return ""
    if ends[0] in failed:
        return of_task(ends[0].workflow_task_failed_event_attributes.failure)
    return f"no worker finishes its task in time: {count} in a row went wrong"


async def _ends_without_success(client: Client, run: WorkflowExecutionDescription) -> list[HistoryEvent]:
    """How its tasks have ended since the last that got through, newest first. Signals stand between them, of which a
    history has ten thousand at most."""
    ends = []
    async for event in _backwards(client, run):
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            break
        if _went_wrong(event):
            ends.append(event)
    return ends


def _went_wrong(event: HistoryEvent) -> bool:
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        return event.workflow_task_failed_event_attributes.cause not in OF_THE_SERVER
    # Of the other kind, it has waited for a worker that had it in memory and is gone.
    timed_out = event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT
    kind = event.workflow_task_timed_out_event_attributes.timeout_type
    return timed_out and kind == TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE


async def _backwards(client: Client, run: WorkflowExecutionDescription) -> AsyncIterator[HistoryEvent]:
    request = GetWorkflowExecutionHistoryReverseRequest(namespace=client.namespace, maximum_page_size=200)
    request.execution.workflow_id, request.execution.run_id = run.id, run.run_id
    while True:
        page = await client.workflow_service.get_workflow_execution_history_reverse(request, timeout=DESCRIBED_WITHIN)
        for event in page.history.events:
            yield event
        if not page.next_page_token:
            return
        request.next_page_token = page.next_page_token
