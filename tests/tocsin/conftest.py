"""The command line, run in this process against an embedded server and a namespace of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio import activity
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from settings import Settings
from starter.runbooks.library import Library, load
from starter.temporal import setup
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from tests.starter.book import ACME
from tests.starter.conftest import register
from tocsin.__main__ import run
from worker.hosting import runner
from workflows.incident import IncidentWorkflow
from workflows.installation import InstallationWorkflow
from workflows.policy.effects.effects import Receipt, Send
from workflows.queues import PAGE_QUEUE, WORKFLOW_QUEUE
from workflows.review import ReviewWorkflow


@dataclass(frozen=True)
class CommandAnswer:
    code: int
    out: str
    err: str


Tocsin = Callable[..., Awaitable[CommandAnswer]]
Start = Callable[..., subprocess.Popen[str]]


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

    async def command(*words: str) -> CommandAnswer:
        code = await asyncio.to_thread(run, words)
        return CommandAnswer(code, *capsys.readouterr())

    return command


@pytest_asyncio.fixture
async def fresh(temporal: WorkflowEnvironment, alone: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """What the commands talk to: a prepared namespace in which nothing has happened yet, and no worker has ever run."""
    address = temporal.client.service_client.config.target_host
    namespace = f"tocsin-{uuid4().hex[:8]}"
    await register(temporal.client, namespace)
    connected = await Client.connect(address, namespace=namespace, data_converter=pydantic_data_converter)
    await setup.prepare(connected)
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", namespace)
    return connected


@pytest_asyncio.fixture
async def client(fresh: Client, alone: Path) -> Client:
    """The same, after a worker has published `acme`."""
    await Installations(Incidents(fresh).connection).publish(loaded(load(alone / "books"), Settings()))
    return fresh


@activity.defn(name="page")
async def rings(send: Send) -> Receipt:
    return Receipt()


@activity.defn(name="hush")
async def syncs(send: Send) -> Receipt:
    return Receipt()


@pytest_asyncio.fixture
async def deciding(client: Client) -> AsyncIterator[Worker]:
    """Runs incidents; nobody performs what they want done."""
    workflows = [IncidentWorkflow, InstallationWorkflow, ReviewWorkflow]
    async with Worker(client, task_queue=WORKFLOW_QUEUE, workflows=workflows, workflow_runner=runner()) as running:
        yield running


@pytest_asyncio.fixture
async def worker(client: Client, deciding: Worker) -> AsyncIterator[Worker]:
    """Runs incidents, and whoever is paged is reached; nobody performs what else they want done."""
    async with Worker(client, task_queue=PAGE_QUEUE, activities=[rings, syncs]):
        yield deciding


@pytest.fixture
def library(alone: Path) -> Library:
    return load(alone / "books")


@pytest.fixture
def start(alone: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts `tocsin up` and waits until everything runs."""
    monkeypatch.delenv("TEMPORAL_ADDRESS")
    ports = [f"--{part}-port=0" for part in ("temporal", "ui", "sandbox")]

    def up(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tocsin", "up", *ports, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            if "Ctrl-C stops it" in line:
                return process
        raise AssertionError(f"ended with {process.wait()}")

    return up
