"""What lists show is written when it changes, not when a message is on its way for a moment."""

import asyncio
from datetime import datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.testing import WorkflowEnvironment

from tests.workflows.incidents import COMMS, Live, Vendors, firing, incident, opening, rate_limited, works
from workflows.durable import search_attributes as known
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.views.standing import urgency

MINUTE = timedelta(minutes=1)
WRITTEN = (
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
)
NEVER = rate_limited(20 * MINUTE, times=10_000)


async def written(live: Live) -> int:
    """How often something was."""
    return sum(event.event_type in WRITTEN for event in (await live.handle.fetch_history()).events)


async def listed(live: Live) -> datetime | None:
    return (await live.handle.describe()).typed_search_attributes.get(known.NEXT_DUTY_AT)


async def test_a_burst_of_alerts_is_written_once(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening(), alerts=(firing(),)) as live:
        await live.at(1 * MINUTE)
        before = await written(live)
        for number in range(10):
            await live.handle.signal("note", {"text": f"looking at {number}"})
            await live.handle.signal("alert", {"alerts": [firing(f"f-{number}").model_dump(mode="json")]})
        assert (await live.status()).incident.alerts_total == 11
        assert await written(live) <= before + 2  # that they joined is told a minute later


async def test_a_page_and_all_that_is_said_of_it_is_written_once(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening()) as live:
        await live.at(6 * MINUTE)
        before = await written(live)
        await live.at(11 * MINUTE)
        assert await written(live) == before + 1
        assert await listed(live) == min(line.at for line in (await live.plan()).lines)
    assert len(vendors.arrivals("repeat")) == 1


async def test_what_becomes_of_an_opening_is_written_with_its_last_answer(temporal: WorkflowEnvironment) -> None:
    """First how it was declared; then the tier that was called, what the public reads, and what comes next."""

    async def in_its_turn(send: Send, attempt: int) -> Receipt:
        await asyncio.sleep({"page": 0.1, "publish": 0.2}.get(send.effect.kind, 0.4))
        return await works(send, attempt)

    vendors = Vendors(answers=dict.fromkeys(("page", *COMMS), in_its_turn))
    async with incident(temporal, vendors, opening()) as live:
        await live.at(1 * MINUTE)
        shown, standing = await listed(live), await (await live.handle.describe()).memo_value("standing")
        tier = (await live.handle.describe()).typed_search_attributes.get(known.TIER)
        assert await written(live) == 4  # twice the attributes and the memo
        assert shown == min(line.at for line in (await live.plan()).lines)
    assert (tier, standing["public"]) == (1, "investigating")


async def test_what_became_of_a_page_is_listed_while_no_message_gets_through(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(answers=dict.fromkeys(COMMS, NEVER)), opening()) as live:
        await live.at(1 * MINUTE)
        shown = (await live.handle.describe()).typed_search_attributes
    assert shown.get(known.TIER) == 1


async def test_what_somebody_does_is_listed_while_a_message_hangs(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors(answers=dict.fromkeys(COMMS, NEVER))
    async with incident(temporal, vendors, opening()) as live:
        await live.handle.execute_update("acknowledge", {"by": "Alice"})
        found = await live.handle.describe()
    assert found.typed_search_attributes.get(known.URGENCY) == urgency("sev1", acknowledged=True)
    assert (await found.memo_value("standing"))["acknowledged_by"] == "Alice"


async def test_a_page_that_does_not_get_through_stays_listed_with_its_time(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(answers={"page": NEVER}), opening()) as live:
        await live.at(1 * MINUTE)
        assert await listed(live) == (await live.status()).incident.declared_at


async def test_a_message_that_does_not_get_through_is_listed_from_the_next_turn_on(
    temporal: WorkflowEnvironment,
) -> None:
    async with incident(temporal, Vendors(), opening()) as live:
        await live.at(1 * MINUTE)
        live.vendors.answers |= dict.fromkeys(COMMS, NEVER)
        await live.handle.execute_update("assign_role", {"role": "commander", "person": "Bob", "by": "Alice"})
        said_at = (await live.status()).incident.timeline[-1].at
        await live.at(6 * MINUTE)
        found = await listed(live)
    assert found is not None
    assert found <= said_at
