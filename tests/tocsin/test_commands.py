"""The commands, against a real server: what they say, and how they end."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import eventually
from tests.tocsin.conftest import CommandAnswer, Tocsin
from workflows.policy.incident.opening import OpenRequest


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        # 2: nobody was reached.
        ("list", 2, "cannot reach Temporal at 127.0.0.1:1: is `tocsin up` running?"),
        ("ack", 2, "cannot reach Temporal at 127.0.0.1:1"),
        ("page-test on-call", 2, "cannot reach Temporal at 127.0.0.1:1"),
        ("setup", 2, "cannot reach Temporal at 127.0.0.1:1"),
        # 1: badly put. Nothing was even tried.
        ("severity sev9", 1, "severity: Input should be 'sev1', 'sev2', 'sev3' or 'sev4'"),
        ("snooze 15", 1, "duration: a duration is written like 15m, 2h, 1h 30m or 3d"),
        ("snooze 9w", 1, "duration: Input should be less than or equal to 7 days"),
        ("assign scribe", 1, "this command takes [INCIDENT] ROLE PERSON"),
        ("declare slow --label team", 1, "--label team: write it NAME=VALUE"),
        ("ack --nonsense", 1, "No such option: --nonsense"),
        ("nonsense", 1, "No such command 'nonsense'"),
        ("worker", 1, "no pager is connected"),
        ("up", 1, "no pager is connected"),
    ],
)
async def test_what_cannot_be_done_is_one_clear_line_and_an_exit_code(
    tocsin: Tocsin, words: str, code: int, says: str
) -> None:
    answer = await tocsin(*words.split())
    assert (answer.code, answer.out) == (code, "")
    assert says in answer.err
    assert "Traceback" not in answer.err


async def test_a_bad_setting_is_named_and_its_value_is_not(tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_PAGERDUTY_ROUTING_KEYS", '["R0SECRET"]')
    answer = await tocsin("worker")
    assert answer.code == 1
    assert answer.err.startswith("TOCSIN_PAGERDUTY_ROUTING_KEYS: ")
    assert "R0SECRET" not in answer.err


async def test_an_incident_is_declared_acknowledged_and_resolved(tocsin: Tocsin, worker: Worker) -> None:
    declared = await tocsin("declare", "Checkout is slow", "--severity", "sev1", "--by", "Alice", "--json")
    incident = json.loads(declared.out)["incident"]

    acknowledged = await until_found(tocsin, "ack", "--by", "Bob")
    assert "Bob acknowledged through command line" in acknowledged.out

    assert "Checkout is slow" in (await tocsin("list")).out
    shown = (await tocsin("show", incident[:-2])).out
    assert f"incident      {incident}" in shown
    assert "by Bob" in shown
    assert re.search(r"declared SEV-?1: Checkout is slow", shown)

    assert (await tocsin("resolve", incident, "rolled back", "--by", "Bob")).code == 0
    again = await tocsin("resolve", incident)
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert "already resolved" in again.err


async def test_a_duplicate_is_cancelled_for_the_other_incident(tocsin: Tocsin, worker: Worker) -> None:
    first, second = [
        json.loads((await tocsin("declare", title, "--json")).out)["incident"] for title in ("Slow", "Slow too")
    ]
    await until_found(tocsin, "note", first, "looking at it")
    await until_found(tocsin, "note", second, "looking at it")
    for other, why in ((second, "is no duplicate of itself"), ("20010101-", "there is no incident")):
        answer = await tocsin("cancel", second, "--duplicate-of", other)
        assert (answer.code, answer.err.count("Traceback")) == (1, 0)
        assert why in answer.err
    answer = await tocsin("cancel", second, "--duplicate-of", first[:-1], "--by", "Alice")
    assert f"Alice cancelled the incident: it is a duplicate of {first}" in answer.out
    assert f"cancelled (duplicate of {first})" in (await tocsin("show", second)).out
    answer = await tocsin("cancel", first, "--duplicate-of", second)
    assert answer.code == 1
    assert second in answer.err


async def test_every_command_that_prints_for_people_prints_json_for_programs(tocsin: Tocsin, worker: Worker) -> None:
    incident = json.loads((await tocsin("declare", "Slow", "--json")).out)["incident"]
    await until_found(tocsin, "note", "looking at it")
    for words in (["list"], ["show", incident], ["plan", incident], ["note", incident, "still looking"]):
        answer = await tocsin(*words, "--json")
        assert answer.code == 0
        json.loads(answer.out)


async def test_a_wrong_id_is_answered_with_those_that_exist(tocsin: Tocsin, worker: Worker) -> None:
    incident = json.loads((await tocsin("declare", "Slow", "--json")).out)["incident"]
    await until_found(tocsin, "note", "looking at it")
    answer = await tocsin("ack", "1999")
    assert answer.code == 1
    assert "there is no incident '1999'" in answer.err
    assert incident in answer.err


async def test_with_several_open_the_command_asks_which(tocsin: Tocsin, worker: Worker) -> None:
    for title in ("One", "Two"):
        await tocsin("declare", title)
    async with asyncio.timeout(HANGS_AFTER_S):
        while (answer := await tocsin("ack")).code == 0 or "Two" not in answer.err or "One" not in answer.err:
            await asyncio.sleep(0.05)
    assert answer.code == 1


async def test_markup_and_terminal_controls_in_an_alert_stay_text(tocsin: Tocsin, worker: Worker) -> None:
    hostile = "[red]boo[/red] [link=https://x]y[/link] \x1b[2J"
    await tocsin("declare", hostile)
    shown = await until_found(tocsin, "show")
    assert "[red]boo[/red] [link=https://x]y[/link]" in shown.out
    assert "\x1b[2J" not in shown.out


async def test_without_a_worker_it_is_recorded_and_said_that_nobody_is_paged(client: Client, alone: Path) -> None:
    """In processes of their own, at the same time: each waits five seconds for the worker that is not there."""
    opening = OpenRequest(runbook=load(alone / "books").runbooks["acme"], severity="sev1", title="Checkout is slow")
    workflow_id = await Incidents(client).declare(opening)
    declared, acknowledged, shown = await asyncio.gather(
        process("declare", "Another one"), process("ack", workflow_id), process("show", workflow_id)
    )
    assert declared == acknowledged == CommandAnswer(2, "", "recorded; no worker is running: nothing is being paged\n")
    assert shown.code == 2
    assert "Checkout is slow" in shown.out
    assert shown.err == "no worker is running: nothing is being paged\n"


async def until_found(tocsin: Tocsin, *words: str) -> CommandAnswer:
    """Visibility lags by moments behind a declaration."""
    async with asyncio.timeout(HANGS_AFTER_S):
        while (answer := await tocsin(*words)).code != 0:
            await asyncio.sleep(0.05)
    return answer


async def process(*words: str) -> CommandAnswer:
    command = [sys.executable, "-m", "tocsin", *words]
    ended = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=HANGS_AFTER_S, check=False
    )
    return CommandAnswer(ended.returncode, ended.stdout, ended.stderr)


async def test_what_is_to_be_redacted_is_so_where_no_gateway_stands_between(
    tocsin: Tocsin, client: Client, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_REDACT", "(?i)jane roe")
    await tocsin("declare", "Jane Roe cannot pay")
    [found] = await eventually(Incidents(client).list)
    assert (await tocsin("note", "Jane Roe called")).code == 0
    history = str((await client.get_workflow_handle(found.workflow_id).fetch_history()).events)
    assert "*** called" in history
    assert "jane" not in (history + found.workflow_id).lower()
