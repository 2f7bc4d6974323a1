"""One canary a minute, for years: the incidents stay in sight, and when the gateway was away stays known."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs
from temporalio.client import Client, WorkflowExecution
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from starter.temporal import canaries as canaries_module
from starter.temporal.canaries import CANARY, PRESENCE, Canaries
from starter.temporal.incidents import Incidents
from starter.temporal.results import NobodyWorks
from tests.patience import HANGS_AFTER_S
from tests.starter.test_serve import Song
from workflows.policy.watches.heartbeat import AWAY_AFTER, GatewayPresence
from workflows.queues import WORKFLOW_QUEUE


@pytest.fixture
def canaries(incidents: Incidents, monkeypatch: pytest.MonkeyPatch) -> Canaries:
    monkeypatch.setattr(canaries_module, "KEPT", timedelta())
    return Canaries(incidents.connection)


@pytest.fixture
async def worker(client: Client) -> AsyncIterator[None]:
    async with Worker(client, task_queue=WORKFLOW_QUEUE, workflows=[Song], workflow_runner=UnsandboxedWorkflowRunner()):
        yield


async def listed(client: Client) -> list[WorkflowExecution]:
    return [each async for each in client.list_workflows(f"WorkflowId = '{CANARY}'")]


async def sent_before(client: Client, presence: GatewayPresence) -> None:
    """A canary that stands still: without a worker, or of a gateway that has died since."""
    handle = await client.start_workflow("canary", id=CANARY, task_queue="nobody", memo={PRESENCE: presence})
    await handle.terminate()


@pytest.mark.usefixtures("worker")
async def test_canaries_that_have_come_back_do_not_pile_up_in_temporals_list(
    canaries: Canaries, client: Client
) -> None:
    async with asyncio.timeout(HANGS_AFTER_S):
        for count in range(1, 4):
            await canaries.send()
            while len(await listed(client)) < count:
                await asyncio.sleep(0.02)
        await canaries.send()
        while len(await listed(client)) > 1:  # the server takes half a minute to delete
            await asyncio.sleep(0.2)
    (left,) = await listed(client)
    assert await left.memo_value(PRESENCE, type_hint=GatewayPresence)


@pytest.mark.usefixtures("worker")
async def test_the_last_few_minutes_stay(incidents: Incidents, client: Client) -> None:
    for _ in range(3):
        await Canaries(incidents.connection).send()
    async with asyncio.timeout(HANGS_AFTER_S):
        while len(await listed(client)) < 3:
            await asyncio.sleep(0.02)


async def test_one_that_does_not_come_back_deletes_nothing(
    canaries: Canaries, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canaries_module, "CANARY_LIVES", timedelta(seconds=1))
    await sent_before(client, GatewayPresence())
    with pytest.raises(NobodyWorks):
        await canaries.send()
    async with asyncio.timeout(HANGS_AFTER_S):
        while len(await listed(client)) < 2:
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("worker")
async def test_a_server_that_deletes_nothing_does_not_stop_it(
    canaries: Canaries, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canaries_module, "SWEPT_WITHIN", timedelta())
    with capture_logs() as logs:
        await canaries.send()
    assert [entry["event"] for entry in logs] == ["old canaries stay in Temporal's list"]


class TestPresence:
    async def test_nobody_has_shown_itself_before_the_first(self, canaries: Canaries) -> None:
        assert await canaries.presence() == GatewayPresence()

    @pytest.mark.usefixtures("worker")
    async def test_an_absence_stays_known_when_what_came_before_it_is_deleted(
        self, canaries: Canaries, client: Client
    ) -> None:
        before = datetime.now(UTC) - 2 * AWAY_AFTER
        await sent_before(client, GatewayPresence(sign_at=before))
        await canaries.send()
        first = await canaries.presence()
        await canaries.send()
        second = await canaries.presence()
        assert (first.away_from, first.back_at) == (before, first.sign_at)
        assert (second.away_from, second.back_at) == (before, first.sign_at)
        assert first.sign_at
        assert second.sign_at
        assert second.sign_at > first.sign_at

    async def test_a_gateway_shows_itself_without_any_worker(
        self, canaries: Canaries, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(canaries_module, "CANARY_LIVES", timedelta(seconds=1))
        before = datetime.now(UTC)
        with pytest.raises(NobodyWorks):
            await canaries.send()
        sign_at = (await canaries.presence()).sign_at
        assert sign_at
        assert sign_at >= before

    @pytest.mark.usefixtures("worker")
    async def test_a_memo_that_nobody_can_read_holds_up_none(self, canaries: Canaries, client: Client) -> None:
        handle = await client.start_workflow("canary", id=CANARY, task_queue="nobody", memo={PRESENCE: "?"})
        await handle.terminate()
        await canaries.send()
        assert (await canaries.presence()).sign_at
