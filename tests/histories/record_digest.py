"""Records a digest whose mail fails, as `record.py` records incidents: `python -m tests.histories.record_digest`."""

import asyncio

from tests.histories.record import save
from tests.temporal_server import time_skipping_server
from tests.workflows.test_digest import BY_BOTH, DigestWorld, working
from workflows.digest import DigestWorkflow


async def main() -> None:
    async with (
        time_skipping_server() as temporal,
        working(DigestWorld(temporal.client, broken=("send_email",))) as world,
    ):
        handle = await world.client.start_workflow(DigestWorkflow.run, BY_BOTH, id="digest", task_queue="tocsin")
        await handle.result()
        await save(handle, "digest")


if __name__ == "__main__":
    asyncio.run(main())
