"""In a drill an incident's own time is compressed. What lists and answers say of
moments goes by the clock on the wall."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.starter.book import ACME
from tests.tocsin.conftest import Tocsin
from tests.tocsin.test_commands import until_found
from tests.tocsin.test_obligation_commands import LAW
from tests.tocsin.test_review_commands import REVIEW
from tests.workflows.incidents import Vendors, performing
from workflows.policy.incident.opening import OpenRequest

DRILL_SPEED = 60.0
WARNED_AFTER = timedelta(hours=24) / DRILL_SPEED


@pytest_asyncio.fixture
async def drill(alone: Path, client: Client, tocsin: Tocsin, deciding: Worker) -> AsyncIterator[str]:
    book = ACME.replace("severities:\n", LAW, 1).replace(
        "    updates: {every: 30m", REVIEW + "    updates: {every: 30m"
    )
    (alone / "books" / "acme.yaml").write_text(book)
    runbook = load(alone / "books").runbooks["acme"]
    async with performing(client, Vendors()):
        opening = OpenRequest(runbook=runbook, severity="sev1", title="A drill", speed=DRILL_SPEED)
        workflow = await Incidents(client).declare(opening)
        shown = await until_found(tocsin, "show", workflow, "--json")
        yield str(json.loads(shown.out)["state"]["incident"]["id"])


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def near(one: datetime, other: datetime) -> bool:
    """Its own clock begins a moment after it was opened."""
    return abs(one - other) < timedelta(minutes=1)


async def listed(tocsin: Tocsin, *words: str, field: str = "started_at") -> list[dict[str, Any]]:
    """The rows, once this stands in the first of them: visibility lags by moments."""
    async with asyncio.timeout(HANGS_AFTER_S):
        while True:
            rows: list[dict[str, Any]] = json.loads((await tocsin(*words, "--json")).out)
            if rows and rows[0][field]:
                return rows
            await asyncio.sleep(0.05)


async def test_what_comes_next_is_near(tocsin: Tocsin, drill: str) -> None:
    """Of its own clock it is a date of the day after tomorrow, soon, and reads as if nothing were to come."""
    [row] = await listed(tocsin, "list", field="next_duty_at")
    assert moment(row["next_duty_at"]) - moment(row["started_at"]) <= timedelta(minutes=30)
    assert near(moment(row["obligation_due_at"]), moment(row["started_at"]) + WARNED_AFTER)
    assert re.search(r" · next (in )?\d+[sm] ", (await tocsin("list")).out), "or ago, on a slow machine"


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["ack"], "next"),
        (["severity", "sev2", "--preview"], "changes"),
    ],
)
async def test_what_is_answered_and_foreseen_goes_by_the_wall_too(
    tocsin: Tocsin, drill: str, words: list[str], lines: str
) -> None:
    answer = json.loads((await tocsin(words[0], drill, *words[1:], "--json")).out)
    assert near(moment(answer["now"]), datetime.now(UTC))
    first = answer[lines][0].get("line", answer[lines][0])
    assert moment(first["at"]) - datetime.now(UTC) < timedelta(minutes=5)  # five hours, by its own clock


async def test_a_legal_clock_runs_out_when_it_really_does_before_and_after_the_close(
    tocsin: Tocsin, drill: str
) -> None:
    [row] = await listed(tocsin, "list")
    begun = moment(row["started_at"])

    async def runs_out() -> datetime:
        clocks = json.loads((await tocsin("obligation", "list", "--json")).out)
        return moment(clocks[0]["obligation"]["due_at"])

    assert near(await runs_out(), begun + WARNED_AFTER)
    await tocsin("resolve", drill, "rolled back")
    await until_found(tocsin, "review", "show", drill)
    assert near(await runs_out(), begun + WARNED_AFTER)


async def test_what_a_review_owes_is_due_when_it_really_is(tocsin: Tocsin, drill: str) -> None:
    await tocsin("resolve", drill, "rolled back")
    await until_found(tocsin, "review", "show", drill)
    found = await listed(tocsin, "review", "list", field="due_at")
    begun = moment((await listed(tocsin, "list", "--closed"))[0]["started_at"])
    assert moment(found[0]["due_at"]) - begun < timedelta(hours=1)


async def test_a_follow_up_has_ended_when_it_really_did(tocsin: Tocsin, drill: str) -> None:
    await tocsin("followup", "add", drill, "test the fallback", "--owner", "boss", "--due", "2026-12-24")
    await tocsin("followup", "done", drill, "1", "--by", "Bob")
    [kept] = json.loads((await tocsin("followup", "list", drill, "--all", "--json")).out)
    assert moment(kept["follow_up"]["ending"]["at"]) <= datetime.now(UTC)
    assert kept["follow_up"]["due_on"] == "2026-12-24"
