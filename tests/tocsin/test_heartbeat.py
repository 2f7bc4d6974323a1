"""`tocsin heartbeat`: what people say to heartbeats, and how these stand."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import eventually
from tests.tocsin.conftest import Tocsin
from worker.hosting import runner
from workflows.heartbeat import HeartbeatWorkflow
from workflows.policy.watches.heartbeat import Heartbeat
from workflows.queues import WORKFLOW_QUEUE


@pytest_asyncio.fixture
async def watching(client: Client) -> AsyncIterator[Heartbeats]:
    async with Worker(client, task_queue=WORKFLOW_QUEUE, workflows=[HeartbeatWorkflow], workflow_runner=runner()):
        yield Heartbeats(Incidents(client).connection)


ADD = ("heartbeat", "add", "backup", "--every", "1d", "--grace", "30m", "--severity", "sev2", "--service", "db")


async def test_one_is_added_paused_resumed_and_removed(tocsin: Tocsin, watching: Heartbeats) -> None:
    added = await tocsin(*ADD)
    assert (added.code, added.err) == (0, "")
    assert added.out.startswith("backup: overdue at ")
    assert "it has never beaten, expected every 1d" in added.out
    await eventually(watching.list)
    paused = await tocsin("heartbeat", "pause", "backup", "--for", "2h", "--json")
    assert json.loads(paused.out)["stands"].startswith("paused until ")
    listed = await tocsin("heartbeat", "list", "--json")
    (one,) = json.loads(listed.out)
    assert one["expected"] | {"paused_until": None} == {
        "name": "backup",
        "every": "P1D",
        "grace": "PT30M",
        "runbook": "acme",
        "severity": "sev2",
        "service": "db",
        "paused_until": None,
        "silent_since": None,
    }
    assert (await tocsin("heartbeat", "resume", "backup")).out.startswith("backup: overdue at ")
    assert (await tocsin("heartbeat", "list")).out.count("backup") == 1
    assert (await tocsin("heartbeat", "remove", "backup")).out == "backup is no longer expected\n"
    await eventually(watching.list, lambda found: not found)
    gone = await tocsin("heartbeat", "pause", "backup", "--for", "2h")
    assert (gone.code, gone.err) == (1, "there is no heartbeat 'backup': tocsin heartbeat add backup\n")


async def test_added_again_it_is_expected_as_said_last(tocsin: Tocsin, watching: Heartbeats) -> None:
    await tocsin(*ADD)
    again = await tocsin("heartbeat", "add", "backup", "--every", "2h")
    assert "expected every 2h" in again.out
    card = await eventually(lambda: watching.card("backup"), lambda card: card.severity == "sev2")
    assert card.service in ("", "db")
    assert (await eventually(lambda: watching.card("backup"), lambda card: card.service == "")).every.seconds == 7200


async def test_without_a_worker_it_is_recorded_and_said_that_nobody_watches(tocsin: Tocsin, client: Client) -> None:
    answer = await tocsin(*ADD)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "recorded; no worker is running: nothing is being watched or paged\n"
    listed = await tocsin("heartbeat", "list")
    assert "no worker is running: nobody is watching" in " ".join(listed.out.split())


async def test_a_list_waits_for_no_heartbeat_before_it_asks_the_next(
    tocsin: Tocsin, watching: Heartbeats, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("backup", "billing", "mail"):
        assert (await tocsin("heartbeat", "add", name, "--every", "1d")).code == 0
    await eventually(watching.list, lambda found: len(found) == 3)
    asked, state = asyncio.Barrier(3), Heartbeats.state

    async def answers_when_all_are_asked(self: Heartbeats, name: str) -> Heartbeat:
        async with asyncio.timeout(HANGS_AFTER_S):
            await asked.wait()
        return await state(self, name)

    monkeypatch.setattr(Heartbeats, "state", answers_when_all_are_asked)
    assert (await tocsin("heartbeat", "list")).out.count("expected every 1d") == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("add backup --every 5", "a duration is written like 15m"),
        ("add backup --every 5s", "must be at least 1m"),
        ("add Backup --every 5m", "name: String should match pattern"),
        ("add backup --every 5m --severity sev9", "severity"),
        ("add backup --every 5m --runbook nope", "there is no runbook 'nope'"),
        ("pause backup --for 32d", "duration"),
        ("pause backup", "Missing option '--for'"),
    ],
)
async def test_what_is_badly_put_is_one_line(tocsin: Tocsin, client: Client, words: str, says: str) -> None:
    answer = await tocsin("heartbeat", *words.split())
    assert (answer.code, answer.out) == (1, "")
    assert says in answer.err
