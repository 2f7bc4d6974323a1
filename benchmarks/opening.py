"""What it costs to open an incident, and when its first page leaves, while many are opened at once."""

import asyncio
import resource
from collections.abc import Mapping

from benchmarks.bare import Bare
from benchmarks.bodies import Bodies
from benchmarks.costs import (
    SERVER_PART,
    THROWN_AWAY,
    WAITED_TOO_LONG,
    WORKER_PART,
    WORKFLOW_TASKS,
    memory,
    processor_seconds,
    steps,
    writes,
)
from benchmarks.figures import Figure, figure, percentile
from benchmarks.load import Load
from benchmarks.processes import Took, run
from benchmarks.scale import BenchScale
from benchmarks.stage import BenchStage, stage
from benchmarks.traces import arrived_first

QUIET_S, PATIENCE_S = 3.0, 180.0
"""The worker has nothing to do any more when it used less than a twentieth of a core for so long, for each process."""


async def opening(scale: BenchScale) -> list[Figure]:
    """All at once, by the runbook that ships, until everything that an opening asks for has left."""
    count = scale.storm_incidents
    async with stage() as at:
        await at.start_worker()
        floor, floor_cost = await _floor(at, count)
        await quiet(at)
        used, written, held = processor_seconds(at), await writes(at), memory(at)[WORKER_PART]
        load = Load(port=at.gateway_port, bodies=Bodies(name="storm"), senders=count, count=count)
        took = await run("load", load)
        arrived = await arrived_first(at, "storm", 1, took.numbers)
        written_by_then, used_by_then = await writes(at) - written, processor_seconds(at)
        await quiet(at)
        cost = {part: now - used[part] for part, now in processor_seconds(at).items()}
        held = memory(at)[WORKER_PART] - held
        written_in_all, taken = await writes(at) - written, await steps(at.client)
    waits = [arrived[number] - begun for number, begun in zip(took.numbers, took.begun, strict=True)]
    pages = [
        figure(
            f"{count} SEV-1 at once: first page, p{percent}",
            percentile(waits, percent),
            "s",
            percentile(floor.seconds, percent),
        )
        for percent in (50, 99)
    ]
    return [
        *pages,
        figure(
            "  processor time of all parts by the last first page, each",
            sum(used_by_then[part] - used[part] for part in used) / count * 1000,
            "ms",
            floor_cost / count * 1000,
        ),
        *_costs(cost, count),
        figure("  writes of the server by the last first page, each", written_by_then / count, "writes"),
        figure("  writes of the server in all, each", written_in_all / count, "writes"),
        figure("  memory of the worker, each", held / count / 1000, "KB"),
        *_steps(taken, count),
    ]


async def _floor(at: BenchStage, count: int) -> tuple[Took, float]:
    """As many workflows with one activity each; and the processor time of the server and of who does it."""
    server, children = processor_seconds(at)[SERVER_PART], resource.getrusage(resource.RUSAGE_CHILDREN)
    took = await run("bare", Bare(address=at.temporal, what="page", at_once=count, count=count))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
    return took, own + processor_seconds(at)[SERVER_PART] - server


def _costs(cost: Mapping[str, float], count: int) -> list[Figure]:
    return [figure(f"  processor time of the {part}, each", cost[part] / count * 1000, "ms") for part in sorted(cost)]


def _steps(taken: Mapping[str, int], count: int) -> list[Figure]:
    special = {WORKFLOW_TASKS, THROWN_AWAY, WAITED_TOO_LONG}
    activities = sum(number for name, number in taken.items() if name not in special)
    return [
        figure(f"  {WORKFLOW_TASKS}, each", taken.get(WORKFLOW_TASKS, 0) / count, "tasks"),
        figure("  activities, each", activities / count, "activities"),
        figure(f"  {THROWN_AWAY}", taken.get(THROWN_AWAY, 0), "tasks").exactly(0),
        figure(f"  {WAITED_TOO_LONG}", taken.get(WAITED_TOO_LONG, 0), "tasks"),
    ]


async def quiet(at: BenchStage, processes: int = 1) -> None:
    """Until the worker has nothing to do any more."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            before = processor_seconds(at)[WORKER_PART]
            await asyncio.sleep(QUIET_S)
            if processor_seconds(at)[WORKER_PART] - before < processes * QUIET_S / 20:
                return
