"""Records a digest whose mail fails."""

from temporalio.testing import WorkflowEnvironment

from tests.histories.saving import save
from tests.workflows.test_digest import BY_BOTH, DigestWorld, working
from workflows.digest import DigestWorkflow


async def record(temporal: WorkflowEnvironment) -> None:
    async with working(DigestWorld(temporal.client, broken=("send_email",))) as world:
        handle = await world.client.start_workflow(DigestWorkflow.run, BY_BOTH, id="digest", task_queue="tocsin")
        await handle.result()
        await save(handle, "digest")
