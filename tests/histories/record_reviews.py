"""Records reviews: one from its question to its end, one that is waived, and one that is continued as new."""

from temporalio.testing import WorkflowEnvironment

from tests.histories.saving import save
from tests.workflows.incidents import Vendors, opening, shipped
from tests.workflows.reviews import DAY, HOUR, LiveReview, reviewed


async def record(temporal: WorkflowEnvironment) -> None:
    async with reviewed(temporal, Vendors(), opening()) as live:
        await _submitted(live)
        await save(live.handle, "review")
    async with reviewed(temporal, Vendors(), opening(runbook=shipped("samia"))) as live:
        await live.after(9 * DAY)
        await live.handle.signal("make_coffee", 1)
        await live.handle.execute_update("waive", {"by": "Bob", "reason": "a drill"})
        await live.to_the_end()
        await save(live.handle, "review-waived")
    async with reviewed(temporal, Vendors(), opening(), history_limit=60) as live:
        await live.after(8 * DAY)
        await save(live.handle, "review-continued")


async def _submitted(live: LiveReview) -> None:
    await live.handle.execute_update("follow_up_added", {"text": "raise the limit", "owner": "bob", "by": "Alice"})
    await live.after(24 * HOUR)
    await live.handle.signal("snooze", {"duration": "2d", "by": "Alice"})
    await live.after(6 * DAY)  # nagged meanwhile
    for each in [each for each in (await live.status()).owed if each.kind != "follow-up"]:
        await live.handle.execute_update("submit", {"duty": each.name, "by": "Alice", "link": "https://wiki/1"})
    await live.handle.execute_update("follow_up_done", {"follow_up": "1", "by": "Bob"})
    await live.to_the_end()
