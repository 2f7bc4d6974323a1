"""Which workflows there are to try new code on: all that are open, and if wanted those that have closed of late."""

from collections.abc import AsyncIterator
from datetime import datetime

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from starter.temporal.directory import ReadProgress
from starter.temporal.memos import memo_of
from starter.temporal.pages import runs
from starter.temporal.results import Result
from workflows.durable import search_attributes as attributes
from workflows.queues import WORKFLOW_QUEUE

OURS = f"TaskQueue = '{WORKFLOW_QUEUE}'"
"""By the queue, not by the type: what this code does not know is to be found as well."""
BRIEF = ("canary", "digest")
"""They are hardly ever open: their newest run stands for them."""


class LiveRun(Result):
    """One run of one workflow."""

    workflow_id: str
    run_id: str
    type: str
    name: str
    """As people call it: the incident's id, severity and title, where it has them."""
    open: bool


async def live_runs(client: Client, since: datetime | None, seen: ReadProgress) -> list[LiveRun]:
    """What is gone soon first, then the open ones. With `since` also all that have closed since then, of canaries only
    the newest. Raises RPCError."""
    found: dict[str, LiveRun] = {}
    async for run in _matching(client, since):
        found[run.run_id] = await _live_run(run)
        seen(len(found))
    return sorted(found.values(), key=lambda run: (run.type not in BRIEF, not run.open))


async def _matching(client: Client, since: datetime | None) -> AsyncIterator[WorkflowExecution]:
    queries = [f"{OURS} AND ExecutionStatus = 'Running'"]
    if since is not None:
        queries.append(f"{OURS} AND CloseTime >= '{since.isoformat()}' AND WorkflowType != 'canary'")
    for query in queries:
        async for run in runs(client, query):
            yield run
    for brief in BRIEF:
        query = f"{OURS} AND WorkflowType = '{brief}' AND ExecutionStatus != 'Running'"
        async for run in runs(client, query, limit=1):
            yield run


async def _live_run(run: WorkflowExecution) -> LiveRun:
    is_open, name = run.status is WorkflowExecutionStatus.RUNNING, await named_run(run)
    return LiveRun(workflow_id=run.id, run_id=run.run_id, type=run.workflow_type, name=name, open=is_open)


async def named_run(run: WorkflowExecution) -> str:
    """As people call it. Of what is private no title: lists of these are read by whoever looks after the machines."""
    known = run.typed_search_attributes
    title = "" if known.get(attributes.PRIVATE, False) else await memo_of(run, "title", str, "")
    about = (known.get(attributes.SEVERITY, "").upper(), title)
    return "  ".join(filter(None, (known.get(attributes.INCIDENT, run.id), " ".join(filter(None, about)))))
