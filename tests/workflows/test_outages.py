"""What a failing vendor does to an incident: pages leave on time, whatever else is down (rules 2, 3, 4, 5)."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import (
    COMMS,
    Answer,
    Vendors,
    about,
    firing,
    incident,
    opening,
    rate_limited,
    rejects,
    worker,
    works,
)
from workflows.incident import IncidentWorkflow
from workflows.policy.effects.effects import Post, Receipt, Send, Ticket
from workflows.policy.views.results import IncidentInput

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("retry_after", [20 * MINUTE, 60 * MINUTE])
async def test_pages_leave_on_time_while_chat_asks_to_come_back_later(
    temporal: WorkflowEnvironment, retry_after: timedelta
) -> None:
    vendors = Vendors(answers=dict.fromkeys(COMMS, rate_limited(retry_after)))
    async with incident(temporal, vendors, opening()) as live:
        await live.at(31 * MINUTE)
        pages = [(at, key) for at, key in await live.sends() if key.startswith(("escalate", "overdue"))]
    assert pages == [
        (about(0), "escalate/1/on-call/1"),
        (about(300), "overdue/1/on-call/1"),
        (about(1800), "escalate/2/vp-engineering/1"),
    ]


async def test_what_chat_missed_arrives_once_when_it_is_back(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors(answers=dict.fromkeys(COMMS, rate_limited(20 * MINUTE)))
    async with incident(temporal, vendors, opening()) as live:
        await live.at(29 * MINUTE)
    arrived = vendors.arrivals()
    assert arrived.count("declaration/1") == 1
    assert arrived.count("channel/1") == 1
    assert "update/channel/900" not in arrived or arrived.count("update/channel/900") == 1
    assert len(arrived) == len(set(arrived))


async def test_a_rejected_page_calls_the_next_tier_at_once_and_says_so(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors(answers={"page": _rejects("on-call")})
    async with incident(temporal, vendors, opening()) as live:
        await live.at(1 * MINUTE)
        pages = [(at, key) for at, key in await live.sends() if key.startswith("escalate")]
        said = [send.text for send in vendors.arrived if send.effect.kind == "post"]
    assert pages == [(about(0), "escalate/1/on-call/1"), (about(0), "escalate/2/vp-engineering/1")]
    assert any("On-call Engineer could not be paged" in text for text in said)


async def test_a_page_that_does_not_get_through_calls_the_next_tier_and_goes_on_trying(
    temporal: WorkflowEnvironment,
) -> None:
    vendors = Vendors(answers={"page": _fails_for("on-call", times=20)})
    async with incident(temporal, vendors, opening()) as live:
        await live.at(4 * MINUTE)
        pages = [(at, key) for at, key in await live.sends() if key.startswith(("escalate/2", "fallback"))]
    assert pages == [(about(120), "escalate/2/vp-engineering/1"), (about(120), "fallback/escalate/1/on-call/1")]
    assert "escalate/1/on-call/1" in vendors.arrivals()


async def test_acknowledging_withdraws_a_page_that_is_on_its_way_before_it_hushes_it(
    temporal: WorkflowEnvironment,
) -> None:
    vendors = Vendors(answers={"page": _fails_for("on-call", times=10_000)})
    async with incident(temporal, vendors, opening()) as live:
        await live.at(1 * MINUTE)
        await live.handle.execute_update("acknowledge", {"by": "Alice"})
        async with asyncio.timeout(HANGS_AFTER_S):
            while not vendors.arrivals("hush"):
                await live.at(live.passed + timedelta(seconds=1))
        timeline = await live.timeline()
    withdrawn = timeline.index("withdrew the page to On-call Engineer")
    assert timeline.index("Alice acknowledged, 1m after declaration") < withdrawn
    assert vendors.arrivals("hush") == ["hush/acknowledged/escalate/1/on-call/1/1"]
    assert vendors.arrivals("escalate") == []


async def test_when_the_channel_is_refused_messages_go_to_the_thread(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors(answers={"open_channel": rejects})
    async with incident(temporal, vendors, opening(), alerts=(firing(),)) as live:
        await live.at(6 * MINUTE)
    told = [send for send in vendors.arrived if send.key.startswith("tell/")]
    assert told
    places = {(send.effect.to.channel, send.effect.to.thread) for send in told if send.effect.kind == "post"}
    assert ("C1", "declaration/1") in places


async def test_a_status_page_that_refuses_us_is_handed_to_the_role_that_owes_it(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors(answers={"publish": rejects})
    async with incident(temporal, vendors, opening()) as live:
        await live.at(1 * MINUTE)
    by_hand = [send.text for send in vendors.arrived if "by hand: status page" in send.text]
    assert len(by_hand) == 1


@pytest.mark.parametrize("kind", ["Unconnected", "Rejected"])
async def test_a_ticket_that_cannot_be_filed_is_handed_with_its_text_to_the_role_that_owes_it(
    temporal: WorkflowEnvironment, kind: str
) -> None:
    async def refuses(send: Send, attempt: int) -> Receipt:
        raise ApplicationError("Jira is away", type=kind, non_retryable=True)

    vendors = Vendors(answers={"file_ticket": refuses})
    async with incident(temporal, vendors, opening("sev3")) as live:
        await live.at(1 * MINUTE)
    (asked,) = [send for send in vendors.arrived if "by hand: ticket" in send.text]
    assert "ticket, to JIRA (Jira is away)" in asked.text
    assert "SEV-3: Checkout fails" in asked.text
    assert isinstance(asked.effect, Post)
    assert asked.effect.mention == ("on-call",)


async def test_a_ticket_that_was_opened_is_closed_with_the_resolution(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening("sev3")) as live:
        await live.at(10 * MINUTE)
        await live.handle.signal("resolve", {"by": "Alice"})
        await live.at(12 * MINUTE)
    found = [send.effect for send in vendors.arrived if isinstance(send.effect, Ticket)]
    assert [(effect.action, effect.ticket) for effect in found] == [("create", None), ("close", "C1:duty/ticket/1")]


def _rejects(person: str) -> Answer:
    async def answer(send: Send, attempt: int) -> Receipt:
        return await (rejects if getattr(send.effect, "to", "") == person else works)(send, attempt)

    return answer


def _fails_for(person: str, times: int) -> Answer:
    async def answer(send: Send, attempt: int) -> Receipt:
        if getattr(send.effect, "to", "") == person and attempt <= times:
            raise ApplicationError("PagerDuty answered 503", type="Unavailable")
        return await works(send, attempt)

    return answer


async def test_a_page_withdrawn_in_the_middle_of_an_attempt_that_fails_is_withdrawn_all_the_same(
    temporal: WorkflowEnvironment,
) -> None:
    vendors = Vendors(answers={"page": _fails_slowly("on-call")})
    async with incident(temporal, vendors, opening()) as live:
        async with asyncio.timeout(HANGS_AFTER_S):
            while not vendors.attempts:
                await asyncio.sleep(0.02)
        await live.handle.execute_update("acknowledge", {"by": "Alice"})
        async with asyncio.timeout(HANGS_AFTER_S):
            while "withdrew the page to On-call Engineer" not in await live.timeline():
                await asyncio.sleep(0.05)
        timeline = await live.timeline()
    assert not any("could not be paged" in line for line in timeline)


async def test_what_no_worker_did_is_late_from_the_start_and_not_from_the_first_turn(
    temporal: WorkflowEnvironment,
) -> None:
    vendors = Vendors()
    handle = await temporal.client.start_workflow(
        IncidentWorkflow.run, IncidentInput(opening=opening()), id="incident-test-late", task_queue="tocsin"
    )
    started_at = (await handle.describe()).start_time
    async with worker(temporal, vendors):
        status = await handle.query(IncidentWorkflow.state)
        assert abs(status.incident.declared_at - started_at) < timedelta(milliseconds=5)
        await handle.terminate()


def _fails_slowly(person: str) -> Answer:
    async def answer(send: Send, attempt: int) -> Receipt:
        if getattr(send.effect, "to", "") == person:
            await asyncio.sleep(0.5)
            raise ApplicationError("PagerDuty did not answer", type="Unavailable")
        return await works(send, attempt)

    return answer
