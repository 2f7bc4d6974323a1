"""The status page's workflow on the real server, and whoever writes the page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import eventually, register
from worker.hosting import runner
from workflows.policy.watches.public_page import MaintenanceAnnounced, PageRecord, SaidInPublic
from workflows.public_page import PublicPageWorkflow
from workflows.queues import COMMS_QUEUE, WORKFLOW_QUEUE


@dataclass
class PageWorld:
    client: Client
    written: list[datetime] = field(default_factory=list)

    @activity.defn(name="write_status_page")
    async def write(self) -> None:
        self.written.append(datetime.now(UTC))

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        async with (
            Worker(self.client, task_queue=WORKFLOW_QUEUE, workflows=[PublicPageWorkflow], workflow_runner=runner()),
            Worker(self.client, task_queue=COMMS_QUEUE, activities=[self.write]),
        ):
            yield


async def world(temporal: WorkflowEnvironment) -> PageWorld:
    """In a namespace of its own: there is one status page in each."""
    namespace = f"page-{uuid4().hex[:8]}"
    await register(temporal.client, namespace)
    address = temporal.client.service_client.config.target_host
    return PageWorld(await Client.connect(address, namespace=namespace, data_converter=pydantic_data_converter))


def say(number: int, text: str = "looking") -> SaidInPublic:
    now = datetime.now(UTC)
    return SaidInPublic(at=now, id=f"k{number}", incident=f"i{number}", name="x", status="investigating", text=text)


@dataclass
class LivePage:
    world: PageWorld
    environment: WorkflowEnvironment
    handle: WorkflowHandle[PublicPageWorkflow, None]

    async def pass_by(self, span: timedelta) -> None:
        """Until it has been written once more."""
        before = len(self.world.written)
        async with asyncio.timeout(HANGS_AFTER_S):
            await self.environment.fast_forward(self.handle, span)

        async def written() -> int:
            return len(self.world.written)

        await eventually(written, lambda count: count > before)


@asynccontextmanager
async def maintained(temporal: WorkflowEnvironment) -> AsyncIterator[LivePage]:
    """A maintenance begins in half an hour and lasts ten minutes. On the session's server, whose time can be moved."""
    live, now = PageWorld(temporal.client), datetime.now(UTC)
    begins, ends = now + timedelta(minutes=30), now + timedelta(minutes=40)
    planned = MaintenanceAnnounced(at=now, maintenance="m1", name="x", starts_at=begins, ends_at=ends)
    async with live.working():
        handle = await temporal.client.start_workflow(
            PublicPageWorkflow.run,
            PageRecord(),
            id=f"page-{uuid4().hex}",
            task_queue=WORKFLOW_QUEUE,
            start_signal="announce",
            start_signal_args=[planned],
        )
        yield LivePage(live, temporal, handle)
        await handle.terminate()
