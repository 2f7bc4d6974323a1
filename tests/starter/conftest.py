"""A namespace of its own for every test, so that nothing open elsewhere is seen; and the gateway in front of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from settings import Settings
from starter.gateway import admission
from starter.gateway.admission import Unproved
from starter.gateway.app import create_app
from starter.gateway.trusted_proxies import BehindProxies
from starter.runbooks.library import Library, load
from starter.sources.sns_calls import SnsCalls
from starter.temporal import setup
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.starter.book import ACME
from worker.hosting import runner
from workflows.cancelled_episodes import CancelledEpisodesWorkflow
from workflows.incident import IncidentWorkflow
from workflows.policy.runbook.model import Runbook
from workflows.queues import WORKFLOW_QUEUE

T = TypeVar("T")


@pytest.fixture(autouse=True)
def _senders_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long Sentry waits, which is a second, is no test's business on a slow machine."""
    monkeypatch.setattr(admission, "ANSWER_WITHIN_S", HANGS_AFTER_S)
    monkeypatch.setattr(admission, "sender_waits_s", lambda source: admission.ANSWER_WITHIN_S)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("runbooks")
    (folder / "acme.yaml").write_text(ACME)
    return load(folder)


@pytest.fixture(scope="session")
def book(library: Library) -> Runbook:
    return library.runbooks["acme"]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)  # no `.env` of whoever runs the tests
    return Settings(runbook="acme")


@pytest_asyncio.fixture
async def client(temporal: WorkflowEnvironment) -> Client:
    """Connected to a prepared namespace in which nothing has happened yet."""
    address = temporal.client.service_client.config.target_host
    namespace = f"starter-{uuid4().hex[:8]}"
    await register(temporal.client, namespace)
    connected = await Client.connect(address, namespace=namespace, data_converter=pydantic_data_converter)
    await setup.prepare(connected)
    return connected


@pytest.fixture
def incidents(client: Client) -> Incidents:
    return Incidents(client)


def incident_worker(client: Client) -> Worker:
    """Runs incidents; nothing performs what they want done."""
    workflows = [IncidentWorkflow, CancelledEpisodesWorkflow]
    return Worker(client, task_queue=WORKFLOW_QUEUE, workflows=workflows, workflow_runner=runner())


@pytest_asyncio.fixture
async def worker(client: Client) -> AsyncIterator[Worker]:
    async with incident_worker(client) as running:
        yield running


@pytest_asyncio.fixture
async def away() -> Incidents:
    """Where no Temporal listens."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    return Incidents(await Client.connect(f"127.0.0.1:{port}", lazy=True, data_converter=pydantic_data_converter))


@dataclass
class GatewayUnderTest:
    """A gateway in this process, over HTTP as far as it matters: the application sees every header and chunk."""

    settings: Settings
    library: Library
    incidents: Incidents
    unproved: Unproved = Unproved.LOCAL
    """As `up` has it on its sandbox."""
    peer: str = "127.0.0.1"
    headers: dict[str, str] = field(default_factory=dict)
    sns: SnsCalls = field(default_factory=SnsCalls)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(self.settings, self.library, self.incidents, unproved=self.unproved, sns=self.sns)
        behind = BehindProxies(app, self.settings.trusted_proxies, self.settings.user_header)
        transport = httpx.ASGITransport(behind, client=(self.peer, 123))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8080", headers=self.headers
        ) as http:
            yield http


@pytest.fixture
def gate(settings: Settings, library: Library, incidents: Incidents) -> GatewayUnderTest:
    return GatewayUnderTest(settings, library, incidents)


async def register(client: Client, namespace: str) -> None:
    """Quicker than `setup.prepare`: whoever looks before registering has to wait until the server looks again (1 s)."""
    wanted = Duration(seconds=400 * 86400)
    request = RegisterNamespaceRequest(namespace=namespace, workflow_execution_retention_period=wanted)
    await client.workflow_service.register_namespace(request, retry=True)  # rate-limited


async def eventually(look: Callable[[], Awaitable[T]], good: Callable[[T], bool] = bool) -> T:
    """What `look` sees once it is `good`: visibility lags by moments."""
    try:
        async with asyncio.timeout(HANGS_AFTER_S):
            while not good(seen := await look()):
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"still not: {seen}") from None
    return seen
