"""The look of each night at the days ahead, with the real activity and a worker's settings: what is new is said."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.temporal import Temporal
from settings import Settings
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.shifts import Shifts
from tests.policy.builders import runbook, severity, tier
from tests.starter.conftest import eventually
from tests.workflows.shifts import LiveShift, RotaWorld
from worker.hosting import runner
from worker.reachability import reachability
from workflows.installation import InstallationWorkflow
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


def settings(**more: object) -> Settings:
    return Settings.model_validate({"ntfy_topics": {"ann": "ann-7f3a", "ben": "ben-7f3a", "boss": "b-7f3a"}, **more})


async def test_what_leads_nowhere_is_said_in_the_night_in_which_that_is_new(temporal: WorkflowEnvironment) -> None:
    world, incidents, chosen = RotaWorld(), Incidents(temporal.client), [settings()]
    coverage = Temporal(incidents, lambda book: reachability(book, chosen[-1])).check_coverage
    activities: list[Callable[..., Any]] = [
        world.read_roster, world.set_user_group, world.take_inventory, world.post, coverage,
    ]  # fmt: skip
    workflows = [ShiftWorkflow, InstallationWorkflow]
    there = Installation(runbooks={"acme": BOOK}, default="acme", published_at=datetime.now(UTC))
    async with (
        Worker(temporal.client, task_queue=WORKFLOW_QUEUE, workflows=workflows, workflow_runner=runner()),
        Worker(temporal.client, task_queue=COMMS_QUEUE, activities=activities),
    ):
        await Installations(incidents.connection).publish(there)
        await Shifts(incidents.connection).keep(there)
        live = LiveShift(temporal, temporal.client.get_workflow_handle(workflow_id("acme/on-call")))
        assert await said(world, 1) == [
            "• a message in Slack does not lead to Ann, who is on call (TOCSIN_SLACK_USERS has no ann)"
        ]
        await live.days(3)
        assert len(await said(world, 1)) == 1  # nothing new in three nights
        chosen.append(settings(ntfy_topics={"ann": "ann-7f3a"}))
        await live.days(1)
        assert sorted((await said(world, 2))[1:]) == [
            "• no pager knows Ben, who is on call", "• no pager knows Boss, whom a tier calls"
        ]  # fmt: skip
        for name in (workflow_id("acme/on-call"), "tocsin-installation"):
            await temporal.client.get_workflow_handle(name).terminate()


async def said(world: RotaWorld, posts: int) -> list[str]:
    """The lines of all that was said of the days ahead, without their times of the first."""

    async def found() -> list[str]:
        return [post for post in world.posts if "On call in the days ahead" in post]

    told = await eventually(found, lambda seen: len(seen) >= posts)
    assert len(told) == posts
    return [line.partition(" from ")[0] for post in told for line in post.splitlines()[1:]]
