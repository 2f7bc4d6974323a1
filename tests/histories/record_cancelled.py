"""Records what remembers a cancelled incident, and the incident that follows it; and a long one, continued as new."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from tests.histories.saving import save
from tests.workflows.incidents import Live, Vendors, firing, incident, opening, resolved
from workflows.policy.incident.alert import Alert

MINUTE = timedelta(minutes=1)


async def record(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening(), alerts=(firing("f1"), firing("f2"))) as live:
        await live.at(3 * MINUTE)
        await live.handle.execute_update("cancel", {"by": "Alice"})
        await live.at(60 * MINUTE)
        await _say(live, firing("f1"), resolved("f2"))
        await temporal.fast_forward(live.handle, 60 * MINUTE)
        await save(live.handle, "cancelled-episodes")
        again = firing("f1", resolved("f1").starts_at + timedelta(days=1))
        await _say(live, again)
        await temporal.fast_forward(live.handle, 2 * MINUTE)
        await save(live.handle, "after-cancelled")
    async with incident(temporal, Vendors(), opening(), alerts=(firing(),), history_limit=60) as live:
        await live.at(7 * MINUTE)
        await live.handle.signal("acknowledge", {"by": "Alice"})
        await live.at(90 * MINUTE)
        await save(live.handle, "continued")


async def _say(live: Live, *alerts: Alert) -> None:
    await live.handle.signal("alert", {"alerts": [each.model_dump(mode="json") for each in alerts]})
