"""`tocsin silence`: what people say, and what they see."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from starter.temporal.incidents import Incidents
from starter.temporal.silences import Silences
from tests.starter.conftest import eventually
from tests.tocsin.conftest import Tocsin
from worker.hosting import runner
from workflows.queues import WORKFLOW_QUEUE
from workflows.silence import SilenceWorkflow


@pytest.fixture
def silences(client: Client) -> Silences:
    return Silences(Incidents(client).connection)


@pytest_asyncio.fixture
async def keeper(client: Client) -> AsyncIterator[Worker]:
    async with Worker(
        client, task_queue=WORKFLOW_QUEUE, workflows=[SilenceWorkflow], workflow_runner=runner()
    ) as running:
        yield running


ADD = ("silence", "add", "--match", "service=checkout", "--match", "alertname=~High.*", "--for", "2h", "--by", "Alice")


async def test_one_is_added_listed_and_ended(tocsin: Tocsin, silences: Silences, keeper: Worker) -> None:
    added = await tocsin(*ADD, "--reason", "moving the database", "--json")
    assert (added.code, added.err) == (0, "")
    one = json.loads(added.out)
    lasts = datetime.fromisoformat(one["ends_at"]) - datetime.fromisoformat(one["starts_at"])
    assert (lasts, one["by"], one["reason"]) == (timedelta(hours=2), "Alice", "moving the database")
    await eventually(silences.list)
    assert one["id"] in (await tocsin("silence", "list")).out
    (listed,) = json.loads((await tocsin("silence", "list", "--json")).out)
    assert (listed["silence"]["matchers"], listed["holds"]) == (one["matchers"], 0)
    ended = await tocsin("silence", "expire", one["id"])
    assert (ended.code, ended.out) == (0, f"silence {one['id']} has ended\n")
    await eventually(silences.list, lambda known: not known)
    again = await tocsin("silence", "expire", one["id"])
    assert (again.code, again.err) == (1, f"there is no silence '{one['id']}', or it has ended: tocsin silence list\n")


async def test_it_needs_no_worker_to_hold_but_one_to_let_go(tocsin: Tocsin, silences: Silences) -> None:
    added = await tocsin(*ADD, "--reason", "x")
    assert added.code == 0
    assert "holds service=checkout, alertname=~High.* until " in added.out
    (one,) = await eventually(silences.list)
    assert json.loads((await tocsin("silence", "list", "--json")).out)[0]["holds"] is None
    ended = await tocsin("silence", "expire", one.id)
    assert (ended.code, ended.err) == (2, "recorded; no worker is running: what it holds is not opened\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--for 2h --reason x", "Missing option '--match'"),
        ("--match service=a --for 2h", "Missing option '--reason'"),
        ("--match service=a --reason x", "Missing option '--for'"),
        ("--match service --for 2h --reason x", "'service' is no matcher"),
        ("--match service=~( --for 2h --reason x", "unclosed group"),
        ("--match service=~.* --for 2h --reason x", "one matcher at least must ask for something"),
        ("--match service=a --for 8d --reason x", "a silence lasts at most 7 days"),
        ("--match service=a --for 2 --reason x", "a duration is written like 15m"),
        ("--match service=a --for 2h --reason x --from tomorrow", "--from tomorrow: write the time like"),
        ("--match service=a --for 2h --reason x --from 2099-01-01", "at most 31 days ahead"),
    ],
)
async def test_what_is_badly_put_is_one_line(tocsin: Tocsin, words: str, says: str) -> None:
    answer = await tocsin("silence", "add", *words.split())
    assert (answer.code, answer.out) == (1, "")
    assert says in answer.err


async def test_one_is_extended_and_one_that_is_over_is_not(tocsin: Tocsin, silences: Silences, keeper: Worker) -> None:
    one = json.loads((await tocsin(*ADD, "--reason", "moving the database", "--json")).out)
    longer = await tocsin("silence", "extend", one["id"], "--for", "2h", "--json")
    assert (longer.code, longer.err) == (0, "")
    ends_at = datetime.fromisoformat(json.loads(longer.out)["ends_at"])
    assert ends_at - datetime.fromisoformat(one["ends_at"]) == timedelta(hours=2)
    (known,) = await eventually(silences.list, lambda known: bool(known) and known[0].ends_at == ends_at)
    assert known.id == one["id"]
    said = await tocsin("silence", "extend", one["id"], "--for", "1h")
    assert said.out.startswith(f"silence {one['id']} holds service=checkout, alertname=~High.* until ")
    too_long = await tocsin("silence", "extend", one["id"], "--for", "7d")
    assert (too_long.code, "at most 7 days from now" in too_long.err) == (1, True)
    await tocsin("silence", "expire", one["id"])
    await eventually(silences.list, lambda known: not known)
    over = await tocsin("silence", "extend", one["id"], "--for", "1h")
    assert (over.code, over.err) == (1, f"there is no silence '{one['id']}', or it has ended: tocsin silence list\n")
