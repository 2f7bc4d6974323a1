"""Reviews as Temporal keeps them: which there are, and how one stands. Events reach them as they reach incidents."""

from datetime import datetime
from typing import Final

from temporalio.client import Client

from starter.temporal.connection import QUERY_WITHIN
from starter.temporal.deadlines import due_first
from starter.temporal.incidents import A_PAGE_WITHIN, LONG_LIST, Incidents
from starter.temporal.lookup import MOST_NAMED, Lookup
from starter.temporal.pages import READ_WHOLE, Newest, count, every, newest, unread
from starter.temporal.results import PAGE_SIZE, FoundIncident, ListPage, LookupFailed, ReviewSummary
from starter.temporal.rows import review_record, review_row
from workflows.policy.keys import workflow_ids
from workflows.policy.review.results import ReviewStatus
from workflows.policy.review.summary import ClosedReview
from workflows.policy.views.results import PlanView

REVIEWS = "WorkflowType = 'review'"
OPEN_REVIEWS = f"{REVIEWS} AND ExecutionStatus = 'Running'"
ALL_REVIEWS = f"{REVIEWS} AND ExecutionStatus != 'ContinuedAsNew'"
CLOSED_REVIEWS: Final = f"{ALL_REVIEWS} AND ExecutionStatus != 'Running'"


class Reviews:
    """Every method raises Unreachable when Temporal is away."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    async def page(
        self, number: int = 1, size: int = PAGE_SIZE, *, include_closed: bool = False
    ) -> ListPage[ReviewSummary]:
        """Of the open reviews, what is due first at the top, and then of closed ones. None of them is asked."""
        async with self._incidents.connection.temporal(deadline=A_PAGE_WITHIN):
            return await _page(self._client, number, size, include_closed=include_closed, but=self._incidents.but)

    async def list(self, include_closed: bool = False) -> tuple[ReviewSummary, ...]:
        """All of them, in the same order."""
        async with self._incidents.connection.temporal(deadline=LONG_LIST):
            return await _all(self._client, (ALL_REVIEWS if include_closed else OPEN_REVIEWS) + self._incidents.but)

    async def records(self, since: datetime) -> Newest[ClosedReview]:
        """Of those that are open or have closed since then, as far as they have any. Raises Unreachable."""
        query = f"{ALL_REVIEWS} AND (ExecutionStatus = 'Running' OR CloseTime >= '{since.isoformat()}')"
        query += self._incidents.but
        async with self._incidents.connection.temporal(deadline=LONG_LIST):
            found = [await review_record(run) async for run in newest(self._client, query)]
            older = await unread(self._client, query)
        return Newest(tuple(record for record in found if isinstance(record, ClosedReview)), older)

    async def find(self, part: str | None = None, *, closed: bool = False) -> FoundIncident:
        """The review that is meant by its incident's id or a part of it: see `Lookup.find`. Raises LookupFailed."""

        but = self._incidents.but

        async def foremost() -> tuple[ReviewSummary, ...]:
            return (await _page(self._client, 1, MOST_NAMED + 1, include_closed=False, but=but)).rows

        named = ("review", "review of an incident")
        found = Lookup(self._client, *named, OPEN_REVIEWS + but, ALL_REVIEWS + but, review_row, foremost)
        async with self._incidents.connection.temporal():
            return await found.find(part and workflow_ids.reviewed(part), closed=closed)

    async def find_either(self, part: str | None = None) -> FoundIncident:
        """The open incident that is meant, or if there is none the open review. Raises LookupFailed."""
        try:
            return await self._incidents.find(part)
        except LookupFailed:
            is_one = part is not None or not (await self._incidents.page(size=1)).total
            if is_one and (await self.page(size=1)).total:
                return await self.find(part)
            raise

    @property
    def _client(self) -> Client:
        return self._incidents.connection.client

    async def status(self, found: FoundIncident) -> ReviewStatus:
        """Raises NobodyWorks, NothingOpen."""
        return await self._incidents.query(found.workflow_id, found.run_id, "state", ReviewStatus, QUERY_WITHIN)

    async def plan_view(self, found: FoundIncident) -> PlanView:
        """Raises NobodyWorks, NothingOpen."""
        return await self._incidents.query(found.workflow_id, found.run_id, "plan", PlanView, QUERY_WITHIN)


async def _page(client: Client, number: int, size: int, *, include_closed: bool, but: str) -> ListPage[ReviewSummary]:
    query = (ALL_REVIEWS if include_closed else OPEN_REVIEWS) + but
    total = await count(client, query)
    start = (number - 1) * size
    if total <= READ_WHOLE:
        rows = (await _all(client, query))[start : start + size]
    else:
        rows = await due_first(client, OPEN_REVIEWS + but, CLOSED_REVIEWS + but if include_closed else "", start, size)
    return ListPage(rows=rows, number=number, size=size, total=total)


async def _all(client: Client, query: str) -> tuple[ReviewSummary, ...]:
    found = [row async for row in every(client, query, review_row)]
    return tuple(sorted(found, key=_order))


def _order(review: ReviewSummary) -> tuple[bool, bool, datetime]:
    return not review.open, review.due_at is None, review.due_at or review.started_at
