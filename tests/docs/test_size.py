"""A file that a tired reader can hold in mind: one idea, three hundred lines at the most (CONTRIBUTING.md)."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("activities", "benchmarks", "chat", "sandbox", "settings", "starter", "tocsin", "worker", "workflows")
MOST = 300


@pytest.mark.parametrize("room", ROOMS)
def test_no_file_of_the_program_is_longer_than_three_hundred_lines(room: str) -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in (ROOT / room).rglob("*.py")}
    assert lengths
    assert {path: lines for path, lines in lengths.items() if lines > MOST} == {}
