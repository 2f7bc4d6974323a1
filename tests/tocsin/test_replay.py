"""`tocsin replay --live`: code that would let what runs stand still is refused before it goes out, by name."""

import json
from datetime import timedelta
from typing import cast
from unittest.mock import patch
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig, WorkflowEnvironment

from starter.temporal.live_runs import LiveRun, live_runs
from tests.starter.conftest import eventually
from tests.tocsin.conftest import Tocsin
from tests.workflows.changed_code import one_more_post
from tests.workflows.incidents import Vendors, incident, opening, worker
from tests.workflows.reviews import closed
from tests.workflows.test_bugs import has_failed
from worker.replaying import replay
from workflows.queues import WORKFLOW_QUEUE
from workflows.texts import render

MINUTE = timedelta(minutes=1)
REFUSED = "do not replay: do not deploy this code\n"


@pytest.fixture
def movable(fresh: Client) -> WorkflowEnvironment:
    """The time of what is started in the command line's own namespace stands until it is moved."""
    config = TimeSkippingConfig(enabled=False, max_session_skip_count=10_000, disable_propagation=True)
    return cast(WorkflowEnvironment, TimeSkipper(fresh, config=config))


async def known(client: Client, query: str, count: int = 1) -> None:
    """Visibility knows of so many."""
    await eventually(lambda: client.count_workflows(query), lambda seen: seen.count == count)


async def test_the_code_that_runs_goes_on_with_everything_that_runs(
    tocsin: Tocsin, client: Client, movable: WorkflowEnvironment
) -> None:
    async with incident(movable, Vendors(), opening()) as live:
        await live.at(6 * MINUTE)
        await known(client, "ExecutionStatus = 'Running'", 2)
        answer = await tocsin("replay", "--live")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "go on by this code: 1 incident, 1 installation\n"


async def test_code_that_does_something_else_is_refused_and_what_would_stand_still_is_named(
    tocsin: Tocsin, client: Client, movable: WorkflowEnvironment
) -> None:
    async with incident(movable, Vendors(), opening()) as live:
        await live.at(6 * MINUTE)
        await known(client, "TocsinIncident IS NOT NULL")
        with one_more_post():
            answer = await tocsin("replay", "--live")
        name = (await live.status()).incident.id
    assert (answer.code, answer.err) == (1, f"1 of 2 {REFUSED}")
    good, heading, who, why = answer.out.splitlines()
    assert (good, heading) == ("go on by this code: 1 installation", "would stand still: 1")
    assert who == f"  incident {name}  SEV1"
    assert why.startswith("      this code does something else ")


async def test_what_stands_still_goes_on_by_the_code_that_it_was_begun_with(
    tocsin: Tocsin, client: Client, movable: WorkflowEnvironment
) -> None:
    vendors = Vendors()
    async with incident(movable, vendors, opening(), with_worker=False) as live:
        async with worker(movable, vendors):
            await live.at(6 * MINUTE)
        with one_more_post():
            async with worker(movable, vendors):
                await live.handle.signal("note", {"text": "hm"})
                await has_failed(live)
            await known(client, "TocsinIncident IS NOT NULL")
            changed = await tocsin("replay", "--live")
        put_back = await tocsin("replay", "--live")
    assert (changed.code, put_back.code) == (1, 0)


async def test_code_that_raises_is_refused_with_its_error_and_its_place(
    tocsin: Tocsin, client: Client, movable: WorkflowEnvironment
) -> None:
    async with incident(movable, Vendors(), opening()) as live:
        await live.at(1 * MINUTE)
        await known(client, "TocsinIncident IS NOT NULL")
        with patch.object(render, "_fill", side_effect=KeyError("a bug")):
            answer = await tocsin("replay", "--live")
    assert answer.code == 1
    why = answer.out.splitlines()[-1]
    assert why.startswith("      this code fails on it: KeyError: 'a bug' (workflows/")


