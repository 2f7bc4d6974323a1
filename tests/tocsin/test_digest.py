"""`tocsin digest`, and that `tocsin setup` sees to its coming by itself."""

import json

import pytest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from starter.temporal.digest_schedule import DIGEST_SCHEDULE_ID
from starter.temporal.incidents import Incidents
from tests.starter.conftest import eventually
from tests.tocsin.conftest import Tocsin


async def hours(client: Client) -> list[int]:
    description = await client.get_schedule_handle(DIGEST_SCHEDULE_ID).describe()
    return [calendar.hour[0].start for calendar in description.schedule.spec.calendars]


async def test_it_shows_what_is_open_and_sends_nothing(tocsin: Tocsin, client: Client, worker: Worker) -> None:
    await tocsin("declare", "Search is slow", "--severity", "sev2", "--by", "Ada")
    await eventually(Incidents(client).list)
    answer = await tocsin("digest")
    assert answer.code == 0
    assert "Search is slow, open for 0m: nobody has acknowledged it" in answer.out
    assert json.loads((await tocsin("digest", "--json")).out)["incidents"][0]["title"] == "Search is slow"


async def test_it_says_when_there_is_nothing(tocsin: Tocsin, client: Client) -> None:
    assert (await tocsin("digest")).out == "nothing is open, and nobody owes anything\n"


async def test_without_a_worker_it_says_so_and_what_the_list_knows(tocsin: Tocsin, client: Client) -> None:
    await tocsin("declare", "Search is slow", "--severity", "sev2")
    await eventually(Incidents(client).list)
    answer = await tocsin("digest")
    assert answer.code == 2
    assert "Search is slow, open for 0m: its workflow does not answer" in answer.out
    assert answer.err == "no worker is running: nothing is being paged\n"


async def test_setup_sees_to_it(tocsin: Tocsin, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await tocsin("setup")).out == "Temporal is prepared\n"
    assert await hours(client) == [9]
    monkeypatch.setenv("TOCSIN_DIGEST_AT", "17:30")
    await tocsin("setup")
    assert await hours(client) == [17]
    monkeypatch.setenv("TOCSIN_DIGEST_AT", "never")
    assert (await tocsin("setup")).code == 0
    with pytest.raises(RPCError):
        await hours(client)


async def test_without_its_runbook_everything_else_is_set_up(
    tocsin: Tocsin, fresh: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_RUNBOOK", "nope")
    answer = await tocsin("setup")
    assert (answer.code, answer.out) == (0, "Temporal is prepared\n")
    assert answer.err == "the digest could not be set up: there is no runbook 'nope'; there is: acme\n"


async def test_it_comes_by_the_runbook_of_the_running_installation(
    tocsin: Tocsin, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_RUNBOOK", "nope")
    assert (await tocsin("setup")).err == ""
    assert await hours(client) == [9]


@pytest.mark.parametrize("at", ["9", "25:00", "9:00", "noon"])
async def test_a_time_is_written_in_full(tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    monkeypatch.setenv("TOCSIN_DIGEST_AT", at)
    answer = await tocsin("setup")
    assert answer.code == 1
    assert answer.err.startswith("TOCSIN_DIGEST_AT: ")
