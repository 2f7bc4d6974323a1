"""A bug of ours fails the workflow task, where it is seen, until it is mended; and sends nothing twice (rule 27)."""

import asyncio
from types import ModuleType
from unittest.mock import patch

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.testing import WorkflowEnvironment

from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import Live, Vendors, incident, opening
from workflows.durable import published, sending
from workflows.policy import engine
from workflows.policy.reducers import root, settling
from workflows.texts import render

FIRST_PAGE = "escalate/1/on-call/1"

BROKEN: list[tuple[str, ModuleType, str]] = [
    ("the fold of a page that was sent", settling, "paged"),
    ("the fold of one that begins", settling, "_ring"),
    ("the fold of what somebody says", root, "remember"),
    ("the plan", engine, "split"),
    ("the words of a message", render, "_fill"),
    ("what is ordered of an activity", sending, "prepared"),
    ("what comes back from one", sending, "EffectSettled"),
    ("the waiting for the next moment", workflow, "sleep"),
    ("what Temporal shows of it", published, "tier_reached"),
]


async def has_failed(live: Live) -> None:
    """A workflow task has."""
    async with asyncio.timeout(HANGS_AFTER_S):
        while True:
            history = await live.handle.fetch_history()
            if any(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED for event in history.events):
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(("what", "module", "name"), BROKEN, ids=[row[0] for row in BROKEN])
async def test_what_raises_fails_the_task_and_rings_nobody_twice(
    temporal: WorkflowEnvironment, what: str, module: ModuleType, name: str
) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening()) as live:
        with patch.object(module, name, side_effect=KeyError(f"a bug in {what}")):
            await live.handle.signal("note", {"text": "hm", "id": "1"})
            await has_failed(live)
            assert vendors.attempts.count(FIRST_PAGE) <= 1


async def test_once_it_is_mended_all_goes_on_and_nobody_was_rung_twice(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening()) as live:
        with patch.object(settling, "paged", side_effect=KeyError("a bug in the fold")):
            await has_failed(live)
            await asyncio.sleep(0.5)  # in which it rang some fifty times
        async with asyncio.timeout(HANGS_AFTER_S):
            while not any(text.startswith("paged ") for text in await live.timeline()):
                await asyncio.sleep(0.1)
    assert vendors.attempts.count(FIRST_PAGE) == 1
