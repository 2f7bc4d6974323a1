"""What falls due together for one destination is attempted as one activity; each ends by itself (rules 2 to 5)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from temporalio.api.enums.v1 import EventType
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import (
    Answer,
    Live,
    Vendors,
    firing,
    incident,
    opening,
    performing,
    worker,
    works,
)
from worker.hosting import runner
from workflows.cancelled_episodes import CancelledEpisodesWorkflow
from workflows.durable import deliveries
from workflows.durable.batches import TOGETHER, SendBatch
from workflows.incident import IncidentWorkflow
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.queues import HELD_UP, MESSAGES
from workflows.review import ReviewWorkflow

MINUTE = timedelta(minutes=1)


async def priorities(live: Live) -> dict[str, list[int]]:
    """Of each send, in the order in which it was begun; 0 is Temporal's own."""
    found = dict[str, list[int]]()
    for event in (await live.handle.fetch_history()).events:
        begun = event.activity_task_scheduled_event_attributes
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            read = live.environment.client.data_converter.payload_converter.from_payload
            payload, together = begun.input.payloads[0], begun.activity_type.name == TOGETHER
            for send in read(payload, SendBatch).sends if together else (read(payload, Send),):
                found.setdefault(send.key, []).append(begun.priority.priority_key)
    return found


async def activities(live: Live) -> list[str]:
    """Their names, as they were scheduled."""
    history = await live.handle.fetch_history()
    return [
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    ]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(HANGS_AFTER_S):
        while not true():
            await asyncio.sleep(0.02)


def one_of_many(key: str, answer: Answer) -> Answer:
    async def answered(send: Send, attempt: int) -> Receipt:
        return await (answer if send.key == key else works)(send, attempt)

    return answered


async def test_a_page_goes_alone_and_first_and_what_the_chat_is_told_goes_together(
    temporal: WorkflowEnvironment,
) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening(), alerts=(firing(),)) as live:
        await live.at(1 * MINUTE)
        begun = await activities(live)
        said = [send.key for send in vendors.arrived if send.effect.kind in ("post", "checklist", "nag", "channel")]
    assert begun[:2] == ["page", "send_together"]
    assert begun.count("page") == len(vendors.arrivals("escalate")) == 1
    assert len(said) >= 5
    assert len([name for name in begun if name in ("send_together", "post", "open_channel")]) <= 4


async def test_the_status_page_and_the_documents_are_one_activity_and_neither_fails_with_the_other(
    temporal: WorkflowEnvironment,
) -> None:
    async def refuses(send: Send, attempt: int) -> Receipt:
        raise ApplicationError("the document store says no", type="Rejected", non_retryable=True)

    vendors = Vendors(answers={"write_document": refuses})
    async with incident(temporal, vendors, opening()) as live:
        await live.at(1 * MINUTE)
        beside, settled = await travelled_with(live, "publish/investigating/1"), (await live.status()).incident.settled
    assert beside == ["duty/incident-document/1", "publish/investigating/1"]
    assert settled[duty_key(DutyKind.PUBLISH, "investigating")].outcome == "done"
    assert settled[duty_key(DutyKind.DUTY, "incident-document")].outcome == "rejected"


async def test_what_recurs_at_the_moment_of_a_page_travels_with_what_is_said_of_that_page(
    temporal: WorkflowEnvironment,
) -> None:
    """An update is overdue at the moment of a page, and the card shows what became of it."""
    async with incident(temporal, Vendors(), opening()) as live:
        await live.at(31 * MINUTE)
        keys = await travelled_with(live, "update/channel/1800")
    assert "nag/roles/1800" in keys
    assert any(key.startswith("card/") for key in keys)


async def travelled_with(live: Live, key: str) -> list[str]:
    """What was sent in the same activity."""
    read = live.environment.client.data_converter.payload_converter.from_payload
    for event in (await live.handle.fetch_history()).events:
        begun = event.activity_task_scheduled_event_attributes
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED and begun.activity_type.name == TOGETHER:
            keys = [send.key for send in read(begun.input.payloads[0], SendBatch).sends]
            if key in keys:
                return keys
    return []


async def test_one_that_is_rejected_costs_its_neighbours_nothing(temporal: WorkflowEnvironment) -> None:
    async def refuses(send: Send, attempt: int) -> Receipt:
        raise ApplicationError("Slack says channel_not_found", type="Rejected", non_retryable=True)

    vendors = Vendors(answers={"post": one_of_many("duty/war-room/1", refuses)})
    async with incident(temporal, vendors, opening()) as live:
        await live.at(1 * MINUTE)
        timeline = await live.timeline()
    assert {"declaration/1", "channel/1", "declaration/channel/1"} <= set(vendors.arrivals())
    assert vendors.attempts.count("duty/war-room/1") == 1
    assert any("channel_not_found" in line for line in timeline)


