"""What is measured: the parts of `tocsin up`, real processes with the same options, over a folder of their own."""

import asyncio
import contextlib
import os
import secrets
import signal
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
SHIPPED_RUNBOOKS = BUILD.with_name("runbooks")
STAGE_WITHIN_S = 90
"""A cluster's parts learn of a new namespace within a minute."""


@dataclass(frozen=True)
class BenchStage:
    """Temporal, the sandbox and the gateway, all up; the worker only once it is asked for."""

    temporal: str
    namespace: str
    gateway_port: int
    sandbox: str
    slack_secret: str
    """With which the sandbox's Slack signs."""
    client: Client
    start_worker: Callable[[], Awaitable[None]]
    processes: Callable[[], Mapping[str, int]]
    """The parts that run, by name, and the process of each."""
    kill_worker: Callable[[], Awaitable[None]]
    """With no chance to say goodbye."""
    metrics_port: int
    """Of Temporal's server; nothing is there if it is a cluster."""
    worker_metrics: str
    log: Path
    """What all parts have said."""

    @property
    def incidents(self) -> Incidents:
        return Incidents(self.client)


@contextlib.asynccontextmanager
async def stage(
    runbook: str = "company",
    pragmas: Sequence[str] | None = None,
    more: Mapping[str, str] | None = None,
    processes: int | None = None,
) -> AsyncIterator[BenchStage]:
    """`runbook`: one that ships, or one of benchmarks/runbooks. `pragmas`: others than those of `tocsin up`. `more`:
    runbooks by name, instead of those that ship. `processes`: of the worker, if not as many as it takes.

    Without a server of its own if the environment names one: then in a namespace of its own there, which is as good as
    empty."""
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=BUILD) as name:
        folder = Folder(Path(name))
        ours = BENCH_RUNBOOKS if (BENCH_RUNBOOKS / f"{runbook}.yaml").exists() else None
        if more is not None:
            ours = folder.path / "runbooks"
            _write(ours, more)
        settings = Settings(
            _env_file=None, state_dir=folder.path, runbook=runbook, runbooks=ours, worker_processes=processes
        )
        with (folder.path / "log").open("wb") as log, folder.locked() as lock:
            async with Supervisor(print, log) as supervisor, _up(supervisor, settings, folder, lock, pragmas) as up:
                yield up


def _write(folder: Path, books: Mapping[str, str]) -> None:
    folder.mkdir()
    for name, text in books.items():
        (folder / f"{name}.yaml").write_text(text)


@contextlib.asynccontextmanager
async def _up(
    supervisor: Supervisor, settings: Settings, folder: Folder, lock: int, pragmas: Sequence[str] | None
) -> AsyncIterator[BenchStage]:
    cluster = connection.configured_address()
    layout = replace(lay_out(ANY_PORTS, settings, None, None), mail_port=ports.choose(0, ()))
    metrics_port, worker_metrics = ports.choose(0, ()), f"127.0.0.1:{ports.choose(0, ())}"
    environment = _environment(None if cluster else layout.temporal, settings)
    environment["TOCSIN_WORKER_METRICS"] = worker_metrics
    if not cluster:
        server = _measured(_with(pragmas, parts.temporal(layout, folder, lock, environment)), metrics_port)
        await supervisor.start(server, listening("127.0.0.1", layout.temporal_port))
    client = await _prepared(environment)
    sandbox, signed = layout.published.sandbox, parts.SandboxSecrets()
    assert sandbox is not None
    assert layout.sandbox_port is not None
    books = library(settings).runbooks.values()
    toys = parts.sandbox(layout, books, signed, environment)
    await supervisor.start(toys, listening("127.0.0.1", layout.sandbox_port))
    environment |= parts.pointing_at_the_sandbox(layout, books, signed)
    await supervisor.start(parts.gateway(layout, environment), listening("127.0.0.1", layout.gateway_port))

    async def start_worker() -> None:
        await supervisor.start(parts.worker(environment, in_state_folder=False))
        await _works(Incidents(client))

    async def kill_worker() -> None:
        await _kill(supervisor, "worker")

    def processes() -> Mapping[str, int]:
        return {child.part.name: child.pid for child in supervisor.children if child.pid is not None}

    yield BenchStage(
        temporal=cluster or layout.temporal,
        namespace=client.namespace,
        gateway_port=layout.gateway_port,
        sandbox=sandbox,
        slack_secret=signed.slack,
        client=client,
        start_worker=start_worker,
        kill_worker=kill_worker,
        processes=processes,
        metrics_port=metrics_port,
        worker_metrics=worker_metrics,
        log=folder.path / "log",
    )


async def _kill(supervisor: Supervisor, name: str) -> None:
    [child] = [child for child in supervisor.children if child.part.name == name]
    supervisor.children.remove(child)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    await child.stop()


def _environment(embedded: str | None, settings: Settings) -> dict[str, str]:
    """Nothing of what is set for a real Tocsin on this machine: no vendor must hear of a benchmark."""
    inherited = connection.environment(embedded) if embedded else dict(os.environ)
    ours = {name: value for name, value in inherited.items() if not name.startswith("TOCSIN_")}
    if embedded is None:
        ours["TEMPORAL_NAMESPACE"] = f"bench-{secrets.token_hex(4)}"
    chosen = {"TOCSIN_STATE_DIR": str(settings.state_dir), "TOCSIN_RUNBOOK": settings.runbook or ""}
    if settings.worker_processes is not None:
        chosen["TOCSIN_WORKER_PROCESSES"] = str(settings.worker_processes)
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


def isolate(cluster: bool = False) -> None:
    """Before anything reads a setting: this process has none but those that it makes itself, and which cluster."""
    foreign = ("TOCSIN_",) if cluster else ("TOCSIN_", "TEMPORAL_")
    for name in [name for name in os.environ if name.startswith(foreign)]:
        del os.environ[name]
    if not cluster:
        os.environ["TEMPORAL_CONFIG_FILE"] = os.devnull
