"""Records the canary, and the installation's record."""

from datetime import UTC, datetime

from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from tests.histories.saving import save
from tests.workflows.incidents import company
from worker.hosting import runner
from workflows.canary import CanaryWorkflow
from workflows.installation import InstallationWorkflow
from workflows.policy.watches.installation import Installation
from workflows.queues import COMMS_QUEUE, PAGE_QUEUE, WORKFLOW_QUEUE


@activity.defn(name="canary")
async def shows_itself() -> None: ...


@activity.defn(name="call_dead_mans_switch")
async def calls_outside() -> None: ...


async def record(temporal: WorkflowEnvironment) -> None:
    client, workflows = temporal.client, [CanaryWorkflow, InstallationWorkflow]
    async with (
        Worker(client, task_queue=WORKFLOW_QUEUE, workflows=workflows, workflow_runner=runner()),
        Worker(client, task_queue=PAGE_QUEUE, activities=[shows_itself]),
        Worker(client, task_queue=COMMS_QUEUE, activities=[shows_itself, calls_outside]),
    ):
        canary = await client.start_workflow(CanaryWorkflow.run, id="tocsin-canary", task_queue=WORKFLOW_QUEUE)
        await canary.result()
        await save(canary, "canary")
        loaded = Installation(runbooks={"company": company()}, default="company", published_at=datetime.now(UTC))
        published = await client.start_workflow(
            InstallationWorkflow.run, loaded, id="tocsin-installation", task_queue=WORKFLOW_QUEUE
        )
        await published.query(InstallationWorkflow.state)
        await save(published, "installation")
        await published.terminate()
