"""What a command answers is read at 3 a.m. on a narrow terminal: what changed, who hears of it, what comes next."""

import json

import pytest
from temporalio.worker import Worker

from tests.tocsin.conftest import Tocsin
from tests.tocsin.test_commands import until_found

FEW = 6
COMMANDS = (
    ("ack", "--by", "Carol"),
    ("escalate", "boss", "--reason", "the database is down"),
    ("severity", "sev2", "--reason", "only some customers"),
    ("severity", "sev1"),
    ("flag", "customer-facing"),
    ("update", "rolling back", "--phase", "identified"),
    ("assign", "commander", "boss"),
    ("handoff", "on-call", "the rollback is half done"),
    ("note", "restarted checkout-2"),
    ("snooze", "30m"),
    ("mitigate", "rolled back to 4.1"),
    ("resolve", "a bad deployment, rolled back"),
    ("reopen", "--reason", "it is back"),
    ("cancel", "--reason", "a test"),
)


@pytest.mark.parametrize(("columns", "broken"), [(200, 0), (80, 2)])
async def test_each_command_answers_in_few_lines_what_changed_and_what_comes_next(
    tocsin: Tocsin, worker: Worker, monkeypatch: pytest.MonkeyPatch, columns: int, broken: int
) -> None:
    """`broken`: how many lines more it takes where some do not fit."""
    monkeypatch.setenv("COLUMNS", str(columns))
    opened = await tocsin("declare", "Checkout is slow", "--severity", "sev1", "--json")
    incident = json.loads(opened.out)["incident"]
    await until_found(tocsin, "note", "looking")
    for command in COMMANDS:
        answer = await tocsin(*command)
        shown = answer.out.splitlines()
        assert answer.code == 0, command
        assert 2 <= len(shown) <= FEW + broken, (command, shown)
        assert shown[0].startswith(f"{incident}: "), (command, shown)
        assert any(line.startswith("next") for line in shown), (command, shown)


async def test_who_hears_of_it_is_named(tocsin: Tocsin, worker: Worker) -> None:
    await tocsin("declare", "Checkout is slow", "--severity", "sev1")
    acknowledged = (await until_found(tocsin, "ack", "--by", "Carol")).out
    assert "told now: " in acknowledged
    assert "On-call Engineer's pager" in acknowledged
    raised = (await tocsin("escalate", "boss")).out
    assert "The Boss (paged)" in raised
