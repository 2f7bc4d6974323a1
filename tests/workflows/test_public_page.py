"""The workflow of the status page: it forgets nothing, and has the page written anew when time alone changes it."""

import asyncio
from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from starter.temporal.connection import TemporalConnection
from starter.temporal.public_pages import PublicPages
from tests.starter.conftest import eventually
from tests.workflows.public_pages import maintained, say, world
from workflows.policy.watches.public_page import PAGE_WORKFLOW_ID, PageRecord
from workflows.public_page import PublicPageWorkflow
from workflows.queues import WORKFLOW_QUEUE


async def test_what_is_read_without_a_worker_is_what_the_workflow_knows(temporal: WorkflowEnvironment) -> None:
    live = await world(temporal)
    pages = PublicPages(TemporalConnection(live.client))
    assert await pages.known() == PageRecord()
    await asyncio.gather(*(pages.say(say(number)) for number in range(10)))
    read = await pages.known()
    assert {incident.id for incident in read.incidents} == {f"i{number}" for number in range(10)}
    async with live.working():
        handle = live.client.get_workflow_handle(PAGE_WORKFLOW_ID)
        known = await handle.query("state", result_type=PageRecord)
    assert known == read


async def test_it_goes_on_in_new_runs_and_nothing_is_lost(temporal: WorkflowEnvironment) -> None:
    live = await world(temporal)
    pages = PublicPages(TemporalConnection(live.client))
    begun = await live.client.start_workflow(
        PublicPageWorkflow.run, PageRecord(history_limit=12), id=PAGE_WORKFLOW_ID, task_queue=WORKFLOW_QUEUE
    )
    async with live.working():
        for number in range(20):
            await pages.say(say(number))
        described = await eventually(
            live.client.get_workflow_handle(PAGE_WORKFLOW_ID).describe,
            lambda found: found.run_id != begun.result_run_id,
        )
        read = await pages.known()
    assert described.run_id
    assert len(read.incidents) == 20


async def test_a_maintenance_that_begins_and_ends_has_the_page_written(temporal: WorkflowEnvironment) -> None:
    async with maintained(temporal) as page:
        await page.pass_by(timedelta(minutes=35))
        await page.pass_by(timedelta(minutes=10))


async def test_each_day_has_the_page_written(temporal: WorkflowEnvironment) -> None:
    async with maintained(temporal) as page:
        await page.pass_by(timedelta(hours=1))
        await page.pass_by(timedelta(days=1))


async def test_what_cannot_be_read_wakes_it_and_harms_nothing(temporal: WorkflowEnvironment) -> None:
    live = await world(temporal)
    pages = PublicPages(TemporalConnection(live.client))
    await pages.say(say(1))
    handle = live.client.get_workflow_handle(PAGE_WORKFLOW_ID)
    await handle.signal("say", "nonsense")
    await handle.signal("nonsense", {"x": 1})
    assert len((await pages.known()).incidents) == 1
    async with live.working():
        assert len((await handle.query("state", result_type=PageRecord)).incidents) == 1
