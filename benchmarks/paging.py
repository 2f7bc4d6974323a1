"""From the webhook to the page on the pager's wire: alone, and in a storm of incidents."""

import asyncio

from benchmarks.bare import Bare
from benchmarks.bodies import Bodies
from benchmarks.figures import Figure, figure, percentile
from benchmarks.load import Load
from benchmarks.processes import Took, run
from benchmarks.scale import BenchScale
from benchmarks.stage import BenchStage, stage
from benchmarks.traces import arrived_first

SECOND_TIER_S = 60
"""As benchmarks/runbooks/two-tiers.yaml says."""
RATE = 10


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


async def storm(scale: BenchScale) -> list[Figure]:
    """So many incidents at ten a second, and all at once."""
    steady = await _storm(f"at {RATE}/s", scale, RATE)
    return steady + await _storm("all at once", scale, None)


async def _storm(name: str, scale: BenchScale, rate: float | None) -> list[Figure]:
    count = scale.storm_incidents
    load = {"bodies": Bodies(name="storm"), "senders": count, "count": count, "rate": rate}
    async with stage("two-tiers") as at:
        await at.start_worker()
        took = await run("load", Load.model_validate({"port": at.gateway_port, **load}))
        first = await _first_pages(at, "storm", took)
        late = await _lateness(at, took) if scale.second_tier_s else []
    figures = [figure(f"{count} incidents {name}: refused", took.failures, "requests").exactly(0)]
    figures += [
        figure(f"{count} incidents {name}: first page, {label}", seconds, "s")
        for label, seconds in (("p50", percentile(first, 50)), ("p99", percentile(first, 99)), ("max", max(first)))
    ]
    if late:
        figures += [
            figure(f"{count} incidents {name}: second tier late by, {label}", seconds, "s")
            for label, seconds in (("p50", percentile(late, 50)), ("p99", percentile(late, 99)), ("max", max(late)))
        ]
    return [_wanted(each) for each in figures] if rate else figures


def _wanted(each: Figure) -> Figure:
    if not each.name.endswith("p99"):
        return each
    return each.below(2 if "first page" in each.name else 1)


async def _first_pages(at: BenchStage, name: str, took: Took) -> list[float]:
    """Seconds from the request (or when it was due) to its page."""
    arrived = await arrived_first(at, name, 1, took.numbers)
    return [arrived[number] - begun for number, begun in zip(took.numbers, took.begun, strict=True)]


async def _lateness(at: BenchStage, took: Took) -> list[float]:
    await asyncio.sleep(max(0.0, SECOND_TIER_S - 10))
    arrived = await arrived_first(at, "storm", 2, took.numbers)
    due = zip(took.numbers, (begun + SECOND_TIER_S for begun in took.begun), strict=True)
    return [max(0.0, arrived[number] - at) for number, at in due]