async def test_a_workflow_whose_type_this_code_does_not_know_is_named_even_if_nobody_has_begun_it(
    tocsin: Tocsin, client: Client
) -> None:
    await client.start_workflow("war-room", id="war-room-1", task_queue=WORKFLOW_QUEUE)
    await client.start_workflow("not-ours", id="elsewhere", task_queue="another-queue")
    await known(client, "ExecutionStatus = 'Running'", 3)
    answer = await tocsin("replay", "--live")
    assert answer.code == 1
    assert "this code knows no workflow of the type war-room" in answer.out
    assert "not-ours" not in answer.out


async def test_with_since_what_has_closed_is_tried_as_well_run_by_run(
    tocsin: Tocsin, client: Client, movable: WorkflowEnvironment
) -> None:
    async with incident(movable, Vendors(), opening(), history_limit=60) as live:
        await closed(live)
        await known(client, "WorkflowType = 'incident' AND ExecutionStatus = 'Completed'")
        runs = (await client.count_workflows("WorkflowType = 'incident'")).count
        assert runs > 1  # it was continued as new
        open_only, all_of_them = await tocsin("replay", "--live"), await tocsin("replay", "--live", "--since", "1h")
        with one_more_post():
            changed = await tocsin("replay", "--live", "--since", "1h")
        for review in [each async for each in client.list_workflows("WorkflowType = 'review'")]:
            await client.get_workflow_handle(review.id).terminate()
    assert (open_only.code, all_of_them.code, changed.code) == (0, 0, 1)
    assert open_only.out == "go on by this code: 1 installation, 1 review\n"
    assert f"{runs} incident, 1 installation, 1 review" in all_of_them.out
    assert "closed already; one like it would stand still: " in changed.out


async def test_the_newest_of_what_is_hardly_ever_open_is_always_tried(tocsin: Tocsin, client: Client) -> None:
    for _ in range(2):
        canary = await client.start_workflow("canary", id="tocsin-canary", task_queue=WORKFLOW_QUEUE)
        await canary.terminate()
    await known(client, "WorkflowType = 'canary' AND ExecutionStatus = 'Terminated'", 2)
    for words in (("replay", "--live"), ("replay", "--live", "--since", "1h")):
        assert (await tocsin(*words)).out == "go on by this code: 1 canary, 1 installation\n"


async def test_what_cannot_be_read_is_named_and_takes_nothing_good_along(client: Client) -> None:
    await known(client, "ExecutionStatus = 'Running'")
    (good,) = await live_runs(client, None, lambda _: None)
    gone = LiveRun(workflow_id="incident-gone", run_id=str(uuid4()), type="incident", name="gone", open=True)
    told: list[int] = []
    verdicts = await replay(client, [gone, good, gone], told.append)
    assert [verdict.outcome for verdict in verdicts] == ["unread", "replays", "unread"]
    assert verdicts[0].why.startswith("Temporal does not give its history: ")
    assert told == [1, 2, 3]


async def test_programs_read_what_failed_and_why(tocsin: Tocsin, client: Client) -> None:
    await client.start_workflow("war-room", id="war-room-1", task_queue=WORKFLOW_QUEUE)
    await known(client, "ExecutionStatus = 'Running'", 2)
    answer = json.loads((await tocsin("replay", "--live", "--json")).out)
    assert answer["replayed"] == {"installation": 1}
    (failed,) = answer["failed"]
    assert (failed["run"]["workflow_id"], failed["outcome"]) == ("war-room-1", "breaks")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what to replay: tocsin replay --live"),
        (("--live", "--since", "soon"), "write the time like"),
    ],
)
async def test_what_is_badly_put_is_refused(tocsin: Tocsin, words: tuple[str, ...], said: str) -> None:
    answer = await tocsin("replay", *words)
    assert answer.code == 1
    assert said in answer.err


async def test_without_a_server_nobody_was_reached(tocsin: Tocsin) -> None:
    assert (await tocsin("replay", "--live")).code == 2
