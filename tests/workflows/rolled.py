"""A worker process of its own, by this code or that of the next release: `python -m tests.workflows.rolled`."""

import asyncio
import sys
from contextlib import nullcontext

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from tests.workflows.test_patching import first_release
from worker.registry import WORKFLOWS
from worker.workers import STICKY_TIMEOUT
from workflows.durable.hosting import runner
from workflows.queues import WORKFLOW_QUEUE


async def main(address: str, release: str) -> None:
    """Until it is killed."""
    client = await Client.connect(address, data_converter=pydantic_data_converter)
    with first_release() if release == "next" else nullcontext():
        async with Worker(
            client,
            task_queue=WORKFLOW_QUEUE,
            workflows=list(WORKFLOWS.values()),
            workflow_runner=runner(),
            sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        ):
            print("working", flush=True)  # noqa: T201
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
