"""How many alerts a second are accepted, that is: durable in Temporal, and how long the answer takes."""

from collections.abc import Mapping

from benchmarks.bare import Bare
from benchmarks.bare_http import bare_gateway
from benchmarks.bodies import Bodies
from benchmarks.costs import GATEWAY_PART, SERVER_PART, processor_seconds
from benchmarks.figures import Figure, figure, percentile
from benchmarks.load import Load
from benchmarks.processes import Took, run
from benchmarks.scale import BenchScale
from benchmarks.stage import BenchStage, stage
from benchmarks.traces import Sizes, sizes

FEW_SENDERS, MANY_SENDERS = 50, 500
SPREAD = 50
"""Incidents of the storm that many senders make."""
OF_HTTP, OF_HTTP_LARGE = 0.5, 0.5
"""Of what Python accepts that only reads each body: the bound of one gateway process (benchmarks/bare_http.py)."""
BODY_ALERTS = 50
"""Alerts in a large body of Alertmanager's."""
ANSWER_MS = 1000
"""Sentry gives up after a second: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/"""


async def new_incidents(scale: BenchScale) -> list[Figure]:
    """Each request opens an incident. First with the worker stopped, so that only acceptance is measured."""
    new = Bodies(name="new")
    async with stage() as at:
        sent = await _warm(at)
        empty = await _bare(at, "start", scale)
        floor = await _bare(at, "start", scale, start_bytes=sent.start, signal_bytes=sent.signal)
        ours = await run("load", Load(port=at.gateway_port, bodies=new, senders=FEW_SENDERS, seconds=scale.seconds))
        waits = await _answers("a new incident", at, scale, Bodies(name="idle"), Bodies(name="brisk"), ours.rate)
    async with stage() as at:
        await at.start_worker()
        busy = await run("load", Load(port=at.gateway_port, bodies=new, senders=FEW_SENDERS, seconds=scale.seconds))
    return [
        figure("bare signal-with-start, no payload", empty.rate, "1/s"),
        figure(f"bare signal-with-start, {sent.start / 1000:.0f} KB", floor.rate, "1/s"),
        figure("new incidents", ours.rate, "1/s", floor.rate).at_least(0.8),
        figure("new incidents, the worker at work", busy.rate, "1/s", floor.rate),
        *waits,
    ]


async def one_incident(scale: BenchScale) -> list[Figure]:
    """All alerts are for the same incident, from many senders."""
    single, group = (
        Bodies(name="one", incidents=1, variants=FEW_SENDERS),
        Bodies(name="one", incidents=1, alerts=BODY_ALERTS),
    )
    async with stage() as at:
        sent = await _warm(at)
        floor = await _bare(at, "signal", scale, signal_bytes=sent.signal)
        alone = await _alone(single, FEW_SENDERS, scale)
        used = processor_seconds(at)
        ours = await run("load", Load(port=at.gateway_port, bodies=single, senders=FEW_SENDERS, seconds=scale.seconds))
        cost = _costs(used, processor_seconds(at), ours)
        waits = await _answers("an open incident", at, scale, single, single, ours.rate)
        fifty_alone = await _alone(group, FEW_SENDERS, scale)
        used = processor_seconds(at)
        fifty = await run("load", Load(port=at.gateway_port, bodies=group, senders=FEW_SENDERS, seconds=scale.seconds))
        fifty_cost = _costs(used, processor_seconds(at), fifty)
    return [
        figure("bare signals to one workflow", floor.rate, "1/s"),
        figure("alerts into one incident", ours.rate, "1/s", floor.rate).at_least(6),
        figure("  against HTTP alone", ours.rate, "1/s", alone.rate).at_least(OF_HTTP),
        *cost,
        *waits,
        figure(f"the same, {BODY_ALERTS} alerts a body", fifty.rate * BODY_ALERTS, "1/s", floor.rate).at_least(50),
        figure("  bodies, against HTTP alone", fifty.rate, "1/s", fifty_alone.rate).at_least(OF_HTTP_LARGE),
        *fifty_cost,
    ]


