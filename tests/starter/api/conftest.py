"""A gateway whose API three people may use, in front of an installation that runs."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from settings import Settings
from settings.access import ApiToken, Scope, hashed
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from tests.starter.conftest import GatewayUnderTest
from tests.tocsin.conftest import rings, syncs
from worker.hosting import runner
from workflows.incident import IncidentWorkflow
from workflows.installation import InstallationWorkflow
from workflows.queues import PAGE_QUEUE, WORKFLOW_QUEUE
from workflows.review import ReviewWorkflow

INCIDENTS_PATH = "/api/v1/incidents"
ALICE, READER, CHIEF = "of-alice", "of-the-reader", "of-the-chief"


def bearer(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **more}


def handed_out(token: str, name: str, scope: Scope) -> ApiToken:
    return ApiToken(name=name, scope=scope, sha256=hashed(token))


TOKENS = (
    handed_out(ALICE, "alice", "respond"),
    handed_out(READER, "reader", "read"),
    handed_out(CHIEF, "chief", "admin"),
)


@pytest.fixture
def tokens(gate: GatewayUnderTest) -> GatewayUnderTest:
    gate.settings = gate.settings.model_copy(update={"api_tokens": TOKENS})
    return gate


@pytest_asyncio.fixture
async def installation(client: Client, library: Library, settings: Settings) -> Client:
    """Its runbooks are published."""
    await Installations(Incidents(client).connection).publish(loaded(library, settings))
    return client


@pytest_asyncio.fixture
async def working(installation: Client) -> AsyncIterator[Client]:
    """Incidents run, and whoever is paged is reached."""
    workflows = [IncidentWorkflow, InstallationWorkflow, ReviewWorkflow]
    async with (
        Worker(installation, task_queue=WORKFLOW_QUEUE, workflows=workflows, workflow_runner=runner()),
        Worker(installation, task_queue=PAGE_QUEUE, activities=[rings, syncs]),
    ):
        yield installation


@pytest_asyncio.fixture
async def http(tokens: GatewayUnderTest) -> AsyncIterator[httpx.AsyncClient]:
    """Alice's."""
    tokens.headers = bearer(ALICE)
    async with tokens.open() as client:
        yield client


async def declared(http: httpx.AsyncClient, title: str = "Checkout is slow", **more: object) -> dict[str, Any]:
    answer = await http.post(INCIDENTS_PATH, json={"title": title, "severity": "sev1", **more})
    assert answer.status_code == 201, answer.text
    known: dict[str, Any] = answer.json()
    return known
