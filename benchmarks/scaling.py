"""What more worker processes bring, until something else is the limit."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bodies import Bodies
from benchmarks.costs import WORKER_PART, memory, processor_seconds
from benchmarks.figures import Figure, figure
from benchmarks.load import Load
from benchmarks.opening import QUIET_S, quiet
from benchmarks.processes import run
from benchmarks.scale import BenchScale
from benchmarks.stage import BenchStage, stage
from benchmarks.wire import listening_in

PROCESSES = (1, 2, 4)
SCALING_SENDERS = 20


@dataclass(frozen=True)
class _Processors:
    """Of this machine: what all that runs there has used, and what there was, in ticks."""

    used: int
    there: int

    def share_since(self, before: "_Processors") -> float:
        return (self.used - before.used) / (self.there - before.there)


async def scaling(scale: BenchScale) -> list[Figure]:
    """As many incidents as in the storm, at full speed, on an empty server each time."""
    figures: list[Figure] = []
    for processes in PROCESSES:
        async with stage(processes=processes) as at:
            await at.start_worker()
            figures += await _opened(at, scale.storm_incidents, processes)
    return figures


async def _opened(at: BenchStage, count: int, processes: int) -> Sequence[Figure]:
    before, used, begun = _processors(), processor_seconds(at)[WORKER_PART], time.time()
    async with listening_in(at) as wire:
        load = Load(port=at.gateway_port, bodies=Bodies(name="open"), senders=SCALING_SENDERS, count=count)
        took = await run("load", load)
        paged = max((await wire.first("open", 1, took.numbers)).values())
        at_pages = _processors()
        await quiet(at, processes)
    ended = time.time() - QUIET_S
    name = f"{count} incidents at full speed, {processes} worker process{'es' if processes > 1 else ''}"
    return [
        figure(f"{name}: first pages", count / (paged - begun), "1/s"),
        figure("  all that an opening asks for", count / (ended - begun), "1/s"),
        figure("  of this machine's processors in use by the last first page", 100 * at_pages.share_since(before), "%"),
        figure(
            "  processor time of the worker, each", (processor_seconds(at)[WORKER_PART] - used) / count * 1000, "ms"
        ),
        figure("  memory of the worker", memory(at)[WORKER_PART] / 1e6, "MB"),
    ]


def _processors() -> _Processors:
    """https://man7.org/linux/man-pages/man5/proc_stat.5.html: user, nice, system, idle, iowait and so on."""
    ticks = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return _Processors(used=sum(ticks) - ticks[3] - ticks[4], there=sum(ticks))
