"""`tocsin worker`: one process that works, or several under one that keeps them.

A Python process fills one core, so a machine with more of them runs more processes. Their parent does what is done once
for an installation (it publishes the runbooks, and warns); they only work. One that dies is started again, later each
time, and each death is an error in the log; the others do its work meanwhile. To end them all because one does not
start would make of a slow installation a silent one.
"""

import asyncio
import os
import select
import signal
import sys

import structlog
from temporalio.client import Client

import settings
from settings import Settings
from tocsin import connection, logs
from tocsin.failure import Failure
from tocsin.library import library
from tocsin.up.child import Part
from tocsin.up.command import cancelled_by_signals
from tocsin.up.supervisor import Supervisor
from worker.main import announce, work
from worker.telemetry import runtime

STOPS_WITHIN_S = 3.5
"""A process that is asked to stop finishes what it is sending, and takes a little less than this."""

log = structlog.get_logger("worker")


async def work_alone(chosen: Settings) -> None:
    """Raises Failure if Temporal cannot be reached."""
    client, stop = await _client(chosen, 1), _asked_to_stop()
    async with asyncio.TaskGroup() as group:
        saying = group.create_task(announce(client, library(chosen), chosen))
        await work(client, chosen, stop)
        saying.cancel()


async def work_together(chosen: Settings, processes: int) -> None:
    """Keep so many processes working until a signal comes. Raises PartFailed if one of them does not come up at first,
    Failure if Temporal cannot be reached."""
    client = await connection.client(chosen.state_dir)
    cancelled_by_signals()
    try:
        async with Supervisor(_waits, died=_died) as supervisor:
            try:
                await asyncio.gather(*(_start(supervisor, chosen, processes, n + 1) for n in range(processes)))
                log.info("working together", processes=processes)
                await announce(client, library(chosen), chosen)
                await asyncio.Event().wait()
            finally:
                await asyncio.gather(*(child.stop() for child in supervisor.children))
    except asyncio.CancelledError:
        log.info("stopped")


async def _start(supervisor: Supervisor, chosen: Settings, processes: int, number: int) -> None:
    """Returns once it works. Both ends stay open: it is started again with them."""
    ready, written = os.pipe()
    command = (sys.executable, "-m", "tocsin.crew", str(written), str(number))
    said = {"TOCSIN_NO_PAGER": str(chosen.no_pager), "TOCSIN_WORKER_PROCESSES": str(processes)}
    environment = {**os.environ, **said}
    name = f"worker process {number}"
    part = Part(name, command, environment, inherits=(written,), stops_within_s=STOPS_WITHIN_S)

    async def works() -> bool:
        return bool(select.select([ready], [], [], 0)[0])

    await supervisor.start(part, works)


def _waits(what: str) -> None:
    log.info("a worker process is slow to start", what=what)


def _died(what: str) -> None:
    log.error("a worker process died, the others go on", what=what)


def _asked_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _client(chosen: Settings, number: int) -> Client:
    return await connection.client(chosen.state_dir, runtime=runtime(chosen.worker_metrics, number))


async def _work_for_parent(chosen: Settings, ready: int, number: int) -> None:
    client, stop = await _client(chosen, number), _asked_to_stop()
    await work(client, chosen, stop, working=lambda: os.write(ready, b"."))


def main() -> None:
    """Be one of several: `python -m tocsin.crew FD NUMBER`. The descriptor is written to once this process works."""
    chosen = settings.load()
    logs.configure(chosen.log_format)
    try:
        asyncio.run(_work_for_parent(chosen, int(sys.argv[1]), int(sys.argv[2])))
    except Failure as failure:
        log.error("a worker process cannot begin", problem=str(failure))
        os._exit(failure.code)
    os._exit(0)  # not sys.exit(): as in tocsin/__main__.py


if __name__ == "__main__":
    main()
