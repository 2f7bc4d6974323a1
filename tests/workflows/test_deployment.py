"""Worker versioning, for whoever has it on: which build goes on with an incident."""

import asyncio
from uuid import uuid4

import pytest
from pydantic import ValidationError
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from settings import Settings
from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import opening
from worker.deployment import deployment
from worker.hosting import runner
from worker.registry import WORKFLOWS
from workflows.incident import IncidentWorkflow
from workflows.policy.views.results import IncidentInput


def build(client: Client, queue: str, named: str) -> Worker:
    return Worker(
        client,
        task_queue=queue,
        workflows=list(WORKFLOWS.values()),
        workflow_runner=runner(),
        deployment_config=deployment(named),
    )


async def make_current(client: Client, name: str, number: str) -> None:
    """The server knows a build once its worker has asked for work."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=name, build_id=number, ignore_missing_task_queues=True
    )
    async with asyncio.timeout(HANGS_AFTER_S):
        while True:
            try:
                await client.workflow_service.set_worker_deployment_current_version(request)
                return
            except RPCError:
                await asyncio.sleep(0.1)


async def test_a_build_takes_nothing_before_it_is_current_and_then_goes_on_with_what_runs(
    temporal: WorkflowEnvironment,
) -> None:
    client, name = temporal.client, f"tocsin-{uuid4().hex[:8]}"
    life = IncidentInput(opening=opening())
    incident = await client.start_workflow(IncidentWorkflow.run, life, id=f"incident-{name}", task_queue=name)

    async def on(number: str) -> None:
        async with asyncio.timeout(HANGS_AFTER_S):
            while True:
                await incident.signal("note", {"text": f"hello {number}"})
                info = (await incident.describe()).raw_description.workflow_execution_info.versioning_info
                if info.deployment_version.build_id == number:
                    return
                await asyncio.sleep(0.2)

    async with build(client, name, f"{name}.1"):
        assert (await incident.describe()).history_length == 2
        await make_current(client, name, "1")
        await on("1")
    async with build(client, name, f"{name}.2"):
        await make_current(client, name, "2")
        await on("2")
        assert (await incident.query(IncidentWorkflow.state)).incident.timeline
    await incident.terminate()


@pytest.mark.parametrize("named", ["tocsin", "tocsin.", ".1", "a b.1"])
def test_a_build_has_a_name_and_a_number(named: str) -> None:
    with pytest.raises(ValidationError):
        Settings(deployment=named)


def test_without_one_a_worker_takes_whatever_there_is() -> None:
    assert deployment(Settings().deployment) is None
