"""The command line, run in this process against an embedded server and a namespace of its own."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from settings.temporal import WORKFLOW_QUEUE
from starter import setup
from starter.runbooks import Library, load
from tests.starter.book import ACME
from tests.starter.conftest import register
from tocsin.__main__ import run
from workflows.incident import IncidentWorkflow
from workflows.review import ReviewWorkflow
from workflows.runner import runner


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Tocsin = Callable[..., Awaitable[Answer]]


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No settings of whoever runs the tests; one runbook, `acme`; a wide terminal. Nothing listens at the address."""
    for name in [name for name in os.environ if name.startswith(("TOCSIN_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "acme.yaml").write_text(ACME)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TOCSIN_RUNBOOKS", str(tmp_path / "books"))
    monkeypatch.setenv("TOCSIN_RUNBOOK", "acme")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    return tmp_path


@pytest.fixture
def tocsin(alone: Path, capsys: pytest.CaptureFixture[str]) -> Tocsin:
    """Runs a command as the shell does. In a thread: a command brings its own event loop."""

    async def command(*words: str) -> Answer:
        code = await asyncio.to_thread(run, words)
        return Answer(code, *capsys.readouterr())

    return command


@pytest_asyncio.fixture
async def client(temporal: WorkflowEnvironment, alone: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """What the commands talk to: a prepared namespace in which nothing has happened yet."""
    address = temporal.client.service_client.config.target_host
    namespace = f"tocsin-{uuid4().hex[:8]}"
    await register(temporal.client, namespace)
    connected = await Client.connect(address, namespace=namespace, data_converter=pydantic_data_converter)
    await setup.prepare(connected)
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", namespace)
    return connected


@pytest_asyncio.fixture
async def worker(client: Client) -> AsyncIterator[Worker]:
    """Runs incidents; nobody performs what they want done."""
    async with Worker(
        client, task_queue=WORKFLOW_QUEUE, workflows=[IncidentWorkflow, ReviewWorkflow], workflow_runner=runner()
    ) as running:
        yield running


@pytest.fixture
def library(alone: Path) -> Library:
    return load(alone / "books")
