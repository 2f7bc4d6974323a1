"""What must be typed again is whole in every terminal, and in a pipe."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console, RenderableType

from starter.desk.watch_answers import ListedHeartbeat, ListedSilence
from tests.tocsin.conftest import Tocsin
from tocsin import output
from tocsin.commands import heartbeat, silence
from tocsin.view import review
from tocsin.view.plain import ENDLESS, indented
from workflows.policy.incident.follow_up import FollowUp
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.watches.heartbeat import HeartbeatSummary
from workflows.policy.watches.silence import SilenceSummary

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
INCIDENT, SILENCE, NAME, LONG = (
    "20261121-0204-k7qxzm",
    "silence-20261121-k7qxzm",
    "nightly-backup-of-orders",
    "word " * 30,
)


def silences() -> RenderableType:
    matchers = tuple(Matcher.parse(f"label-{n}=a-value-of-it") for n in range(3))
    card = SilenceSummary(
        id=SILENCE, matchers=matchers, starts_at=NOW, ends_at=NOW + timedelta(hours=2), by="somebody", reason=LONG
    )
    return silence._table([ListedSilence(silence=card, holds=3)])


def heartbeats() -> RenderableType:
    card = HeartbeatSummary(
        name=NAME, every=timedelta(days=1), grace=timedelta(hours=1), severity="sev2", runbook="company-of-ours"
    )
    return heartbeat._table([ListedHeartbeat(expected=card, stands=LONG)])


def follow_ups() -> RenderableType:
    kept = FollowUp(number="12", text=LONG, owner="communications-lead", due_on=NOW.date(), added_at=NOW, added_by="x")
    return review.follow_ups([(INCIDENT, kept)])


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize(
    ("table", "typed"),
    [(silences, [SILENCE]), (heartbeats, [NAME, "company-of-ours"]), (follow_ups, [INCIDENT, " 12 "])],
)
def test_names_and_ids_are_whole(table: RenderableType, typed: list[str], columns: int) -> None:
    assert callable(table)
    console = Console(width=columns, record=True)
    with console.capture() as captured:
        console.print(table())
    lines = captured.get().splitlines()
    assert all(len(line) <= columns for line in lines)
    for each in typed:
        assert any(each in line for line in lines)


def test_in_a_pipe_nothing_is_broken(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    output.show([], silences(), False)
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split()[0] == "silence"
    assert LONG.strip() in row


async def test_a_preview_in_a_pipe_is_as_wide_as_its_texts(tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS")
    answer = await tocsin("runbook", "preview", "acme", "--severity", "sev1", "--until", "10m")
    assert "…" not in answer.out
    assert max(map(len, answer.out.splitlines())) < ENDLESS


def test_in_a_pipe_no_line_is_filled_up_with_spaces() -> None:
    console = Console(width=ENDLESS, color_system=None)
    with console.capture() as seen:
        console.print(indented("what goes out by itself\nand what follows"))
    assert seen.get() == "    what goes out by itself\n    and what follows\n"
