"""Which incidents there are: Temporal's visibility, which lags by moments, asked by search attribute."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, get_args

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from starter.temporal.lookup import MOST_NAMED, Lookup
from starter.temporal.memos import memo_of
from starter.temporal.pages import READ_WHOLE, Listing, Newest, count, every, newest, unread
from starter.temporal.results import ListPage, Past, Summary
from starter.temporal.rows import incident_row
from workflows.durable import search_attributes as attributes
from workflows.durable.memos import RECORD_MEMO
from workflows.policy.runbook.names import SeverityName
from workflows.policy.views.standing import URGENCIES, WATCHED
from workflows.policy.views.summary import ClosedIncident

INCIDENTS = "WorkflowType = 'incident'"
OPEN_INCIDENTS = f"{INCIDENTS} AND ExecutionStatus = 'Running'"
ALL_INCIDENTS = (
    f"{INCIDENTS} AND (ExecutionStatus != 'ContinuedAsNew' OR {attributes.PHASE.name} IN ('resolved', 'cancelled'))"
)
"""And some runs that go on in the next one: only the last of an incident bears its record."""
CLOSED_INCIDENTS: Final = f"{ALL_INCIDENTS} AND ExecutionStatus != 'Running'"
UNRESOLVED_INCIDENTS: Final = (
    f"{OPEN_INCIDENTS} AND ({attributes.URGENCY.name} != {WATCHED} OR {attributes.URGENCY.name} IS NULL)"
)
BY_URGENCY: Final = (
    *(f"{OPEN_INCIDENTS} AND {attributes.URGENCY.name} = {urgency}" for urgency in URGENCIES),
    f"{OPEN_INCIDENTS} AND {attributes.URGENCY.name} IS NULL",
)
NOT_OVER: Final = tuple(where for where in BY_URGENCY if not where.endswith(f"= {WATCHED}"))
WITHOUT_PRIVATE: Final = f" AND {attributes.PRIVATE.name} IS NULL"
"""At the end of any of these."""

_STORED_FINER: Final = timedelta(microseconds=1)
"""Stores know nanoseconds."""
CLOCKS_APART: Final = timedelta(hours=1)
ReadProgress = Callable[[int], None]
"""Is told how many have been read so far, for whoever waits."""


async def summaries(client: Client, *, include_closed: bool, but: str) -> tuple[Summary, ...]:
    """All of them, however many."""
    return await _all(client, (ALL_INCIDENTS if include_closed else OPEN_INCIDENTS) + but)


async def begun(client: Client, since: datetime, but: str) -> Newest[Summary]:
    """Those that are open and have begun since then, and some older ones: a run begins no earlier than its incident,
    but by another machine's clock."""
    query = f"{OPEN_INCIDENTS} AND StartTime >= '{(since - CLOCKS_APART).isoformat()}'{but}"
    rows = [await _row(run) async for run in newest(client, query)]
    return Newest(tuple(row for row in rows if row is not None), await unread(client, query))


async def page(client: Client, number: int, size: int, *, include_closed: bool, but: str) -> ListPage[Summary]:
    query = (ALL_INCIDENTS if include_closed else OPEN_INCIDENTS) + but
    classes = [where + but for where in ((*BY_URGENCY, CLOSED_INCIDENTS) if include_closed else BY_URGENCY)]
    total = await count(client, query)
    rows = await _part(client, query, classes, total, (number - 1) * size, size)
    return ListPage(rows=rows, number=number, size=size, total=total)


async def closed_before(client: Client, at: datetime, run_id: str, size: int, but: str) -> tuple[Summary, ...]:
    """Those that have closed by then, the last of them first, and after the run of that id: that costs as much
    wherever in ten thousand they stand."""
    query = f"{CLOSED_INCIDENTS} AND CloseTime <= '{(at + _STORED_FINER).isoformat()}'{but}"
    rows: list[Summary] = []
    async for row in every(client, query, _row, size + 1):
        if row.run_id == run_id:
            rows.clear()  # of the same moment, and shown already
            continue
        rows.append(row)
        if len(rows) == size:
            break
    return tuple(rows)


async def unresolved(client: Client, size: int, but: str) -> tuple[tuple[Summary, ...], dict[str, int]]:
    """See `Incidents.unresolved`. What has no severity, because nobody knows where it comes from, is in no count."""
    query = UNRESOLVED_INCIDENTS + but
    by_severity = {
        severity: await count(client, f"{query} AND {attributes.SEVERITY.name} = '{severity}'")
        for severity in get_args(SeverityName)
    }
    total = await count(client, query)
    rows = await _part(client, query, [where + but for where in NOT_OVER], total, 0, size)
    return rows, {severity: count for severity, count in by_severity.items() if count}


async def _part(
    client: Client, query: str, classes: Sequence[str], total: int, start: int, size: int
) -> tuple[Summary, ...]:
    if total <= READ_WHOLE:
        return (await _all(client, query))[start : start + size]
    return await Listing(client, classes, _row).rows(start, size)


async def _all(client: Client, query: str) -> tuple[Summary, ...]:
    return tuple(sorted([row async for row in every(client, query, _row)], key=_order))


async def ended(client: Client, since: datetime, seen: ReadProgress, but: str) -> Past:
    """Those that have ended since then: by their records, as far as they left any."""
    records, unrecorded = [], []
    query = f"{ALL_INCIDENTS} AND CloseTime >= '{since.isoformat()}'{but}"
    async for run in newest(client, query):
        record = await memo_of(run, RECORD_MEMO, ClosedIncident, None)
        if record is not None:
            records.append(record)
        elif (row := await _row(run)) is not None:
            unrecorded.append(row)
        seen(len(records) + len(unrecorded))
    return Past(records=tuple(records), unrecorded=tuple(unrecorded), unread=await unread(client, query))


def lookup(client: Client, but: str) -> Lookup[Summary]:
    async def foremost() -> tuple[Summary, ...]:
        return (await page(client, 1, MOST_NAMED + 1, include_closed=False, but=but)).rows

    return Lookup(client, "incident", "incident", OPEN_INCIDENTS + but, ALL_INCIDENTS + but, _row, foremost)


async def _row(run: WorkflowExecution) -> Summary | None:
    """Continued as new may be the same incident, which stands in another row, or the next one of its group."""
    if run.status is WorkflowExecutionStatus.CONTINUED_AS_NEW and RECORD_MEMO not in await run.memo():
        return None
    return await incident_row(run)


def _order(row: Summary) -> tuple[bool, bool, int, float]:
    """As that of the classes, and of the store within them."""
    if row.open:
        return False, row.urgency is None, row.urgency or 0, -row.started_at.timestamp()
    return True, False, 0, -(row.closed_at or row.started_at).timestamp()
