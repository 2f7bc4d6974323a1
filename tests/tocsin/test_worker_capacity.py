"""How much one worker process takes on: so much that it finishes in time what it has begun (ADR 33)."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from settings import Settings
from worker import adapters
from worker.slots import MessageSlots, TurnSlots
from worker.workers import TURNS_AT_ONCE, garbage_between, workers
from workflows.queues import COMMS_QUEUE, PAGE_QUEUE, WORKFLOW_QUEUE

FEW = 8
Given = Callable[..., Mapping[str, Any]]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, temporal: WorkflowEnvironment) -> Given:
    """What the worker of a queue is given, without there being one."""

    def of(queue: str, processes: int = 1) -> Mapping[str, Any]:
        found: list[Mapping[str, Any]] = []
        monkeypatch.setattr("worker.workers.Worker", lambda _, **options: found.append(options))
        turns = TurnSlots(TURNS_AT_ONCE)
        perform = adapters.perform(Settings(_env_file=None))
        workers(temporal.client, perform, turns, garbage_between(turns, processes), processes)
        [one] = [options for options in found if options["task_queue"] == queue]
        return one

    return of


def named(options: Mapping[str, Any]) -> set[str]:
    return {vars(each.__func__)["__temporal_activity_definition"].name for each in options["activities"]}


class Turns:
    """Of all workflows of this test together: how many were in the middle of one at once."""

    lock = threading.Lock()
    now, most = 0, 0
    too_many = threading.Event()


@workflow.defn(name="busy")
class BusyWorkflow:
    @workflow.run
    async def run(self) -> None:
        with Turns.lock:
            Turns.now += 1
            Turns.most = max(Turns.most, Turns.now)
            if Turns.most > FEW:
                Turns.too_many.set()
        Turns.too_many.wait(0.2)
        with Turns.lock:
            Turns.now -= 1


async def test_of_many_workflows_that_wait_few_are_in_the_middle_of_a_turn(
    temporal: WorkflowEnvironment, given: Given
) -> None:
    """They share one core: of a hundred that were begun at once, none would be finished in time, and all be done
    again."""
    queue, client = f"busy-{uuid4().hex}", temporal.client
    handles = [await client.start_workflow("busy", id=f"{queue}-{n}", task_queue=queue) for n in range(4 * FEW)]
    options = given(WORKFLOW_QUEUE)
    ours = {name: options[name] for name in options if "workflow_task" in name or name in ("workflow_runner", "tuner")}
    async with Worker(client, task_queue=queue, workflows=[BusyWorkflow], **ours):
        for handle in handles:
            await handle.result()
    assert 1 < Turns.most <= FEW


def test_pages_have_a_queue_of_their_own(given: Given) -> None:
    """Nothing but what rings people, or opens an incident that will, waits there (rule 2)."""
    ours = given("tocsin-page")
    assert {"page", "hush"} <= named(ours)
    assert "workflows" not in ours
    assert "activities" not in given(WORKFLOW_QUEUE)


def test_what_people_are_told_takes_no_slot_of_a_page(given: Given) -> None:
    told = named(given(COMMS_QUEUE))
    assert "post" in told
    assert told & named(given(PAGE_QUEUE)) == {"canary"}


def test_a_page_waits_for_no_turn(given: Given) -> None:
    assert given(PAGE_QUEUE)["max_concurrent_activities"] == 30
    assert "tuner" not in given(PAGE_QUEUE)


def test_what_people_are_told_waits_for_the_turns_of_its_own_process(given: Given) -> None:
    turns, messages = (given(queue)["tuner"] for queue in (WORKFLOW_QUEUE, COMMS_QUEUE))
    assert isinstance(turns._get_workflow_task_slot_supplier(), TurnSlots)
    assert isinstance(messages._get_activity_task_slot_supplier(), MessageSlots)


def test_a_new_incident_goes_before_what_others_have_to_say(given: Given) -> None:
    """Some polls are for workflows that no process has in memory, new incidents first; but fewer than for the others,
    which would wait for their own process in vain, and read their histories anew."""
    ours = given(WORKFLOW_QUEUE)
    assert 0.2 < ours["nonsticky_to_sticky_poll_ratio"] < 0.5
    assert ours["sticky_queue_schedule_to_start_timeout"] == timedelta(seconds=5)


@pytest.mark.parametrize(("processes", "each"), [(1, 7_000), (2, 3_500), (7, 1_000)])
def test_however_many_processes_there_are_they_keep_no_more_in_memory(
    given: Given, processes: int, each: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.workers.in_memory", lambda _: 7_000)
    assert given(WORKFLOW_QUEUE, processes)["max_cached_workflows"] == each
