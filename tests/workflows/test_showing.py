"""What lists show is written when it changes, not when a message is on its way for a moment."""

import asyncio
from datetime import datetime, timedelta

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.testing import WorkflowEnvironment

from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import COMMS, Live, Vendors, company, firing, incident, opening, rate_limited, works
from workflows.durable import deliveries, showing
from workflows.durable import search_attributes as known
from workflows.durable.deliveries import SharedDestination
from workflows.incident import IncidentWorkflow
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.views.coming_duties import COMING_MEMO, ComingDuties
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
    """When the next duty is due, as a list shows it at this moment of the incident's time."""
    run = await live.handle.describe()
    ahead: ComingDuties | None = await run.memo_value(COMING_MEMO, None, type_hint=ComingDuties)
    if ahead is None:
        return run.typed_search_attributes.get(known.NEXT_DUTY_AT)
    coming = ahead.next(await live.environment.get_current_time(live.handle))
    return coming.at if coming else None


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


async def test_what_was_foreseen_is_written_by_nobody(
    temporal: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reminder falls due; what comes next is then the update itself."""
    monkeypatch.setattr(showing, "ARRIVES_WITHIN", timedelta(seconds=HANGS_AFTER_S))
    vendors = Vendors()
    async with incident(temporal, vendors, opening()) as live:
        await live.at(2 * MINUTE)
        await live.handle.execute_update("acknowledge", {"by": "Alice"})
        for role in company().severities["sev1"].roles:
            await live.handle.execute_update("assign_role", {"role": role, "person": "Bob", "by": "Alice"})
        await live.handle.execute_update("post_update", {"by": "Alice", "text": "looking"})
        await live.at(3 * MINUTE)
        before = await written(live)
        await live.at(16 * MINUTE)
        assert await written(live) == before
        assert await listed(live) == min(line.at for line in (await live.plan()).lines)
    assert [key for key in vendors.arrivals() if key.startswith("remind")]


async def test_what_becomes_of_an_opening_is_written_with_its_last_answer(
    temporal: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First how it was declared; then the tier that was called, what the public reads, and what comes next."""
    monkeypatch.setattr(showing, "ARRIVES_WITHIN", timedelta(seconds=HANGS_AFTER_S))
    before = {duty_key(DutyKind.ESCALATE, "on-call", tier=1), duty_key(DutyKind.PUBLISH, "investigating")}

    async def the_chat_last(send: Send, attempt: int) -> Receipt:
        """When the turns are over in which the page was heard of, and the status page."""
        if deliveries.delivery(send.effect).destination is SharedDestination.CHAT:
            handle = temporal.client.get_workflow_handle_for(IncidentWorkflow.run, activity.info().workflow_id or "")
            async with asyncio.timeout(HANGS_AFTER_S):
                while not before <= (await handle.query(IncidentWorkflow.state)).incident.settled.keys():
                    await asyncio.sleep(0.05)
        return await works(send, attempt)

    vendors = Vendors(answers=dict.fromkeys(COMMS, the_chat_last))
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
