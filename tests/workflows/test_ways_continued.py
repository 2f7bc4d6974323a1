"""Ways to a person over continue-as-new, forced every few dozen events: each rings once, what waited rings never."""

from datetime import timedelta

from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from tests.policy.builders import opening, runbook, severity, tier
from tests.workflows.incidents import Live, Vendors, incident, works
from workflows.policy.effects.effects import Page, Receipt, Send

MINUTE = timedelta(minutes=1)
REACH = ("pagerduty", {"ntfy": None, "after": "2m"}, {"webhook": None, "after": "4m"})
BOOK = runbook(
    severity(tier("alice"), tier("bob", after=10)),
    people={"alice": {"name": "Alice", "reach": REACH}, "bob": {"name": "Bob"}},
    roles={},
)


async def pagerduty_is_dark(send: Send, attempt: int) -> Receipt:
    if isinstance(send.effect, Page) and send.effect.way == "pagerduty":
        raise ApplicationError("PagerDuty did not answer", type="Unavailable")
    return await works(send, attempt)


async def runs(live: Live) -> str:
    """The run that is under way, after so much that the one before it has ended."""
    for number in range(25):
        await live.handle.signal("note", {"text": f"note {number}", "by": "Alice"})
    return (await live.handle.describe()).run_id or ""


async def test_each_way_rings_once_and_what_waited_at_a_dark_pager_rings_never(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors({"page": pagerduty_is_dark})
    async with incident(temporal, vendors, opening(BOOK), history_limit=60) as live:
        live.handle = temporal.client.get_workflow_handle(live.handle.id)
        seen = {await runs(live)}
        for moment in (30, 90, 150, 300):  # before the other ways, when they have just rung, after their times, later
            await live.at(timedelta(seconds=moment))
            seen.add(await runs(live))
        vendors.answers.clear()
        await live.at(9 * MINUTE)
        assert len(seen) > 2
        assert sorted(vendors.arrivals("reach")) == ["reach/2/escalate/1/alice/1", "reach/3/escalate/1/alice/1"]
        assert vendors.arrivals("escalate") == []
        await live.at(11 * MINUTE)
        assert vendors.arrivals("escalate") == ["escalate/2/bob/1"]
