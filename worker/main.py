"""The worker process."""

import asyncio
import gc

import structlog
from temporalio.client import Client

from settings import Settings
from starter.runbooks.library import Library
from worker import adapters
from worker.pager import unroutable
from worker.publishing import publish
from worker.workers import workers

log = structlog.get_logger("worker")


async def work(client: Client, library: Library, settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop`, then finish what is being sent, for a few seconds at most.

    `library` is published, and looked through for people who could not be paged: an incident brings its own runbook.
    """
    for problem in library.problems:
        log.warning("a runbook cannot be used", problem=str(problem))
    for sentence in unroutable(library.runbooks.values(), settings):
        log.warning("somebody cannot be paged", problem=sentence)
    crew = workers(client, adapters.perform(settings))
    gc.freeze()  # what there is now stays: not to be looked through again and again between pages
    async with asyncio.TaskGroup() as group:
        for worker in crew:
            group.create_task(worker.run())
        publishing = group.create_task(publish(client, library, settings))
        log.info("working", queues=[worker.task_queue for worker in crew], pager=settings.pager)
        await stop.wait()
        log.info("stopping")
        publishing.cancel()
        await asyncio.gather(*(worker.shutdown() for worker in crew))
