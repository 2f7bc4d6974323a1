"""A worker process of its own, by this code or that of the next release: `python -m tests.workflows.rolled`."""

import asyncio
import signal
import sys
from contextlib import nullcontext

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from tests.workflows.test_patching import first_release
from worker.hosting import runner
from worker.registry import WORKFLOWS
from worker.workers import STICKY_TIMEOUT, TURNS_AT_ONCE
from workflows.queues import WORKFLOW_QUEUE


async def main(address: str, release: str) -> None:
    """Until it is asked to end: what it has begun it finishes, as `tocsin worker` does."""
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)
    client = await Client.connect(address, data_converter=pydantic_data_converter)
    with first_release() if release == "next" else nullcontext():
        async with Worker(
            client,
            task_queue=WORKFLOW_QUEUE,
            workflows=list(WORKFLOWS.values()),
            workflow_runner=runner(),
            max_concurrent_workflow_tasks=TURNS_AT_ONCE,
            sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        ):
            print("working", flush=True)  # noqa: T201 (whoever has started it waits for this)
            await asked.wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