async def test_one_that_does_not_get_through_goes_on_by_itself_and_holds_up_nobody(
    temporal: WorkflowEnvironment,
) -> None:
    async def later(send: Send, attempt: int) -> Receipt:
        if attempt == 1:
            raise ApplicationError("Slack says ratelimited", type="Unavailable", next_retry_delay=20 * MINUTE)
        return await works(send, attempt)

    vendors = Vendors(answers={"post": one_of_many("duty/war-room/1", later)})
    async with incident(temporal, vendors, opening()) as live:
        await live.at(19 * MINUTE)
        before, settled = vendors.arrivals(), (await live.status()).incident.settled
        await live.at(21 * MINUTE)
    assert {"declaration/1", "channel/1", "declaration/channel/1"} <= set(before)
    assert {"declaration", "channel"} <= settled.keys()
    assert "duty/war-room/1" not in before
    assert vendors.attempts.count("duty/war-room/1") == 2  # it is not asked again before it says
    (war_room,) = [send for send in vendors.arrived if send.key == "duty/war-room/1"]
    assert war_room.again


async def test_a_worker_that_dies_in_the_middle_leaves_each_to_be_looked_for(temporal: WorkflowEnvironment) -> None:
    async def hangs(send: Send, attempt: int) -> Receipt:
        return await asyncio.sleep(HANGS_AFTER_S, Receipt())

    dying, healthy = Vendors(answers={"open_channel": hangs}), Vendors()
    async with incident(temporal, dying, opening(), with_worker=False) as live:
        async with worker(temporal, dying):
            await until(lambda: "declaration/1" in dying.arrivals())
        async with worker(temporal, healthy):
            await until(lambda: {"declaration/1", "channel/1"} <= set(healthy.arrivals()))
            await live.handle.terminate()
    again = [send for send in healthy.arrived if send.key in ("declaration/1", "channel/1")]
    assert len(again) == 2
    assert all(send.again and send.first_started_at for send in again)


@asynccontextmanager
async def deciding(environment: WorkflowEnvironment) -> AsyncIterator[None]:
    """Workflows run, and nothing is sent."""
    workflows = [IncidentWorkflow, CancelledEpisodesWorkflow, ReviewWorkflow]
    async with Worker(environment.client, task_queue="tocsin", workflows=workflows, workflow_runner=runner()):
        yield


async def test_what_is_withdrawn_before_it_is_sent_takes_nothing_along(temporal: WorkflowEnvironment) -> None:
    before, after = Vendors(), Vendors()
    async with incident(temporal, before, opening(), with_worker=False) as live:
        async with worker(temporal, before):
            await live.at(29 * MINUTE)
        async with deciding(temporal):
            await live.at(30 * MINUTE + timedelta(seconds=10))  # with it a page is due, which nobody takes
            begun = {line.duty for line in (await live.plan()).lines if line.state == "in flight"}
            for role in ("commander", "technical-lead", "communications-lead", "scribe"):
                await live.handle.execute_update("assign_role", {"role": role, "person": "Bob", "by": "Alice"})
            async with performing(temporal.client, after):
                await until(lambda: "update/channel/1800" in after.arrivals())
                turns = await priorities(live)
                await live.handle.terminate()
    assert {"nag/roles", "update/channel"} <= begun
    assert after.arrivals("nag/roles") == []
    assert after.arrivals().count("update/channel/1800") == 1
    first, again = turns["update/channel/1800"]
    assert (first, again) == (MESSAGES.priority_key, HELD_UP.priority_key)  # not to the end of the queue


async def test_what_nobody_takes_for_hours_is_told_as_undelivered_one_by_one(temporal: WorkflowEnvironment) -> None:
    at_once = replace(deliveries.COMMS, give_up_after=timedelta(seconds=1))
    rows = {name: replace(getattr(deliveries, name), policy=at_once) for name in ("POST", "OPEN_CHANNEL")}
    async with incident(temporal, Vendors(), opening(), with_worker=False) as live:
        with patch.multiple(deliveries, **rows):
            async with deciding(temporal), asyncio.timeout(HANGS_AFTER_S):
                while not {"declaration", "channel"} <= (settled := (await live.status()).incident.settled).keys():
                    await asyncio.sleep(0.1)
            await live.handle.terminate()
    kinds = (DutyKind.DECLARATION, DutyKind.CHANNEL)
    assert [settled[duty_key(kind)].outcome for kind in kinds] == ["undelivered", "undelivered"]


async def test_only_the_first_that_is_ever_sent_to_the_status_page_is_not_looked_for(
    temporal: WorkflowEnvironment,
) -> None:
    async def refuses(send: Send, attempt: int) -> Receipt:
        raise ApplicationError("the status page says no", type="Rejected", non_retryable=True)

    vendors, seen = Vendors(), list[tuple[str, bool]]()

    async def remembered(send: Send, attempt: int) -> Receipt:
        seen.append((send.key, send.nothing_there))
        return await (refuses if len(seen) == 1 else works)(send, attempt)

    vendors.answers["publish"] = remembered
    async with incident(temporal, vendors, opening()) as live:
        await live.at(1 * MINUTE)
        words = {"by": "Alice", "text": "we know what it is", "public": True, "phase": "identified"}
        await live.handle.execute_update("post_update", words)
        await live.at(2 * MINUTE)
    assert [nothing for _, nothing in seen] == [True, False]
