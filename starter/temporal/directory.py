"""Which incidents there are: Temporal's visibility, which lags by moments, asked by search attribute."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from starter.temporal.lookup import Lookup
from starter.temporal.results import FoundIncident, Past, Summary
from workflows.durable import search_attributes as attributes
from workflows.durable.memos import RECORD_MEMO
from workflows.policy.views.summary import DRILL, GRAVEST, ClosedIncident

INCIDENTS = "WorkflowType = 'incident'"
OPEN_INCIDENTS = f"{INCIDENTS} AND ExecutionStatus = 'Running'"
ALL_INCIDENTS = (
    f"{INCIDENTS} AND (ExecutionStatus != 'ContinuedAsNew' OR {attributes.PHASE.name} IN ('resolved', 'cancelled'))"
)
"""And some runs that go on in the next one: only the last of an incident bears its record."""

LIST_PAGE, LIST_PAGE_WITHIN = 1000, timedelta(seconds=10)
"""Of a list that may be long: how much is asked for at a time, and how long that may take."""
MOST_FOUND = 500
ReadProgress = Callable[[int], None]
"""Is told how many have been read so far, for whoever waits."""


async def summaries(client: Client, *, include_closed: bool) -> tuple[Summary, ...]:
    found = (
        await _query(client, ALL_INCIDENTS, MOST_FOUND)
        if include_closed
        else await _query(client, OPEN_INCIDENTS, None)
    )
    return tuple(sorted(found, key=lambda incident: (incident.open, incident.started_at), reverse=True))


async def ended(client: Client, since: datetime, seen: ReadProgress) -> Past:
    """All that have ended since then: by their records, as far as they left any."""
    records, unrecorded = [], []
    found = client.list_workflows(
        f"{ALL_INCIDENTS} AND CloseTime >= '{since.isoformat()}'", page_size=LIST_PAGE, rpc_timeout=LIST_PAGE_WITHIN
    )
    async for run in found:
        record: ClosedIncident | None = await run.memo_value(RECORD_MEMO, None, type_hint=ClosedIncident)
        if record is not None:
            records.append(record)
        elif await _is_last(run):
            unrecorded.append(await _summary(run))
        seen(len(records) + len(unrecorded))
    return Past(records=tuple(records), unrecorded=tuple(unrecorded))


async def find(client: Client, prefix: str | None, *, closed: bool) -> FoundIncident:
    """See `Incidents.find`."""
    lookup = Lookup("incident", "incident", OPEN_INCIDENTS, ALL_INCIDENTS, lambda query: _query(client, query))
    return await lookup.find(prefix, closed=closed)


async def _query(client: Client, query: str, limit: int | None = MOST_FOUND) -> list[Summary]:
    runs = client.list_workflows(query, limit=limit)
    return [await _summary(run) async for run in runs if await _is_last(run)]


async def _is_last(run: WorkflowExecution) -> bool:
    """Continued as new may be the same incident, or the next one of its group."""
    return run.status is not WorkflowExecutionStatus.CONTINUED_AS_NEW or RECORD_MEMO in await run.memo()


async def _summary(execution: WorkflowExecution) -> Summary:
    known = execution.typed_search_attributes
    severity = known.get(attributes.SEVERITY, "")
    return Summary(
        workflow_id=execution.id,
        run_id=execution.run_id,
        incident=known.get(attributes.INCIDENT, execution.id),
        title=await execution.memo_value("title", "", type_hint=str),
        open=execution.status is WorkflowExecutionStatus.RUNNING,
        severity=severity,
        gravest=min(severity, await execution.memo_value(GRAVEST, severity, type_hint=str)),
        drill=await execution.memo_value(DRILL, False, type_hint=bool),
        phase=known.get(attributes.PHASE, ""),
        service=known.get(attributes.SERVICE, ""),
        runbook=known.get(attributes.RUNBOOK, ""),
        commander=known.get(attributes.COMMANDER, ""),
        tier=known.get(attributes.TIER),
        next_duty_at=known.get(attributes.NEXT_DUTY_AT),
        # Not the execution's own: continue-as-new begins that anew.
        started_at=await execution.memo_value("opened_at", execution.start_time, type_hint=datetime),
        closed_at=execution.close_time,
    )
