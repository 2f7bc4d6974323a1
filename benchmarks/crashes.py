"""`kill -9` in the middle of ladders: how many phones rang, how many twice, and how late the last."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import httpx
from pydantic import BaseModel

from benchmarks.bodies import Bodies
from benchmarks.figures import Figure, figure
from benchmarks.load import Load
from benchmarks.processes import Took, run
from benchmarks.progress import say
from benchmarks.scale import BenchScale
from benchmarks.stage import BenchStage, stage
from benchmarks.wire import STILL_S, PagerWire, listening_in
from tocsin.up.supervisor import listening

TIERS, GAP_S = 5, 6.0
"""Of benchmarks/runbooks/five-tiers.yaml."""
OPENED_PER_S = 10.0
KILLS = 2
"""In each round: one before, one after the middle of the ladder."""
LATE_S = 8.0


class _Ring(BaseModel):
    """As the sandbox's pager shows a phone that rang; a trigger that it knows already rings none."""

    at: datetime
    dedup_key: str


class _Phones(BaseModel):
    rings: list[_Ring]


async def crashes(scale: BenchScale) -> list[Figure]:
    """Each part by itself, and all at once; `up` starts again what has died."""
    figures = list[Figure]()
    async with stage("five-tiers") as at:
        await at.start_worker()
        ours = [name for name in ("worker", "Temporal server", "gateway") if name in at.processes()]
        for number, victims in enumerate([*([each] for each in ours), ours]):
            figures += await _round(at, chr(ord("a") + number), victims, scale.crash_incidents)
    return figures


async def _round(at: BenchStage, name: str, victims: Sequence[str], count: int) -> list[Figure]:
    """Incidents called `name`."""
    say(f"  {count} ladders of {TIERS} tiers, and kill -9 of {' and '.join(victims)}, {KILLS} times")
    load = Load(port=at.gateway_port, bodies=Bodies(name=name), senders=count, count=count, rate=OPENED_PER_S)
    async with listening_in(at) as wire:
        await _taken_in(at)
        took = await run("load", load)
        for _ in range(KILLS):
            await asyncio.sleep(GAP_S * TIERS / (KILLS + 2))
            _kill(at.processes(), victims)
        latest = max([await _latest(wire, name, tier, took) for tier in range(1, TIERS + 1)])
    rang = Counter(ring.dedup_key for ring in await _rings(at) if f"-{name}-" in ring.dedup_key)
    pages = count * TIERS
    return [
        figure(f"killed: {', '.join(victims)}; of {pages} pages lost", pages - len(rang), "rings").exactly(0),
        figure("  doubled", sum(times - 1 for times in rang.values()), "rings").exactly(0),
        figure("  the latest late by", latest, "s").below(LATE_S),
    ]


async def _taken_in(at: BenchStage) -> None:
    """The gateway may have died in the last round."""
    there = listening("127.0.0.1", at.gateway_port)
    async with asyncio.timeout(STILL_S):
        while True:
            if await there():
                return
            await asyncio.sleep(0.5)


async def _latest(wire: PagerWire, name: str, tier: int, took: Took) -> float:
    """How long after it was due."""
    arrived = await wire.first(name, tier, took.numbers)
    due = [begun + (tier - 1) * GAP_S for begun in took.begun]
    return max(arrived[each] - at for each, at in zip(took.numbers, due, strict=True))


def _kill(processes: Mapping[str, int], victims: Collection[str]) -> None:
    for each in victims:
        if each in processes:  # and not dead from the last time
            os.kill(processes[each], signal.SIGKILL)


async def _rings(at: BenchStage) -> list[_Ring]:
    async with httpx.AsyncClient(trust_env=False, timeout=STILL_S) as http:
        answer = await http.get(f"{at.sandbox}/control/state")
    return _Phones.model_validate_json(answer.raise_for_status().content).rings
