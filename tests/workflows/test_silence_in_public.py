"""A silence that the public is told of: the page knows when the work begins and ends, and nothing waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from tests.patience import HANGS_AFTER_S
from tests.policy.builders import runbook, severity, tier
from tests.starter.conftest import eventually
from tests.workflows.incidents import firing
from tests.workflows.silences import HOUR, crew, silence
from workflows.policy.runbook.intake import Intake
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.public_page import MaintenanceAnnounced
from workflows.policy.watches.silence_in_public import components_of
from workflows.queues import COMMS_QUEUE

WORDS, AFFECTED = "Moving the database", ("Search",)


@dataclass
class PageOfWork:
    said: list[MaintenanceAnnounced] = field(default_factory=list)
    fails: bool = False

    @activity.defn(name="announce_maintenance")
    async def announce(self, work: MaintenanceAnnounced) -> None:
        if self.fails:
            raise ApplicationError("no", type="Rejected", non_retryable=True)
        self.said.append(work)

    async def heard(self) -> int:
        return len(self.said)

    @asynccontextmanager
    async def listening(self, temporal: WorkflowEnvironment) -> AsyncIterator[None]:
        async with Worker(temporal.client, task_queue=COMMS_QUEUE, activities=[self.announce]):
            yield


async def test_it_is_announced_moved_and_over_on_the_page(temporal: WorkflowEnvironment) -> None:
    page = PageOfWork()
    async with silence(temporal, public=WORDS, components=AFFECTED) as quiet, crew(temporal), page.listening(temporal):
        await eventually(page.heard)
        await quiet.handle.execute_update("extend", {"duration": "1h", "by": "Alice"})
        await eventually(page.heard, lambda count: count == 2)
        await quiet.handle.signal("expire")
        async with asyncio.timeout(HANGS_AFTER_S):
            await quiet.handle.result()
    first, longer, over = page.said
    assert (first.name, first.components, first.ends_at) == ("Moving the database", ("Search",), quiet.card.ends_at)
    assert longer.ends_at == first.ends_at + HOUR
    assert over.ends_at < first.ends_at
    assert len({each.maintenance for each in page.said}) == 1


async def test_what_is_held_waits_for_no_page(temporal: WorkflowEnvironment) -> None:
    page = PageOfWork(fails=True)
    async with silence(temporal, public=WORDS, components=AFFECTED) as quiet, crew(temporal):
        incident = await quiet.hold(firing("f1"))
        await quiet.handle.signal("expire")  # nobody listens on the page's queue
        await eventually(lambda: quiet.status(incident), lambda found: found is not None)
        async with page.listening(temporal), asyncio.timeout(HANGS_AFTER_S):
            await quiet.handle.result()


async def test_what_comes_while_the_page_is_away_opens_its_incident(temporal: WorkflowEnvironment) -> None:
    """A gateway may not have heard yet that the silence is over, and brings what matches."""
    page = PageOfWork()
    async with silence(temporal, public=WORDS, components=AFFECTED) as quiet, crew(temporal):
        await quiet.handle.signal("expire")  # nobody listens on the page's queue: the end is not told yet
        await eventually(quiet.state, lambda state: state.ended_at is not None)
        incident = await quiet.hold(firing("f1"))
        await eventually(lambda: quiet.status(incident), lambda found: found is not None)
        async with page.listening(temporal), asyncio.timeout(HANGS_AFTER_S):
            await quiet.handle.result()


async def test_of_a_silence_that_is_nobodys_business_nothing_is_said(temporal: WorkflowEnvironment) -> None:
    page = PageOfWork()
    async with silence(temporal) as quiet, crew(temporal), page.listening(temporal):
        await quiet.pass_by(HOUR + timedelta(minutes=1))
        async with asyncio.timeout(HANGS_AFTER_S):
            await quiet.handle.result()
    assert page.said == []


@pytest.mark.parametrize(
    ("written", "affected"),
    [
        (["service=sea"], ("Search",)),
        (["service=Search"], ("Search",)),
        (["job=sea"], ("Search",)),
        (["service=~sea.*"], ()),
        (["service!=sea"], ()),
        (["service=db-7.internal"], ()),
        (["alertname=sea"], ()),
        (["service=sea", "service=pay"], ("Search", "Payments")),
    ],
)
def test_only_services_that_the_runbook_lists_stand_on_the_page(
    written: list[str], affected: tuple[str, ...], book_of_services: Runbook
) -> None:
    assert components_of([Matcher.parse(each) for each in written], [book_of_services]) == affected


@pytest.fixture
def book_of_services() -> Runbook:
    services = Intake(services={"sea": "Search", "pay": "Payments"})
    return runbook(severity(tier("alice")), intake=services)
