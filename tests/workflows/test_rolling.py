"""A change of code that is rolled out under live incidents of every stage: no timer is lost, and no task fails.

Under a hundred of them: `PER_STAGE=10 .venv/bin/pytest -n 0 tests/workflows/test_rolling.py`
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from temporalio.api.enums.v1 import EventType, TimeoutType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.testing import WorkflowEnvironment

from tests.workflows.changed_code import ONE_MORE
from tests.workflows.incidents import Live, Vendors, about, firing, incident, opening, performing
from workflows.policy.runbook.names import SeverityName

MINUTE = timedelta(minutes=1)
SECOND_TIER = "escalate/2/vp-engineering/1"


def has_failed(event: HistoryEvent) -> bool:
    """Not: it waited in vain for the worker that had it in memory, and went to another (`STICKY_TIMEOUT`)."""
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        kind = event.workflow_task_timed_out_event_attributes.timeout_type
        return kind != TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START
    return event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED


@asynccontextmanager
async def release(temporal: WorkflowEnvironment, name: str) -> AsyncIterator[None]:
    """A worker process, which ends as a deploy ends it."""
    address = temporal.client.service_client.config.target_host
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.workflows.rolled", address, name), stdout=PIPE
    )
    assert process.stdout is not None
    while b"working" not in await process.stdout.readline():
        assert process.returncode is None
    yield
    process.terminate()
    await process.wait()


async def acknowledged(live: Live) -> None:
    await live.handle.execute_update("acknowledge", {"by": "Alice"})


async def updated(live: Live) -> None:
    await acknowledged(live)
    await live.handle.execute_update("post_update", {"by": "Alice", "text": "found it", "phase": "identified"})


async def mitigated(live: Live) -> None:
    await updated(live)
    await live.handle.execute_update("mitigate", {"by": "Alice"})


async def resolved(live: Live) -> None:
    await live.handle.execute_update("resolve", {"by": "Alice", "text": "rolled back"})


async def raised(live: Live) -> None:
    await live.handle.execute_update("change_severity", {"severity": "sev1"})


async def cancelled(live: Live) -> None:
    await live.handle.execute_update("cancel", {"by": "Alice"})


async def only_opened(live: Live) -> None: ...


STAGES: list[tuple[SeverityName, timedelta, Callable[[Live], Awaitable[None]]]] = [
    ("sev1", timedelta(), only_opened),
    ("sev1", 6 * MINUTE, only_opened),
    ("sev1", 31 * MINUTE, only_opened),
    ("sev1", 6 * MINUTE, acknowledged),
    ("sev1", 6 * MINUTE, updated),
    ("sev1", 6 * MINUTE, mitigated),
    ("sev1", 20 * MINUTE, resolved),
    ("sev2", 6 * MINUTE, raised),
    ("sev1", 6 * MINUTE, cancelled),
    ("sev4", 6 * MINUTE, only_opened),
] * int(os.environ.get("PER_STAGE", "1"))


async def test_a_rolling_change_loses_no_timer_and_fails_no_task(temporal: WorkflowEnvironment) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(performing(temporal.client, together := Vendors()))
        lives = [
            await stack.enter_async_context(
                incident(temporal, together, opening(severity), alerts=(firing(),), with_worker=False)
            )
            for severity, _, _ in STAGES
        ]
        async with release(temporal, "this"):
            for live, (_, at, step) in zip(lives, STAGES, strict=True):
                await live.at(at) if at else None
                await step(live)
            before = [await live.sends() for live in lives]
            async with release(temporal, "next"):
                pass
        async with release(temporal, "next"):
            for live, (_, at, _) in zip(lives, STAGES, strict=True):
                await live.at(at + 35 * MINUTE)
            after = [await live.sends() for live in lives]
        histories = [await live.handle.fetch_history() for live in lives]
    failures = [event for history in histories for event in history.events if has_failed(event)]
    assert [str(event)[:700] for event in failures] == []
    for was, now, (severity, began, step) in zip(before, after, STAGES, strict=True):
        second = [(at, key) for at, key in now if key == SECOND_TIER]
        if severity == "sev1" and step is only_opened:
            assert second == [(about(1800), SECOND_TIER)], began
        if step in (resolved, cancelled):
            assert second == [], began
        assert len(now) >= len(was)
        assert not any(key.startswith(ONE_MORE) for _, key in now)  # each goes on as it was begun
