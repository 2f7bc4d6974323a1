"""Many incidents while many are open, by `company`; and the worker's return when pages have become overdue."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.bare_storm import BareRings, BareStorm
from benchmarks.bodies import Bodies
from benchmarks.costs import WORKER_PART, memory, processor_seconds
from benchmarks.discarded import discarded, figures_of
from benchmarks.figures import Figure, figure, percentile
from benchmarks.load import Load
from benchmarks.processes import Took, ask, run
from benchmarks.progress import say
from benchmarks.scale import BenchScale
from benchmarks.stage import SHIPPED_RUNBOOKS, BenchStage, stage
from benchmarks.wire import PagerWire, listening_in

STORM_SENDERS = 20
RATE = 10.0
SECOND_TIER_S = 60.0
FLOOR_GAP_S = 20.0
"""Of the floor's second ring: nobody waits a minute for a timer."""
SETTLED_S = 10.0
"""So long those that have just been opened get for what they say after their page."""
PATIENT = "patient"
"""`company` that rings nobody a second time for what was not acknowledged: none of what was opened first has a page
that falls due while others' are counted."""
HURRIED = "hurried"
"""`company` with its second tier after a minute, not half an hour: nobody waits that long, either."""


@dataclass(frozen=True)
class Surge:
    name: str
    count: int
    rate: float
    first_p99_s: float
    """What is wanted; and of the second tier's lateness, too."""


async def storm(scale: BenchScale) -> list[Figure]:
    """On the embedded server."""
    return await _storm(scale, [Surge("storm", scale.storm_incidents, RATE, 1)])


async def storm_cluster(scale: BenchScale) -> list[Figure]:
    """And a larger one: 1,000 second tiers then fall due within a minute."""
    larger = Surge("surge", 5 * scale.storm_incidents, 5 / 3 * RATE, 5)
    return await _storm(scale, [Surge("storm", scale.storm_incidents, RATE, 1), larger])


async def _storm(scale: BenchScale, surges: Sequence[Surge]) -> list[Figure]:
    async with stage(more=_books()) as at:
        figures = list[Figure]()
        floors = [await _floor(at, scale, surge) for surge in surges]
        await at.start_worker()
        async with listening_in(at) as wire:
            figures += await _opened(at, wire, scale.storm_open)
            for surge, floor in zip(surges, floors, strict=True):
                figures += await _surge(at, wire, scale, surge, floor)
            gone = await discarded(at)
            figures += await _return(at, wire, scale, floors[0])
            figures += figures_of(gone, await discarded(at))
    return figures


def _books() -> dict[str, str]:
    company = (SHIPPED_RUNBOOKS / "company.yaml").read_text()
    return {
        "company": company,
        HURRIED: _changed(company, HURRIED, "after: 30m, ", "after: 60s, "),
        PATIENT: _changed(company, PATIENT, "within: 5m, expires_after: 60m", "within: 10h, expires_after: 20h"),
    }


def _changed(company: str, name: str, was: str, now: str) -> str:
    assert company.count(was) >= 1
    return company.replace("runbook: company", f"runbook: {name}", 1).replace(was, now, 1)


async def _floor(at: BenchStage, scale: BenchScale, surge: Surge) -> BareRings:
    say(f"  the floor: {surge.count} bare workflows at {surge.rate:.3g}/s over {scale.storm_open:,}")
    order = BareStorm(
        address=at.temporal,
        namespace=at.namespace,
        open_workflows=scale.storm_open,
        count=surge.count,
        rate=surge.rate,
        overdue=scale.storm_incidents,
        gap_s=FLOOR_GAP_S,
    )
    return await ask("bare_storm", order, BareRings)


async def _opened(at: BenchStage, wire: PagerWire, count: int) -> list[Figure]:
    """As quickly as they are accepted."""
    used, before = processor_seconds(at)[WORKER_PART], memory(at)[WORKER_PART]
    load = Load(port=at.gateway_port, bodies=Bodies(name="open"), senders=STORM_SENDERS, count=count, runbook=PATIENT)
    took = await run("load", load)
    begun = min(took.begun)
    arrived = await wire.first("open", 1, took.numbers)
    await asyncio.sleep(SETTLED_S)
    used, held = processor_seconds(at)[WORKER_PART] - used, memory(at)[WORKER_PART]
    return [
        figure(f"{count:,} incidents opened first, accepted", took.rate, "1/s"),
        figure("  paged", count / (max(arrived.values()) - begun), "1/s"),
        figure("  processor time of the worker, each", used / count * 1000, "ms"),
        figure("  memory of the worker with all of them open", held / 1e6, "MB"),
        figure("  the same before", before / 1e6, "MB"),
    ]


async def _surge(at: BenchStage, wire: PagerWire, scale: BenchScale, surge: Surge, floor: BareRings) -> list[Figure]:
    took = await _send(at, surge.name, surge.count, surge.rate)
    arrived = await wire.first(surge.name, 1, took.numbers)
    second = await wire.first(surge.name, 2, took.numbers)
    due = dict(zip(took.numbers, took.begun, strict=True))
    first = [arrived[number] - at for number, at in due.items()]
    late = [max(0.0, second[number] - at - SECOND_TIER_S) for number, at in due.items()]
    name = f"{surge.count:,} at {surge.rate:.3g}/s over {scale.storm_open:,} open"
    refused = figure(f"{name}: refused", took.failures, "requests").exactly(0)
    pages = _spread(f"{name}: first page", first, floor.first, surge.first_p99_s)
    return [refused, *pages, *_spread(f"{name}: second tier late by", late, floor.late, surge.first_p99_s)]


async def _send(at: BenchStage, name: str, count: int, rate: float) -> Took:
    say(f"  {name}: {count:,} incidents at {rate:.3g}/s")
    load = Load(port=at.gateway_port, bodies=Bodies(name=name), senders=count, count=count, rate=rate, runbook=HURRIED)
    return await run("load", load)


async def _return(at: BenchStage, wire: PagerWire, scale: BenchScale, floor: BareRings) -> list[Figure]:
    """The worker is killed once these have paged, and comes back when all their second tiers are overdue."""
    count = scale.storm_incidents
    took = await _send(at, "late", count, RATE)
    await wire.first("late", 1, took.numbers)
    await at.kill_worker()
    away = max(took.begun) + SECOND_TIER_S + 1 - time.time()
    say(f"  the worker is killed, and stays away for {away:.0f} s")
    await asyncio.sleep(away)
    back = time.time()
    await at.start_worker()
    works = time.time() - back
    second = await wire.first("late", 2, took.numbers)
    used, waits = processor_seconds(at)[WORKER_PART], [at - back for at in second.values()]
    return [
        figure(f"worker killed with {count} overdue, first overdue page", min(waits), "s", min(floor.overdue)).below(3),
        figure("  p50", percentile(waits, 50), "s", percentile(floor.overdue, 50)),
        figure("  last overdue page", max(waits), "s", max(floor.overdue)).below(15),
        figure("  a canary has gone through the worker", works, "s"),
        figure("  processor time of the worker by then, each overdue one", used / count * 1000, "ms"),
    ]


def _spread(name: str, seconds: Sequence[float], floor: Sequence[float], wanted_p99: float) -> list[Figure]:
    return [
        figure(f"{name}, p50", percentile(seconds, 50), "s", percentile(floor, 50)),
        figure(f"{name}, p99", percentile(seconds, 99), "s", percentile(floor, 99)).below(wanted_p99),
        figure(f"{name}, most", max(seconds), "s", max(floor)),
    ]
