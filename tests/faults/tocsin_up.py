"""A real `tocsin up`, whose parts can be killed, and the sandbox's record of what reached the vendors."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.patience import HANGS_AFTER_S

LADDER: Mapping[str, str] = {"TOCSIN_RUNBOOKS": str(Path(__file__).parent), "TOCSIN_RUNBOOK": "ladder"}


@dataclass
class Up:
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]
    """Of it, and of the commands that people type."""
    addresses: dict[str, str]
    http: httpx.AsyncClient

    @property
    def gateway(self) -> str:
        return self.addresses["gateway"]

    @property
    def sandbox(self) -> str:
        return self.addresses["sandbox"]

    def kill(self, part: str) -> None:
        """`kill -9` the part whose command line contains these words; `up` starts it again."""
        victims = [pid for pid, command in _descendants(self.process.pid) if part in command]
        assert victims, f"no {part} runs"
        for pid in victims:
            os.kill(pid, signal.SIGKILL)

    async def alert(self, name: str, status: str = "firing", runbook: str = "ladder") -> str:
        """As Alertmanager does: again and again until it is accepted. Returns the workflow id."""
        address = f"{self.gateway}/webhooks/alertmanager?runbook={runbook}"
        body = {
            "version": "4",
            "groupKey": f'{{}}:{{alertname="{name}"}}',
            "status": status,
            "receiver": "tocsin",
            "alerts": [
                {
                    "status": status,
                    "labels": {"alertname": name, "severity": "sev1", "service": "checkout"},
                    "annotations": {"summary": f"{name} is down"},
                    "startsAt": "2026-11-21T00:03:12.494Z",
                    "endsAt": "0001-01-01T00:00:00Z",
                    "fingerprint": name,
                }
            ],
        }
        async with asyncio.timeout(HANGS_AFTER_S):
            while True:
                try:
                    answer = await self.http.post(address, json=body)
                except httpx.TransportError:
                    await asyncio.sleep(0.2)
                    continue
                if answer.status_code == 202:
                    return str(answer.json()["incident"])
                assert answer.status_code == 503, answer.text
                await asyncio.sleep(0.2)

    async def rings(self, workflow_id: str) -> list[str]:
        """Whom the pager rang for this incident, in order."""
        state = await self.state()
        return [
            ring["routing_key"].removeprefix("sandbox-")
            for ring in state["rings"]
            if ring["dedup_key"].startswith(f"{workflow_id}/")
        ]

    async def until_rung(self, workflow_id: str, *people: str) -> list[str]:
        async with asyncio.timeout(HANGS_AFTER_S):
            while len(rung := await self.rings(workflow_id)) < len(people):
                await asyncio.sleep(0.1)
        return rung

    async def state(self) -> dict[str, Any]:
        state: dict[str, Any] = (await self.http.get(f"{self.sandbox}/control/state")).json()
        return state

    async def said(self) -> list[str]:
        """Every message in every channel and thread."""
        channels = (await self.state())["channels"]
        messages = [message for channel in channels for message in channel["messages"]]
        return [each["text"] for message in messages for each in (message, *message["replies"])]

    async def fault(self, **fault: Any) -> None:
        (await self.http.post(f"{self.sandbox}/control/faults", json=fault)).raise_for_status()

    async def press(self, workflow_id: str, button: str, by: str = "Alice") -> None:
        """On the last page of it, at PagerDuty."""
        state = await self.state()
        ours = [i["id"] for i in state["pagerduty_incidents"] if i["incident_key"].startswith(f"{workflow_id}/")]
        pressed = await self.http.post(f"{self.sandbox}/control/pagerduty/{ours[-1]}/{button}", json={"by": by})
        pressed.raise_for_status()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A `tocsin` command, as a person types it."""
        return subprocess.run(
            [sys.executable, "-m", "tocsin", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=HANGS_AFTER_S,
            check=False,
        )


@asynccontextmanager
async def tocsin_up(folder: Path, settings: Mapping[str, str] = LADDER) -> AsyncIterator[Up]:
    environment = {**_clean_environment(), "TOCSIN_STATE_DIR": str(folder), **settings}
    log = (folder / "up.log").open("wb")
    command = [sys.executable, "-m", "tocsin", "up", "--speed", "60", *_free_ports()]
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        addresses = await _addresses(process, folder)
        async with httpx.AsyncClient(timeout=10) as http:
            up = Up(process, environment, addresses, http)
            await _ready(up)
            yield up
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "TEMPORAL_"))}


def _free_ports() -> list[str]:
    return [word for part in ("gateway", "ui", "temporal", "sandbox") for word in (f"--{part}-port", "0")]


async def _addresses(process: subprocess.Popen[bytes], folder: Path) -> dict[str, str]:
    file = folder / "addresses.json"
    async with asyncio.timeout(HANGS_AFTER_S):
        while not file.exists():
            assert process.poll() is None, (folder / "up.log").read_text()
            await asyncio.sleep(0.05)
    addresses: dict[str, str] = httpx.Response(200, content=file.read_bytes()).json()
    return addresses


async def _ready(up: Up) -> None:
    async with asyncio.timeout(HANGS_AFTER_S):
        while True:
            try:
                if (await up.http.get(f"{up.gateway}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


def _descendants(root: int) -> list[tuple[int, str]]:
    """(pid, command line) of every process below `root`."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    below, found = {root}, []
    for _ in range(4):
        below |= {pid for pid, parent in parents.items() if parent in below}
    for pid in below - {root}:
        try:
            found.append((pid, Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
