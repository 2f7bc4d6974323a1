"""What is measured: the parts of `tocsin up`, real processes with the same options, over a folder of their own."""

import asyncio
import contextlib
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from settings import Settings
from starter.temporal import setup
from starter.temporal.canaries import Canaries
from starter.temporal.connecting import connect
from starter.temporal.incidents import Incidents
from starter.temporal.results import NobodyWorks
from tocsin import connection
from tocsin.library import library
from tocsin.up import parts, ports
from tocsin.up.child import Part
from tocsin.up.folder import Folder
from tocsin.up.layout import ANY_PORTS, lay_out
from tocsin.up.supervisor import Supervisor, listening

BUILD = Path(__file__).parents[1] / "build"
BENCH_RUNBOOKS = Path(__file__).parent / "runbooks"
STAGE_WITHIN_S = 30


@dataclass(frozen=True)
class BenchStage:
    """Temporal, the sandbox and the gateway, all up; the worker only once it is asked for."""

    temporal: str
    gateway_port: int
    sandbox: str
    client: Client
    start_worker: Callable[[], Awaitable[None]]
    processes: Callable[[], Mapping[str, int]]
    """The parts that run, by name, and the process of each."""
    metrics_port: int
    """Of Temporal's server."""

    @property
    def incidents(self) -> Incidents:
        return Incidents(self.client)


@contextlib.asynccontextmanager
async def stage(runbook: str = "company", pragmas: Sequence[str] | None = None) -> AsyncIterator[BenchStage]:
    """`runbook`: one that ships, or one of benchmarks/runbooks. `pragmas`: others than those of `tocsin up`."""
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=BUILD) as name:
        folder = Folder(Path(name))
        ours = BENCH_RUNBOOKS if (BENCH_RUNBOOKS / f"{runbook}.yaml").exists() else None
        settings = Settings(_env_file=None, state_dir=folder.path, runbook=runbook, runbooks=ours)
        with (folder.path / "log").open("wb") as log, folder.locked() as lock:
            async with Supervisor(print, log) as supervisor, _up(supervisor, settings, folder, lock, pragmas) as up:
                yield up


@contextlib.asynccontextmanager
async def _up(
    supervisor: Supervisor, settings: Settings, folder: Folder, lock: int, pragmas: Sequence[str] | None
) -> AsyncIterator[BenchStage]:
    layout = replace(lay_out(ANY_PORTS, settings, None, None), mail_port=ports.choose(0, ()))
    environment = _environment(layout.temporal, settings)
    metrics_port = ports.choose(0, ())
    server = _measured(_with(pragmas, parts.temporal(layout, folder, lock, environment)), metrics_port)
    await supervisor.start(server, listening("127.0.0.1", layout.temporal_port))
    client = await _prepared(environment)
    sandbox, secret = layout.published.sandbox, secrets.token_hex(16)
    assert sandbox is not None
    assert layout.sandbox_port is not None
    books = library(settings).runbooks.values()
    toys = parts.sandbox(layout, books, secret, environment)
    await supervisor.start(toys, listening("127.0.0.1", layout.sandbox_port))
    environment |= parts.pointing_at_the_sandbox(layout, books, secret)
    await supervisor.start(parts.gateway(layout, environment), listening("127.0.0.1", layout.gateway_port))

    async def start_worker() -> None:
        await supervisor.start(parts.worker(environment))
        await _works(Incidents(client))

    def processes() -> Mapping[str, int]:
        return {child.part.name: child.pid for child in supervisor.children if child.pid is not None}

    yield BenchStage(layout.temporal, layout.gateway_port, sandbox, client, start_worker, processes, metrics_port)


def _environment(temporal: str, settings: Settings) -> dict[str, str]:
    """Nothing of what is set for a real Tocsin on this machine: no vendor must hear of a benchmark."""
    ours = {name: value for name, value in connection.environment(temporal).items() if not name.startswith("TOCSIN_")}
    chosen = {"TOCSIN_STATE_DIR": str(settings.state_dir), "TOCSIN_RUNBOOK": settings.runbook or ""}
    chosen["TOCSIN_OPENINGS"] = "0"  # what an opening costs is measured, not what is gathered
    return {**ours, **chosen} | ({"TOCSIN_RUNBOOKS": str(settings.runbooks)} if settings.runbooks else {})


def _with(pragmas: Sequence[str] | None, server: Part) -> Part:
    if pragmas is None:
        return server
    words = list(server.command)
    while "--sqlite-pragma" in words:
        place = words.index("--sqlite-pragma")
        del words[place : place + 2]
    return replace(server, command=(*words, *(word for each in pragmas for word in ("--sqlite-pragma", each))))


def _measured(server: Part, port: int) -> Part:
    return replace(server, command=(*server.command, "--metrics-port", str(port)))


async def _prepared(environment: dict[str, str]) -> Client:
    async with asyncio.timeout(STAGE_WITHIN_S):
        while True:
            try:
                client = await connect(environment)
                await setup.prepare(client)
                return client
            except (RuntimeError, RPCError):
                await asyncio.sleep(0.1)


async def _works(incidents: Incidents) -> None:
    """A canary has gone through every queue."""
    async with asyncio.timeout(STAGE_WITHIN_S):
        while True:
            try:
                return await Canaries(incidents.connection).send()
            except NobodyWorks:  # one that the gateway sent before there was a worker
                await asyncio.sleep(0.2)


def isolate() -> None:
    """Before anything reads a setting: this process has none but those that it makes itself."""
    for name in [name for name in os.environ if name.startswith(("TOCSIN_", "TEMPORAL_"))]:
        del os.environ[name]
