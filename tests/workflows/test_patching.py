"""How a change of what is decided is shipped (docs/deploys.md), tried on one: each incident posts once more."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import datetime, timedelta
from unittest.mock import patch

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from tests.workflows.changed_code import ONE_MORE, one_more_post
from tests.workflows.incidents import Live, Vendors, incident, opening, worker
from tests.workflows.retracing import HISTORIES
from worker.hosting import runner
from worker.registry import WORKFLOWS
from workflows.durable.runner import Runner
from workflows.incident import IncidentProcedure
from workflows.policy.engine import Plan

MINUTE = timedelta(minutes=1)
WHOLE_LIFE = next(path for path in HISTORIES if path.stem == "whole-life")


@contextmanager
def first_release() -> Iterator[None]:
    """Asked once, before anything is decided: a run goes on to its end as it was begun."""
    before, plan = Runner.carry_out, IncidentProcedure.plan

    async def carry_out(self: Runner) -> None:
        self._procedure.__dict__["posts_once_more"] = workflow.patched(ONE_MORE)
        await before(self)

    def changed(self: IncidentProcedure, now: datetime) -> Plan:
        with one_more_post() if vars(self).get("posts_once_more") else nullcontext():
            return plan(self, now)

    with patch.object(Runner, "carry_out", carry_out), patch.object(IncidentProcedure, "plan", changed):
        yield


@contextmanager
def next_release() -> Iterator[None]:
    """No run is left that was begun without it: the old way is gone, and the marker is still read."""
    before = Runner.carry_out

    async def carry_out(self: Runner) -> None:
        workflow.deprecate_patch(ONE_MORE)
        await before(self)

    with patch.object(Runner, "carry_out", carry_out), one_more_post():
        yield


async def goes_on(history: WorkflowHistory) -> bool:
    replayer = Replayer(
        workflows=list(WORKFLOWS.values()), data_converter=pydantic_data_converter, workflow_runner=runner()
    )
    return (await replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure is None


def recorded() -> WorkflowHistory:
    """Of the time before the change."""
    return WorkflowHistory.from_json(WHOLE_LIFE.stem, WHOLE_LIFE.read_text())


@asynccontextmanager
async def begun_with_it(temporal: WorkflowEnvironment, vendors: Vendors) -> AsyncIterator[Live]:
    with first_release():
        async with incident(temporal, vendors, opening()) as live:
            await live.at(6 * MINUTE)
            yield live


async def test_without_a_patch_the_change_breaks_what_was_begun_before_it() -> None:
    assert await goes_on(recorded())
    with one_more_post():
        assert not await goes_on(recorded())


async def test_with_a_patch_what_was_begun_before_goes_on_as_it_was_begun(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    with first_release():
        assert await goes_on(recorded())
    async with incident(temporal, vendors, opening(), with_worker=False) as live:
        async with worker(temporal, vendors):
            await live.at(1 * MINUTE)
        with first_release():
            async with worker(temporal, vendors):
                await live.at(31 * MINUTE)
                assert "escalate/2/vp-engineering/1" in vendors.arrivals()
                assert vendors.arrivals(ONE_MORE) == []


async def test_what_begins_after_it_decides_anew(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with begun_with_it(temporal, vendors) as live:
        history = await live.handle.fetch_history()
        assert await goes_on(history)
    assert vendors.arrivals(ONE_MORE) == [f"{ONE_MORE}/1"]
    assert not await goes_on(history)  # once it is out, the code of before it is no way back for these


async def test_the_old_way_may_go_when_no_run_is_left_that_was_begun_with_it(temporal: WorkflowEnvironment) -> None:
    async with begun_with_it(temporal, Vendors()) as live:
        history = await live.handle.fetch_history()
    with next_release():
        assert await goes_on(history)
        assert not await goes_on(recorded())  # which is what `tocsin replay --live` would say
