"""The long run: 20,000 requests to a gateway that is a process of its own, whose memory is watched; and what they bring
about: who is rung, and what the public reads.

.venv/bin/python -m tests.starter.fuzz [SEED]
"""

import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import DEVNULL

import httpx
from pydantic import SecretStr
from rich.console import Console
from temporalio.testing import WorkflowEnvironment

from starter.temporal import setup
from tests.starter.fuzz.corpus import corpus
from tests.starter.fuzz.effects import RUNG, SeenEffects, watched
from tests.starter.fuzz.raw import assault
from tests.starter.fuzz.recorded import SIGNED, replay
from tests.starter.fuzz.schema import explore
from tests.starter.fuzz.sending import MAX_BODY_BYTES, secrets, send
from tests.temporal_server import time_skipping_server

WARM_UP, REQUESTS, AT_ONCE, OF_EACH = 1000, 16_000, 20, 90
GROWTH_MIB = 100
"""Of the gateway, after it has warmed up."""


async def main(seed: int) -> int:
    async with time_skipping_server() as temporal, _gateway(_address(temporal), _proofs()) as gate:
        address, pid = gate
        await setup.prepare(temporal.client)
        started = time.monotonic()
        async with watched(temporal.client) as effects:
            faults = await _recorded_ones(address, seed, effects)
            of_recorded = effects.rung
            first = await send(address, corpus(seed + 1, WARM_UP), AT_ONCE)
            statuses = await asyncio.to_thread(explore, address, OF_EACH)
            faults += await assault(address, seed)
            faults += await _unsigned(_address(temporal), seed)
            faults += await effects.faults(first, of_recorded)
        warm = _resident_mib(pid)
        figures = await send(address, corpus(seed, REQUESTS), AT_ONCE)
        grown = _peak_mib(pid) - warm
        faults += [*first.faults, *figures.faults]
    say = Console(highlight=False, soft_wrap=True, markup=False).print
    asked = WARM_UP + REQUESTS + statuses.total()
    say(f"{asked} requests in {time.monotonic() - started:.0f} s, seed {seed}, {AT_ONCE} at once")
    say(f"  corpus: {dict(sorted((first.statuses + figures.statuses).items()))}")
    say(f"  schemathesis: {dict(sorted(statuses.items()))}")
    say(f"  without proof: {first.unproven + figures.unproven + statuses.total()}, none accepted" * (not faults))
    say(f"  brought about: {len(effects.pages)} pages, {len(effects.publications)} publications")
    say(f"  slowest answer: {figures.slowest_s:.2f} s; {first.slowest_s:.2f} s beside a worker in this process")
    say(f"  memory of the gateway: {warm:.0f} MiB when warm, at most {grown:.0f} MiB more")
    for fault in faults:
        say(fault)
    return int(bool(faults) or grown > GROWTH_MIB)


async def _recorded_ones(address: str, seed: int, effects: SeenEffects) -> list[str]:
    """Each rings once, however often it is sent again."""
    faults = await replay(address, seed)
    await effects.settle()
    too_many = len(effects.pages) > len(SIGNED)
    return [*faults, *[f"recorded requests rang {len(effects.pages)} times"] * too_many]


async def _unsigned(temporal: str, seed: int) -> list[str]:
    """What a gateway takes that nobody has given any secret: nothing."""
    async with _gateway(temporal, {}) as (address, _):
        figures = await send(address, corpus(seed + 2, WARM_UP), AT_ONCE)
    taken = figures.statuses[httpx.codes.ACCEPTED]
    return [f"without secrets {taken} requests were taken"] * bool(taken)


def _proofs() -> dict[str, str]:
    """A secret for whoever may send anything."""
    own = {f"TOCSIN_{name.upper()}": _written(values) for name, values in secrets().items()}
    return {**own, "TOCSIN_HEARTBEAT_TOKENS": '["of-nobody"]'}


def _address(temporal: WorkflowEnvironment) -> str:
    return temporal.client.service_client.config.target_host


@asynccontextmanager
async def _gateway(temporal: str, proofs: dict[str, str]) -> AsyncIterator[tuple[str, int]]:
    """Its address and its process."""
    port = _free_port()
    settings = {**proofs, "TEMPORAL_ADDRESS": temporal, "TOCSIN_RUNBOOKS": "rung.yaml"}
    settings["TOCSIN_MAX_BODY_BYTES"] = str(MAX_BODY_BYTES)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "rung.yaml").write_text(RUNG, encoding="utf-8")
        gateway = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("tocsin"), "gateway", "--port", str(port),
            cwd=folder, env={**os.environ, **settings}, stdout=DEVNULL, stderr=DEVNULL,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            await _until_it_answers(address)
            yield address, gateway.pid
        finally:
            gateway.terminate()
            await gateway.wait()


async def _until_it_answers(address: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(1200):
            try:
                await http.get(f"{address}/healthz")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
    raise SystemExit("the gateway does not answer")


def _written(values: tuple[SecretStr, ...]) -> str:
    return json.dumps([value.get_secret_value() for value in values])


def _free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port: int = chosen.getsockname()[1]
        return port


def _resident_mib(pid: int) -> float:
    return _status(pid, "VmRSS")


def _peak_mib(pid: int) -> float:
    return _status(pid, "VmHWM")


def _status(pid: int, field: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)))
