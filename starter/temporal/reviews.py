"""Reviews as Temporal keeps them: which there are, and how one stands. They are told things as incidents are."""

from collections.abc import Sequence
from datetime import datetime

from temporalio.client import WorkflowExecution, WorkflowExecutionStatus

from starter.temporal.connection import QUERY_WITHIN
from starter.temporal.directory import LIST_PAGE, LIST_PAGE_WITHIN, MOST_FOUND
from starter.temporal.incidents import LONG_LIST, Incidents
from starter.temporal.lookup import Lookup
from starter.temporal.results import FoundIncident, LookupFailed, ReviewSummary
from workflows.durable import search_attributes as attributes
from workflows.durable.memos import RECORD_MEMO
from workflows.policy.review.results import ReviewStatus
from workflows.policy.review.summary import ClosedReview
from workflows.policy.views.results import PlanView

REVIEWS = "WorkflowType = 'review'"
OPEN_REVIEWS = f"{REVIEWS} AND ExecutionStatus = 'Running'"
ALL_REVIEWS = f"{REVIEWS} AND ExecutionStatus != 'ContinuedAsNew'"


class Reviews:
    """Every method raises Unreachable when Temporal is away."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    async def list(self, include_closed: bool = False) -> tuple[ReviewSummary, ...]:
        """Open reviews, what is due first at the top, and then closed ones."""
        found = await self._matching(ALL_REVIEWS if include_closed else OPEN_REVIEWS)
        return tuple(sorted(found, key=lambda review: (not review.open, review.due_at or review.started_at)))

    async def records(self, since: datetime) -> tuple[ClosedReview, ...]:
        """Of those that are open or have closed since then, as far as they have any."""
        query = f"{ALL_REVIEWS} AND (ExecutionStatus = 'Running' OR CloseTime >= '{since.isoformat()}')"
        async with self._incidents.connection.temporal(deadline=LONG_LIST):
            runs = self._incidents.connection.client.list_workflows(
                query, page_size=LIST_PAGE, rpc_timeout=LIST_PAGE_WITHIN
            )
            found = [await _record(run) async for run in runs]
        return tuple(record for record in found if isinstance(record, ClosedReview))

    async def find(self, prefix: str | None = None, *, closed: bool = False) -> FoundIncident:
        """The review that is meant by its incident's id, the beginning of one, or nothing if only one is open.

        Raises LookupFailed.
        """
        lookup = Lookup("review", "review of an incident", OPEN_REVIEWS, ALL_REVIEWS, self._matching)
        return await lookup.find(prefix and prefix.removeprefix("review-"), closed=closed)

    async def find_either(self, prefix: str | None = None) -> FoundIncident:
        """The open incident that is meant, or if there is none the open review. Raises LookupFailed."""
        try:
            return await self._incidents.find(prefix)
        except LookupFailed:
            is_one = prefix is not None or not await self._incidents.list()
            if is_one and await self._matching(OPEN_REVIEWS):
                return await self.find(prefix)
            raise

    async def status(self, found: FoundIncident) -> ReviewStatus:
        """Raises NobodyWorks, NothingOpen."""
        return await self._incidents.query(found.workflow_id, found.run_id, "state", ReviewStatus, QUERY_WITHIN)

    async def plan_view(self, found: FoundIncident) -> PlanView:
        """Raises NobodyWorks, NothingOpen."""
        return await self._incidents.query(found.workflow_id, found.run_id, "plan", PlanView, QUERY_WITHIN)

    async def _matching(self, query: str) -> Sequence[ReviewSummary]:
        async with self._incidents.connection.temporal():
            runs = self._incidents.connection.client.list_workflows(query, limit=MOST_FOUND)
            return [await _summary(run) async for run in runs]


async def _summary(run: WorkflowExecution) -> ReviewSummary:
    known = run.typed_search_attributes
    record = await _record(run)
    title: object = await run.memo_value("title", "")
    return ReviewSummary(
        workflow_id=run.id,
        run_id=run.run_id,
        incident=known.get(attributes.INCIDENT, run.id.removeprefix("review-")),
        title=str(title),
        open=run.status is WorkflowExecutionStatus.RUNNING,
        severity=known.get(attributes.SEVERITY, ""),
        runbook=known.get(attributes.RUNBOOK, ""),
        due_at=known.get(attributes.REVIEW_DUE_AT),
        started_at=await run.memo_value("opened_at", run.start_time, type_hint=datetime),
        closed_at=run.close_time,
        record=record if isinstance(record, ClosedReview) else None,
        problem=record if isinstance(record, str) else "",
    )


async def _record(run: WorkflowExecution) -> ClosedReview | str | None:
    """Or why it cannot be read: one that cannot must not hide the others."""
    try:
        record: ClosedReview | None = await run.memo_value(RECORD_MEMO, None, type_hint=ClosedReview)
    except ValueError:
        return "its figures cannot be read: see its workflow in Temporal"
    return record
