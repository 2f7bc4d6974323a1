"""One worker process, and what a worker says for the whole installation."""

import asyncio
import gc
from collections.abc import Callable

import structlog
from temporalio.client import Client

from settings import Settings
from starter.runbooks.library import Library
from worker import adapters
from worker.deployment import deployment
from worker.pager import unroutable
from worker.publishing import publish
from worker.reachability import reachability
from worker.slots import TurnSlots
from worker.workers import TURNS_AT_ONCE, garbage_between, workers

log = structlog.get_logger("worker")


async def work(
    client: Client, settings: Settings, stop: asyncio.Event, working: Callable[[], object] = lambda: None
) -> None:
    """Work until `stop`, then finish what is being sent, for a few seconds at most. `working` is called once it does.

    Any number of processes may do this for one installation: it says and changes nothing for all of them.
    """
    perform = adapters.perform(settings)
    processes, build = settings.worker_processes or 1, deployment(settings.deployment)
    turns = TurnSlots(TURNS_AT_ONCE)
    garbage = garbage_between(turns, processes)
    crew = workers(client, perform, turns, garbage, processes, build, lambda book: reachability(book, settings))
    gc.freeze()  # what there is now stays: not to be looked through again and again between pages
    async with asyncio.TaskGroup() as group:
        collecting = group.create_task(garbage.collect_between_turns())
        for worker in crew:
            group.create_task(worker.run())
        log.info("working", queues=[worker.task_queue for worker in crew], pager=settings.pager)
        working()
        await stop.wait()
        log.info("stopping")
        await asyncio.gather(*(worker.shutdown() for worker in crew))
        collecting.cancel()
    await perform.close()


async def announce(client: Client, library: Library, settings: Settings) -> None:
    """Once for each `tocsin worker`, however many processes it has: `library` is published, and looked through for
    people who could not be paged. An incident brings its own runbook."""
    for problem in library.problems:
        log.warning("a runbook cannot be used", problem=str(problem))
    for sentence in unroutable(library.runbooks.values(), settings):
        log.warning("somebody cannot be paged", problem=sentence)
    if settings.deployment is not None:
        log.warning("this build takes nothing before Temporal is told that it is current", build=settings.deployment)
    await publish(client, library, settings)
