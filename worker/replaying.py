"""Tries this code on what runs already: downloads histories and replays them (docs/deploys.md)."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Literal

from temporalio.client import Client, WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.service import RPCError
from temporalio.worker import Replayer

from starter.temporal.live_runs import LiveRun
from starter.temporal.results import Result
from starter.temporal.task_failures import of_replay
from worker.hosting import runner
from worker.registry import WORKFLOWS

DOWNLOADS_AT_ONCE = 8
DOWNLOADED_WITHIN = timedelta(seconds=30)
REPLAYED_WITHIN = timedelta(minutes=2)

Tried = Callable[[int], None]
"""Is told how many have been tried so far."""


class ReplayVerdict(Result):
    """What this code makes of one run."""

    run: LiveRun
    outcome: Literal["replays", "breaks", "unread"]
    why: str = ""


class _HistoryUnread(Exception):
    """It cannot be tried; the message says why."""


async def replay(client: Client, runs: Sequence[LiveRun], tried: Tried) -> list[ReplayVerdict]:
    """A verdict on each, in their order. Raises nothing: what cannot be read takes nothing else along."""
    trial = _Trial(client)
    places = asyncio.Semaphore(DOWNLOADS_AT_ONCE)
    verdicts: list[ReplayVerdict] = []

    async def one(run: LiveRun) -> ReplayVerdict:
        async with places:
            verdict = await trial.verdict(run)
        verdicts.append(verdict)
        tried(len(verdicts))
        return verdict

    with _only_the_verdict_is_said():
        return list(await asyncio.gather(*(one(run) for run in runs)))


class _Trial:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._runtime = Runtime(telemetry=TelemetryConfig(logging=None))
        self._turn = asyncio.Lock()
        """Replaying is this process's own work: of several at once, each would look like a deadlock to the SDK."""

    async def verdict(self, run: LiveRun) -> ReplayVerdict:
        if run.type not in WORKFLOWS:  # one that no worker has begun yet would replay all the same
            return ReplayVerdict(run=run, outcome="breaks", why=f"this code knows no workflow of the type {run.type}")
        try:
            history = await self._download(run)
            async with self._turn:
                why = await self._replayed(history)
        except _HistoryUnread as unread:
            return ReplayVerdict(run=run, outcome="unread", why=str(unread))
        return ReplayVerdict(run=run, outcome="breaks" if why else "replays", why=why)

    async def _download(self, run: LiveRun) -> WorkflowHistory:
        handle = self._client.get_workflow_handle(run.workflow_id, run_id=run.run_id)
        try:
            async with asyncio.timeout(DOWNLOADED_WITHIN.total_seconds()):
                history = await handle.fetch_history()
        except TimeoutError:
            raise _HistoryUnread("Temporal did not send its history in time: try again") from None
        except RPCError as error:
            raise _HistoryUnread(f"Temporal does not give its history: {error.message}") from None
        if [event.event_id for event in history.events] != list(range(1, len(history.events) + 1)):
            raise _HistoryUnread("its history has gaps")  # it would make the replayer wait without end
        return history

    async def _replayed(self, history: WorkflowHistory) -> str:
        """Why it does not go on; empty if it does."""
        replayer = Replayer(
            workflows=list(WORKFLOWS.values()),
            namespace=self._client.namespace,
            data_converter=self._client.data_converter,
            workflow_runner=runner(),
            runtime=self._runtime,
        )
        try:
            async with asyncio.timeout(REPLAYED_WITHIN.total_seconds()):
                result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        except TimeoutError:
            return "this code does not come to an end with it"
        return of_replay(str(result.replay_failure)) if result.replay_failure else ""


@contextmanager
def _only_the_verdict_is_said() -> Iterator[None]:
    """The SDK logs each failure with a traceback."""
    logger = logging.getLogger("temporalio")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
