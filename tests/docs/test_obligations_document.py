"""docs/obligations.md: its runbook has nothing to be said against, and does what the page says."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from starter.runbooks.library import load, read
from tests.docs.markdown import ROOT
from tests.docs.markdown import read as document
from tocsin.commands.runbook_lint import look_at
from workflows.policy.simulation.preview import PreviewLine, Scenario
from workflows.texts.preview import preview

AT = datetime(2026, 11, 26, 10, tzinfo=UTC)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    [text] = document(ROOT / "docs/obligations.md").blocks("yaml")
    (tmp_path / "example.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def lines(folder: Path, flag: str, resolve: int, days: int) -> list[PreviewLine]:
    course = Scenario("sev1", AT, {}, (flag,), timedelta(minutes=5), timedelta(hours=resolve), timedelta(days=days))
    return preview(load(folder).runbooks["example"], course)


def hours(found: list[PreviewLine], duty: str, until: float) -> list[float]:
    named = (line for line in found if line.duty.startswith(f"{duty}/"))
    return [line.offset_s / 3600 for line in named if line.offset_s <= until * 3600]


def test_there_is_nothing_to_say_against_it(example: Path) -> None:
    assert look_at(read(example / "example.yaml"), date(2026, 11, 26)) == []


@pytest.mark.parametrize("resolve", [1, 50, 80])
def test_gdpr_is_reminded_of_and_paged_about_whenever_the_incident_ends(example: Path, resolve: int) -> None:
    found = lines(example, "personal-data", resolve, 4)
    assert hours(found, "obligation/gdpr", 72) == [0, 36, 57.6, 68.4, 72]
    for person in ("dpo", "ciso"):
        assert hours(found, f"obliged/{person}", 73) == [70.2, 72, 73]
    first = next(line.text for line in found if line.duty == "obligation/gdpr/1")
    assert "Owed by Sun 29 Nov 11:00 Berlin (10:00 UTC), in 3d" in first
    assert "Personal data may have been disclosed since" in first


def test_nis2_has_three_deadlines_the_last_of_them_a_month_after_the_notification(example: Path) -> None:
    found = lines(example, "significant", 2, 40)
    ends = {"early-warning": 24, "notification": 72, "final-report": 72 + 30 * 24}
    for stage, end in ends.items():
        assert hours(found, f"obligation/nis2/{stage}", 1000)[-1] == end
