"""A new incident goes before all others, and makes room once its first page is out (ADR 33)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.starter.conftest import eventually
from tests.tocsin.conftest import rings, syncs
from worker.making_room import MakingRoom
from worker.memory import memory
from worker.workers import MOST_IN_MEMORY, in_memory
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.names import SeverityName
from workflows.queues import PAGE_QUEUE

FIRST, GRAVE, OPEN = 1, 2, 3
GB = 1 << 30


@pytest_asyncio.fixture
async def paging(client: Client, deciding: Worker) -> AsyncIterator[None]:
    async with Worker(client, task_queue=PAGE_QUEUE, activities=[rings, syncs], interceptors=[MakingRoom(client)]):
        yield


@pytest.fixture
def incidents(client: Client) -> Incidents:
    return Incidents(client)


def opening(library: Library, severity: SeverityName) -> OpenRequest:
    return OpenRequest(runbook=library.runbooks["acme"], severity=severity, title="Checkout fails", service="checkout")


async def place(client: Client, workflow_id: str) -> int:
    described = await client.get_workflow_handle(workflow_id).describe()
    return described.raw_description.workflow_execution_info.priority.priority_key


async def test_before_its_first_page_an_incident_stands_in_front(
    client: Client, incidents: Incidents, library: Library
) -> None:
    assert await place(client, await incidents.declare(opening(library, "sev1"))) == FIRST


@pytest.mark.usefixtures("paging")
@pytest.mark.parametrize(("severity", "then"), [("sev1", GRAVE), ("sev2", OPEN)])
async def test_after_it_only_before_what_is_less_grave(
    client: Client, incidents: Incidents, library: Library, severity: SeverityName, then: int
) -> None:
    workflow_id = await incidents.declare(opening(library, severity))

    async def now() -> int:
        return await place(client, workflow_id)

    assert await eventually(now, lambda key: key != FIRST) == then


@pytest.mark.parametrize(
    ("available", "kept"), [(2 * GB, 1_789), (24 * GB, MOST_IN_MEMORY), (512 << 20, 447), (64 * GB, MOST_IN_MEMORY)]
)
def test_as_many_workflows_are_in_memory_as_a_third_of_it_holds(available: int, kept: int) -> None:
    assert in_memory(available) == kept


LIMITS = [
    ({"memory.max": "max\n"}, None),
    ({"memory.max": "1000000\n"}, 1_000_000),
    ({"memory.max": "what\n"}, None),
    ({"memory/memory.limit_in_bytes": "2000000\n"}, 2_000_000),
    ({"memory/memory.limit_in_bytes": "9223372036854771712\n"}, None),
    ({}, None),
]
"""What a container's limit is said to be, and how many bytes that leaves; None: all that the machine has."""


@pytest.mark.parametrize(("files", "left"), LIMITS)
def test_a_container_has_no_more_memory_than_its_limit(files: dict[str, str], left: int | None, tmp_path: Path) -> None:
    machine = memory(tmp_path / "nowhere")
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert memory(tmp_path) == (left or machine)
