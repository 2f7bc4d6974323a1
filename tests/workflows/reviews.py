"""The review of an incident on the real server; its time goes on where that of the incident ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import Live, Vendors, incident
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident
from workflows.policy.review.results import ReviewStatus
from workflows.policy.views.results import PlanView
from workflows.review import ReviewWorkflow

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class LiveReview:
    environment: WorkflowEnvironment
    handle: WorkflowHandle[ReviewWorkflow, None]
    vendors: Vendors
    incident: Incident
    """As it closed."""

    async def at(self, moment: datetime) -> None:
        async with asyncio.timeout(HANGS_AFTER_S):
            now = (await self.plan()).now
            await self.environment.fast_forward(self.handle, moment - now)

    async def after(self, span: timedelta) -> None:
        """So long after the resolution."""
        assert self.incident.resolved_at is not None
        await self.at(self.incident.resolved_at + span)

    async def to_the_end(self) -> None:
        async with asyncio.timeout(HANGS_AFTER_S):
            await self.environment.fast_forward(self.handle)
            await self.handle.result()

    async def status(self) -> ReviewStatus:
        return await self.handle.query(ReviewWorkflow.state)

    async def plan(self) -> PlanView:
        return await self.handle.query(ReviewWorkflow.plan)

    async def timeline(self) -> list[str]:
        return [entry.text for entry in (await self.status()).review.incident.timeline]


async def closed(live: Live, after: timedelta = 95 * MINUTE) -> Incident:
    """Acknowledged, resolved, watched."""
    await live.at(7 * MINUTE)
    await live.handle.signal("acknowledge", {"by": "Alice"})
    await live.at(after)
    await live.handle.signal("resolve", {"by": "Alice", "text": "rolled back"})
    await live.to_the_end()
    return (await live.status()).incident


async def review_of(environment: WorkflowEnvironment, vendors: Vendors, record: Incident) -> LiveReview | None:
    """None: the incident owed none."""
    handle = environment.client.get_workflow_handle_for(ReviewWorkflow.run, f"review-{record.id}")
    try:
        await handle.describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None
    return LiveReview(environment, handle, vendors, record)


@asynccontextmanager
async def reviewed(
    environment: WorkflowEnvironment, vendors: Vendors, about: OpenRequest, history_limit: int = 8000
) -> AsyncIterator[LiveReview]:
    """The review of an incident that was resolved after 95 minutes."""
    async with incident(environment, vendors, about, history_limit=history_limit) as live:
        review = await review_of(environment, vendors, await closed(live))
        assert review is not None
        yield review
        if (await review.handle.describe()).close_time is None:
            await review.handle.terminate()
