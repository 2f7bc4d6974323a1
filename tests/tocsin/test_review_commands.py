"""`tocsin review` and `tocsin followup`, against a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from tests.patience import HANGS_AFTER_S
from tests.starter.book import ACME
from tests.tocsin.conftest import CommandAnswer, Tocsin
from tests.tocsin.test_commands import process, until_found
from tests.workflows.incidents import Vendors, performing
from workflows.queues import WORKFLOW_QUEUE

REVIEW = """\
    verify_for: 0m
    review:
      duties:
        - {id: report, kind: document, template: document, at: resolved, after: 24h, owner: commander}
        - {id: thanks, kind: checklist, template: checklist, at: resolved, after: 1h, owner: commander, text: Thank all}
"""


@pytest.fixture
def reviewed_book(alone: Path) -> None:
    book = ACME.replace("    updates: {every: 30m", REVIEW + "    updates: {every: 30m")
    (alone / "books" / "acme.yaml").write_text(book)


@pytest_asyncio.fixture
async def incident(reviewed_book: None, tocsin: Tocsin, client: Client, deciding: Worker) -> AsyncIterator[str]:
    """One that has closed and owes a review."""
    async with performing(client, Vendors()):
        answer = await tocsin("declare", "Checkout fails", "--severity", "sev1", "--json")
        declared = json.loads(answer.out)["incident"]
        await until_found(tocsin, "followup", "add", "test the fallback", "--owner", "boss", "--due", "2026-12-24")
        await until_found(tocsin, "resolve", declared, "rolled back", "--by", "Alice")
        await until_found(tocsin, "review", "show", declared)
        yield str(declared)


async def test_what_is_owed_is_listed_shown_submitted_and_closed(tocsin: Tocsin, incident: str) -> None:
    listed = await tocsin("review", "list")
    assert f"{incident}  SEV-1  next due " in listed.out
    assert "Checkout fails · 2 owed, 0 overdue · 0 submitted · 0 of 1 follow-ups ended" in listed.out
    shown = await tocsin("review", "show")
    for part in ("report", "thanks", "commander / On-call Engineer", "test the fallback", "resolved  "):
        assert part in shown.out
    submitted = await tocsin("review", "submit", "--link", "https://wiki.example/1", "--by", "Bob")
    assert "Bob submitted report, in time: https://wiki.example/1" in submitted.out
    assert "Bob submitted thanks, in time" in (await tocsin("review", "submit", "thanks", "--by", "Bob")).out
    done = await tocsin("followup", "done", incident, "1", "--by", "Bob", "--text", "it falls back")
    assert "Bob did follow-up 1: test the fallback (it falls back)" in done.out
    async with asyncio.timeout(HANGS_AFTER_S):
        while "closed" not in (await tocsin("review", "show", incident)).out:
            await asyncio.sleep(0.05)
    again = await tocsin("review", "submit", incident, "thanks")
    assert (again.code, "closed already" in again.err) == (1, True)


async def test_no_is_said_with_a_reason_and_a_name(tocsin: Tocsin, incident: str) -> None:
    for words in ("review waive", "review snooze 2d", "followup waive 1"):
        answer = await tocsin(*words.split())
        assert answer.code == 1
        assert '--reason "..."' in answer.err
    snoozed = await tocsin("review", "snooze", "2d", "report", "--reason", "Ann is on leave", "--by", "Bob")
    assert "Bob snoozed report for 2d: Ann is on leave" in snoozed.out
    waived = await tocsin("review", "waive", incident, "thanks", "--reason", "nobody was there", "--by", "Bob")
    assert "Bob waived thanks: nobody was there" in waived.out
    assert (
        "Bob waived the review: a drill" in (await tocsin("review", "waive", "--reason", "a drill", "--by", "Bob")).out
    )
    kept = json.loads((await tocsin("followup", "list", "--json")).out)
    assert [(each["incident"], each["follow_up"]["owner"]) for each in kept] == [(incident, "The Boss")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("review submit nonsense", "nothing called 'nonsense' is owed; choose one of thanks, report"),
        ("review waive nonsense --reason no", "nothing called 'nonsense' is owed"),
        ("review snooze 2d nonsense --reason no", "nothing called 'nonsense' is owed"),
        ("review snooze soon --reason no", "a duration is written like 15m"),
        ("review start", "has a review by its runbook, without anybody's asking"),
        ("review show 1999", "there is no review of an incident '1999'"),
        ("followup done 7", "there is no follow-up '7'; open are: 1 (test the fallback)"),
        ("followup add x --due soon", "--due soon: write a date like 2026-12-01, or a span like 2w"),
        ("assign scribes carol", "'scribes' is not a role of the runbook acme"),
    ],
)
async def test_what_cannot_be_done_is_said_in_words(tocsin: Tocsin, incident: str, words: str, says: str) -> None:
    answer = await tocsin(*words.split())
    assert (answer.code, answer.out) == (1, "")
    assert says in answer.err


async def test_what_people_say_to_an_incident_reaches_its_review(tocsin: Tocsin, incident: str) -> None:
    assert (await tocsin("note", "the vendor has answered")).code == 0
    assert (await tocsin("assign", "commander", "boss")).code == 0
    shown = (await tocsin("review", "show", incident)).out
    assert "the vendor has answered" in shown
    assert "commander / The Boss" in shown


async def test_all_of_it_is_json_for_programs(tocsin: Tocsin, incident: str) -> None:
    for words in (["review", "list"], ["review", "show"], ["review", "submit", "report"], ["followup", "list"]):
        answer = await tocsin(*words, "--json")
        assert answer.code == 0
        json.loads(answer.out)


async def test_without_a_worker_it_is_recorded(tocsin: Tocsin, incident: str, deciding: Worker) -> None:
    await deciding.shutdown()
    submitted, shown = await asyncio.gather(process("review", "submit", "thanks"), process("review", "show"))
    assert submitted.code == 2
    assert submitted.err.startswith("recorded; no worker answers, though one asked for work ")
    assert shown.code == 2
    assert "declared SEV-1: Checkout fails" in shown.out


async def broken(client: Client) -> str:
    """A review that wedges at its first step, and whose figures no version of ours can read."""
    started = await client.start_workflow(
        "review",
        {"review": "?"},
        id="review-20260302-0900-bad",
        task_queue=WORKFLOW_QUEUE,
        memo={"record": ["?"], "title": 7},
    )
    return started.id.removeprefix("review-")


async def listed(tocsin: Tocsin, incident: str, *words: str) -> CommandAnswer:
    """Once it is in that list: visibility lags by moments."""
    async with asyncio.timeout(HANGS_AFTER_S):
        while incident not in (answer := await tocsin(*words)).out:
            assert answer.code == 0, answer.err
            await asyncio.sleep(0.05)
    return answer


async def test_one_review_that_cannot_be_read_is_named_and_breaks_no_list(
    tocsin: Tocsin, incident: str, client: Client
) -> None:
    bad = await broken(client)
    reviews = await listed(tocsin, bad, "review", "list")
    assert incident in reviews.out
    assert "its figures cannot be read" in reviews.out
    follow_ups = await tocsin("followup", "list")
    assert follow_ups.code == 0
    assert "test the fallback" in follow_ups.out
    assert "it does not answer" in next(line for line in follow_ups.out.splitlines() if bad in line)
    programs = json.loads((await tocsin("followup", "list", "--json")).out)
    assert [(each["incident"], bool(each["follow_up"])) for each in programs] == [(bad, False), (incident, True)]


async def test_the_only_one_that_could_owe_something_is_named_where_it_cannot_be_read(
    tocsin: Tocsin, client: Client, worker: Worker
) -> None:
    """The list is there, with what it does not know; of one that was asked for by name it is a failure."""
    bad = await broken(client)
    follow_ups = await listed(tocsin, bad, "followup", "list")
    assert "it does not answer" in follow_ups.out
    assert (await tocsin("followup", "list", bad)).code != 0


@pytest.mark.parametrize(
    ("due", "says"),
    [
        ("9999-12-31", "at most 3650d ahead"), ("0001-01-01", "that day has passed"),
        ("2020-01-01", "that day has passed"), ("1000000000w", "of 3650d at most"), ("600w", "of 3650d at most"),
        ("10000-01-01", "write a date like"),
    ],
)  # fmt: skip
async def test_a_day_that_nobody_can_mean_is_refused(tocsin: Tocsin, due: str, says: str) -> None:
    answer = await tocsin("followup", "add", "x", "--due", due)
    assert (answer.code, answer.out) == (1, "")
    assert says in answer.err
