"""The look of each night at the days ahead, with the real activity and a worker's settings: what is new is said."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.temporal import Temporal
from settings import Settings
from starter.temporal.connection import TemporalConnection
from starter.temporal.coverages import Coverages
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.shifts import Shifts
from tests.policy.builders import runbook, severity, tier
from tests.starter.conftest import eventually
from tests.workflows.shifts import LiveShift, RotaWorld
from worker.hosting import runner
from worker.reachability import reachability
from workflows.coverage import CoverageWorkflow
from workflows.installation import InstallationWorkflow
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.coverage import coverage_workflow_id
from workflows.policy.watches.installation import Installation
from workflows.policy.watches.shift import workflow_id
from workflows.queues import COMMS_QUEUE, WORKFLOW_QUEUE
from workflows.shift import ShiftWorkflow

TURNS = {"rota": ["ann", "ben"], "every": "1d", "from": "2026-01-01", "hand_over": "09:00"}
BOOK = runbook(
    severity(tier("on-call"), tier("boss", after=15)),
    people={
        "on-call": {"name": "On-call", "on_call": TURNS},
        "ann": {"name": "Ann", "reach": ["ntfy", "slack"]},
        "ben": {"name": "Ben"},
        "boss": {"name": "Boss"},
    },
    roles={},
)

WITHOUT_TURNS = runbook(
    severity(tier("ann"), tier("boss", after=15)),
    people={"ann": {"name": "Ann", "reach": ["ntfy"]}, "boss": {"name": "Boss"}},
    roles={},
)


def settings(**more: object) -> Settings:
    return Settings.model_validate({"ntfy_topics": {"ann": "ann-7f3a", "ben": "ben-7f3a", "boss": "b-7f3a"}, **more})


@dataclass
class Nights:
    """What a worker keeps of the book that is loaded, and what it says."""

    temporal: WorkflowEnvironment
    world: RotaWorld
    chosen: list[Settings]
    """The last ones count."""

    @property
    def connection(self) -> TemporalConnection:
        return TemporalConnection(self.temporal.client)

    async def publish(self, book: Runbook) -> None:
        there = Installation(runbooks={"acme": book}, default="acme", published_at=datetime.now(UTC))
        await Installations(self.connection).publish(there)
        await Shifts(self.connection).keep(there)
        await Coverages(self.connection).keep(there)

    async def pass_by(self, *names: str, days: int = 1) -> None:
        for name in names:
            await LiveShift(self.temporal, self.temporal.client.get_workflow_handle(name)).days(days)


OF_ALL, OF_THE_POST = coverage_workflow_id("acme"), workflow_id("acme/on-call")


@pytest_asyncio.fixture
async def nights(temporal: WorkflowEnvironment) -> AsyncIterator[Nights]:
    found = Nights(temporal, RotaWorld(), [settings()])
    coverage = Temporal(Incidents(temporal.client), lambda book: reachability(book, found.chosen[-1])).check_coverage
    world = found.world
    activities: list[Callable[..., Any]] = [
        world.read_roster, world.set_user_group, world.take_inventory, world.post, coverage,
    ]  # fmt: skip
    workflows = [ShiftWorkflow, CoverageWorkflow, InstallationWorkflow]
    async with (
        Worker(temporal.client, task_queue=WORKFLOW_QUEUE, workflows=workflows, workflow_runner=runner()),
        Worker(temporal.client, task_queue=COMMS_QUEUE, activities=activities),
    ):
        yield found
        for name in (OF_ALL, OF_THE_POST, "tocsin-installation"):
            with suppress(RPCError):  # this test has none, or it has ended
                await temporal.client.get_workflow_handle(name).terminate()


async def test_what_leads_nowhere_is_said_in_the_night_in_which_that_is_new(nights: Nights) -> None:
    await nights.publish(BOOK)
    assert await said(nights.world, 1) == [
        "• a message in Slack does not lead to Ann, who is on call (TOCSIN_SLACK_USERS has no ann)"
    ]
    await nights.pass_by(OF_ALL, OF_THE_POST, days=3)
    assert len(await said(nights.world, 1)) == 1  # nothing new in three nights
    nights.chosen.append(settings(ntfy_topics={"ann": "ann-7f3a"}))
    await nights.pass_by(OF_ALL, OF_THE_POST)
    assert sorted((await said(nights.world, 3))[1:]) == [
        "• no pager knows Ben, who is on call", "• no pager knows Boss, whom a tier calls"
    ]  # fmt: skip


async def test_a_runbook_in_which_nobody_takes_turns_is_looked_at_each_night_too(nights: Nights) -> None:
    await nights.publish(WITHOUT_TURNS)
    await nights.pass_by(OF_ALL, days=2)
    assert nights.world.posts == []  # all is well
    nights.chosen.append(settings(ntfy_topics={"boss": "b-7f3a"}))
    await nights.pass_by(OF_ALL)
    assert await said(nights.world, 1) == [
        "• no way leads to Ann, whom a tier calls",
        "• ntfy does not lead to Ann, whom a tier calls (TOCSIN_NTFY_TOPICS has no ann)",
    ]
    assert nights.world.posts[0].startswith("⚠️ On call in the days ahead (acme):")
    await nights.pass_by(OF_ALL, days=3)
    assert len(nights.world.posts) == 1
    nights.chosen.append(settings())
    await nights.pass_by(OF_ALL)
    nights.chosen.append(settings(ntfy_topics={"boss": "b-7f3a"}))
    await nights.pass_by(OF_ALL)
    assert len(nights.world.posts) == 2  # it was mended, and is lost again


async def test_one_person_in_two_tiers_is_said_where_nobody_takes_turns(nights: Nights) -> None:
    twice = severity(tier("ann"), tier("boss", after=15), tier("ann", after=30))
    await nights.publish(WITHOUT_TURNS.model_copy(update={"severities": {"sev1": twice}}))
    await nights.pass_by(OF_ALL, days=2)
    assert await said(nights.world, 1) == ["• tiers 1 and 3 of SEV-1 are both Ann"]


async def test_a_worker_that_starts_with_other_settings_need_not_wait_for_the_night(nights: Nights) -> None:
    await nights.publish(WITHOUT_TURNS)
    nights.chosen.append(settings(ntfy_topics={"ann": "ann-7f3a"}))
    await nights.publish(WITHOUT_TURNS)
    assert await said(nights.world, 1) == ["• no pager knows Boss, whom a tier calls"]


async def test_what_could_not_be_posted_is_said_in_the_next_night(nights: Nights) -> None:
    """Such as before Slack is connected: it has been said to nobody."""
    nights.world.posts_fail = True
    nights.chosen.append(settings(ntfy_topics={"ann": "ann-7f3a"}))
    await nights.publish(BOOK)
    await nights.pass_by(OF_ALL, OF_THE_POST)
    nights.world.posts_fail = False
    await nights.pass_by(OF_ALL, OF_THE_POST, days=3)
    assert sorted(await said(nights.world, 2)) == [
        "• a message in Slack does not lead to Ann, who is on call (TOCSIN_SLACK_USERS has no ann)",
        "• no pager knows Ben, who is on call",
        "• no pager knows Boss, whom a tier calls",
    ]


async def test_a_runbook_that_is_loaded_no_more_is_looked_at_no_more(nights: Nights) -> None:
    await nights.publish(WITHOUT_TURNS)
    other = Installation(runbooks={"other": WITHOUT_TURNS}, default="other", published_at=datetime.now(UTC))
    await Installations(nights.connection).publish(other)
    handle = nights.temporal.client.get_workflow_handle(OF_ALL)
    assert await nights.temporal.fast_forward(handle, timedelta(days=2)) is False  # it ended before
    await nights.publish(WITHOUT_TURNS)
    assert (await handle.describe()).close_time is None


async def test_no_page_is_missed_where_nobody_is_to_be_paged(nights: Nights) -> None:
    nights.chosen.append(settings(ntfy_topics={}, no_pager=True))
    await nights.publish(WITHOUT_TURNS)
    await nights.pass_by(OF_ALL)
    assert nights.world.posts == []


async def said(world: RotaWorld, posts: int) -> list[str]:
    """The lines of all that was said of the days ahead, without their times of the first."""

    async def found() -> list[str]:
        return [post for post in world.posts if "On call in the days ahead" in post]

    told = await eventually(found, lambda seen: len(seen) >= posts)
    assert len(told) == posts
    return [line.partition(" from ")[0] for post in told for line in post.splitlines()[1:]]
