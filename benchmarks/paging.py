"""From the webhook to the page on the pager's wire, one incident at a time."""

from benchmarks.bare import Bare
from benchmarks.bodies import Bodies
from benchmarks.figures import Figure, figure, percentile
from benchmarks.load import Load
from benchmarks.processes import Took, run
from benchmarks.scale import BenchScale
from benchmarks.stage import BenchStage, stage
from benchmarks.traces import arrived_first


async def first_page(scale: BenchScale) -> list[Figure]:
    """One incident at a time, by the runbook that ships; the floor is a workflow's start and its activity's."""
    async with stage() as at:
        await at.start_worker()
        floor = await run("bare", Bare(address=at.temporal, what="page", at_once=1, count=scale.idle))
        took = await run(
            "load", Load(port=at.gateway_port, bodies=Bodies(name="calm"), senders=1, rate=2, count=scale.idle)
        )
        waits = await _first_pages(at, "calm", took)
    return [
        figure(
            f"first page after its alert, idle, p{percent}",
            percentile(waits, percent) * 1000,
            "ms",
            percentile(floor.seconds, percent) * 1000,
        ).at_most(1.5)
        for percent in (50, 99)
    ]


async def _first_pages(at: BenchStage, name: str, took: Took) -> list[float]:
    """Seconds from the request (or when it was due) to its page."""
    arrived = await arrived_first(at, name, 1, took.numbers)
    return [arrived[number] - begun for number, begun in zip(took.numbers, took.begun, strict=True)]
