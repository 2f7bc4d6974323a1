"""Very many alerts for few incidents: none is lost, no history swells, nobody is paged twice."""

from benchmarks.bodies import Bodies
from benchmarks.figures import Figure, figure, percentile
from benchmarks.intake import ANSWER_MS
from benchmarks.load import Load
from benchmarks.processes import run
from benchmarks.scale import BenchScale
from benchmarks.stage import stage
from benchmarks.traces import arrived_first, events, pages

FLOOD_INCIDENTS, FLOOD_SENDERS, FLOOD_ALERTS = 5, 500, 400
"""`FLOOD_ALERTS` alerts an incident: twice as many as it keeps one by one."""
MOST_FLOOD_EVENTS = 600


async def flood(scale: BenchScale) -> list[Figure]:
    bodies = Bodies(name="flood", incidents=FLOOD_INCIDENTS, variants=FLOOD_ALERTS)
    async with stage("two-tiers") as at:
        await at.start_worker()
        load = Load(port=at.gateway_port, bodies=bodies, senders=FLOOD_SENDERS, count=scale.storm_alerts)
        took = await run("load", load)
        opened = [each.workflow_id for each in await at.incidents.list()]
        states = [(await at.incidents.status(workflow_id)).incident for workflow_id in opened]
        longest = max([await events(at.client, workflow_id) for workflow_id in opened])
        await arrived_first(at, "flood", 1, range(FLOOD_INCIDENTS))
        rung = await pages(at, "flood")
    name = f"{scale.storm_alerts:,} alerts over {FLOOD_INCIDENTS} incidents"
    # One that was refused because it waited too long may have travelled all the same.
    lost = max(0, len(took.seconds) - sum(state.alerts_total for state in states))
    return [
        figure(f"{name}: accepted", took.rate, "1/s"),
        figure("  answer, p99", percentile(took.seconds, 99) * 1000, "ms").below(ANSWER_MS),
        figure("  refused", took.failures, "alerts").exactly(0),
        figure("  accepted, and not in an incident's count", lost, "alerts").exactly(0),
        figure("  events in the longest history", longest, "events").below(MOST_FLOOD_EVENTS + 1),
        figure("  first pages", sum(page.tier == 1 for page in rung), "pages").exactly(FLOOD_INCIDENTS),
    ]
