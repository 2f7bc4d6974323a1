"""How many alerts a second does the embedded server accept, by the pragmas of its SQLite file?

What is timed is what lies between a webhook and its 202: Alertmanager's body translated, and a signal-with-start stored
by Temporal, for an incident of its own each. docs/adr/0006 tells what the pragmas promise. File systems differ much:
name a folder on the one that will hold the state.

    .venv/bin/python benchmarks/accept.py [FOLDER]
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from settings.temporal import connect
from starter import grouping, runbooks, setup
from starter.incidents import Incidents
from starter.sources import alertmanager
from starter.sources.reading import Webhook
from tocsin.up.ports import choose
from workflows.policy.events import AlertsReceived
from workflows.policy.runbook import Runbook

INCIDENTS, AT_ONCE = 200, 10
PRAGMAS: tuple[tuple[str, ...], ...] = (
    (),
    ("journal_mode=WAL", "synchronous=NORMAL"),
    ("journal_mode=WAL", "synchronous=FULL"),
)


READY_WITHIN_S = 30


async def main(folder: Path) -> None:
    book = runbooks.load(Path(__file__).parents[1] / "runbooks").runbooks["company"]
    table = Table("pragmas", "accepted/s", "median ms", "99 % ms", "worst ms")
    for pragmas in PRAGMAS:
        async with server(folder, pragmas) as client:
            await setup.prepare(client)
            table.add_row(" ".join(pragmas) or "(defaults)", *(f"{figure:.0f}" for figure in await run(client, book)))
    Console().print(f"{INCIDENTS} incidents, {AT_ONCE} at once, {os.cpu_count()} cores, state in {folder}", table)


@asynccontextmanager
async def server(folder: Path, pragmas: Iterable[str]) -> AsyncIterator[Client]:
    port = choose(0, ())
    command = (
        str(Path(sys.executable).with_name("temporal")),
        "server",
        "start-dev",
        "--headless",
        "--port",
        str(port),
    )
    options = [option for pragma in pragmas for option in ("--sqlite-pragma", pragma)]
    with tempfile.TemporaryDirectory(dir=folder) as state:
        file = ("--db-filename", f"{state}/temporal.db", "--log-level", "never")
        process = await asyncio.create_subprocess_exec(*command, *file, *options, stdout=DEVNULL)
        try:
            yield await reached(port)
        finally:
            process.terminate()
            await process.wait()


async def reached(port: int) -> Client:
    async with asyncio.timeout(READY_WITHIN_S):
        while True:
            try:
                return await connect({"TEMPORAL_ADDRESS": f"127.0.0.1:{port}"})
            except RuntimeError:
                await asyncio.sleep(0.1)


async def run(client: Client, book: Runbook) -> tuple[float, float, float, float]:
    """Accepted a second; median, 99th percentile and longest in milliseconds."""
    incidents, slots, took = Incidents(client), asyncio.Semaphore(AT_ONCE), list[float]()

    async def accept(number: int) -> None:
        async with slots:
            begun = time.perf_counter()
            received_at = datetime.now(UTC)
            reading = alertmanager.translate(Webhook(body(number), received_at))
            (batch,) = grouping.group("alertmanager", reading, book, received_at).batches
            event = AlertsReceived(at=received_at, by="alertmanager", via="alerts", alerts=batch.alerts)
            await incidents.open(batch.workflow_id, batch.opening, event)
            took.append((time.perf_counter() - begun) * 1000)

    begun = time.perf_counter()
    await asyncio.gather(*(accept(number) for number in range(INCIDENTS)))
    rate = INCIDENTS / (time.perf_counter() - begun)
    return rate, median(took), quantiles(took, n=100)[98], max(took)


def body(number: int) -> bytes:
    labels = {"alertname": "HighErrorRate", "service": f"checkout-{number}", "severity": "critical"}
    alert = {"status": "firing", "labels": labels, "annotations": {"summary": "Error ratio 20%"}}
    return json.dumps({"receiver": "tocsin", "groupKey": f"{{}}:{number}", "alerts": [alert]}).encode()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.gettempdir())))
    os._exit(0)  # the SDK's threads can crash an interpreter that finalizes (temporalio/sdk-python#300)
