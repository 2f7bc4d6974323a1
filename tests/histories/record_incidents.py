"""Records incidents: a whole life, one in which nobody can be reached, and one that is raised and cancelled."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from tests.histories.saving import save
from tests.workflows.incidents import Live, Vendors, firing, incident, opening, rate_limited, rejects, resolved

MINUTE = timedelta(minutes=1)


async def record(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening(), alerts=(firing(),)) as live:
        await _a_whole_life(live)
        await save(live.handle, "whole-life")
    async with incident(temporal, Vendors(answers={"page": rejects}), opening()) as live:
        await live.at(20 * MINUTE)
        await live.handle.signal("resolve")
        await live.to_the_end()
        await save(live.handle, "nobody-reached")
    slow = dict.fromkeys(("post", "open_channel", "publish"), rate_limited(10 * MINUTE))
    async with incident(temporal, Vendors(answers=slow), opening("sev2")) as live:
        await live.at(30 * MINUTE)
        await live.handle.signal("make_coffee", 1)
        await live.handle.execute_update("change_severity", {"severity": "sev1"})
        await live.at(60 * MINUTE)
        await live.handle.signal("cancel")
        await live.to_the_end()
        await save(live.handle, "raised-and-cancelled")


async def _a_whole_life(live: Live) -> None:
    await live.at(33 * MINUTE)
    await live.handle.execute_update("acknowledge", {"by": "Alice"})
    await live.handle.execute_update("assign_role", {"role": "commander", "person": "Alice"})
    await live.at(40 * MINUTE)
    await live.handle.execute_update("post_update", {"by": "Alice", "text": "found it", "phase": "identified"})
    await live.at(41 * MINUTE)
    await live.handle.execute_update("approve", {"by": "Alice"})
    await live.handle.execute_update("mitigate", {"by": "Alice"})
    await live.at(55 * MINUTE)
    await live.handle.signal("alert", {"alerts": [resolved().model_dump(mode="json")]})
    await live.at(58 * MINUTE)
    again = firing(starts_at=resolved().starts_at + MINUTE)
    await live.handle.signal("alert", {"alerts": [again.model_dump(mode="json")]})
    await live.at(70 * MINUTE)
    await live.handle.signal(
        "alert", {"alerts": [again.model_copy(update={"status": "resolved"}).model_dump(mode="json")]}
    )
    await live.to_the_end()