async def spread(scale: BenchScale) -> list[Figure]:
    """Many senders, over so many incidents."""
    bodies = Bodies(name="spread", incidents=SPREAD, variants=MANY_SENDERS)
    async with stage() as at:
        sent = await _warm(at)
        floor = await _bare(at, "signal", scale, at_once=MANY_SENDERS, workflows=SPREAD, signal_bytes=sent.signal)
        # Opened before, as the floor's workflows are: what an opening costs is measured by `new-incidents`.
        await run("load", Load(port=at.gateway_port, bodies=bodies, senders=SPREAD, count=SPREAD))
        alone = await _alone(bodies, MANY_SENDERS, scale)
        used = processor_seconds(at)
        ours = await run("load", Load(port=at.gateway_port, bodies=bodies, senders=MANY_SENDERS, seconds=scale.seconds))
        cost = _costs(used, processor_seconds(at), ours)
    return [
        figure(f"bare signals to {SPREAD} workflows", floor.rate, "1/s"),
        figure(f"alerts over {SPREAD} incidents", ours.rate, "1/s", floor.rate).at_least(4),
        figure("  against HTTP alone", ours.rate, "1/s", alone.rate).at_least(OF_HTTP),
        *cost,
        figure("  their answer, p99", percentile(ours.seconds, 99) * 1000, "ms").below(ANSWER_MS),
    ]


async def pragmas(scale: BenchScale) -> list[Figure]:
    """What it costs that every commit is on the disk before it is answered: docs/adr/0006."""
    figures = []
    for given in ((), ("journal_mode=WAL", "synchronous=NORMAL"), ("journal_mode=WAL", "synchronous=FULL")):
        async with stage(pragmas=given) as at:
            await _warm(at)
            load = Load(port=at.gateway_port, bodies=Bodies(name="new"), senders=10, seconds=scale.seconds)
            took = await run("load", load)
        figures.append(figure(f"new incidents, {' '.join(given) or 'the defaults of the server'}", took.rate, "1/s"))
    return figures


async def _warm(at: BenchStage) -> Sizes:
    """The first requests pay for what is done once. And what they left in Temporal tells what a floor has to carry."""
    bodies = Bodies(name="warm", incidents=1)
    await run("load", Load(port=at.gateway_port, bodies=bodies, senders=1, count=20))
    return await sizes(at.client)


async def _bare(at: BenchStage, what: str, scale: BenchScale, at_once: int = FEW_SENDERS, **more: int) -> Took:
    order = {"address": at.temporal, "what": what, "at_once": at_once, "seconds": scale.seconds}
    return await run("bare", Bare.model_validate(order | more))


async def _alone(bodies: Bodies, senders: int, scale: BenchScale) -> Took:
    async with bare_gateway() as port:
        return await run("load", Load(port=port, bodies=bodies, senders=senders, seconds=scale.seconds))


def _costs(before: Mapping[str, float], after: Mapping[str, float], took: Took) -> list[Figure]:
    """Whose time a request takes. What is missing of the cores is the load's own."""
    parts = {"gateway": GATEWAY_PART, "Temporal server": SERVER_PART}
    return [
        figure(
            f"  processor time of the {name}, each request",
            (after[part] - before[part]) / len(took.seconds) * 1e3,
            "ms",
        )
        for name, part in parts.items()
    ]


async def _answers(
    name: str, at: BenchStage, scale: BenchScale, idle: Bodies, brisk: Bodies, most: float
) -> list[Figure]:
    alone = await run("load", Load(port=at.gateway_port, bodies=idle, senders=1, rate=5, count=scale.idle))
    rate = 0.8 * most
    busy = await run(
        "load", Load(port=at.gateway_port, bodies=brisk, senders=MANY_SENDERS, rate=rate, seconds=scale.seconds)
    )
    return [
        figure(f"  answer for {name}, idle, p50", percentile(alone.seconds, 50) * 1000, "ms"),
        figure(f"  answer for {name}, idle, p99", percentile(alone.seconds, 99) * 1000, "ms").below(ANSWER_MS),
        figure(f"  answer for {name}, at 80 % of the most, p50", percentile(busy.seconds, 50) * 1000, "ms"),
        figure(f"  answer for {name}, at 80 % of the most, p99", percentile(busy.seconds, 99) * 1000, "ms").below(
            ANSWER_MS
        ),
    ]
