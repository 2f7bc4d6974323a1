"""Each limit, and each thing that a stolen secret can do, names in docs/security.md the tests that hold it."""

from collections.abc import Iterator

import pytest

from tests.docs.markdown import ROOT, SPAN
from tests.docs.test_cases import exists

SECURITY = (ROOT / "docs/security.md").read_text(encoding="utf-8")


def rows(last: str) -> Iterator[list[str]]:
    """Of the tables whose last column has this name."""
    inside = False
    for line in SECURITY.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("|"):
            inside = False
        elif cells[-1] == last:
            inside = True
        elif inside and set(line) - set("|- "):
            yield cells


ROWS = list(rows("Test"))


def test_limits_and_stolen_secrets_have_tables() -> None:
    assert len(ROWS) > 25


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_a_row_names_tests_that_exist(row: list[str]) -> None:
    named = SPAN.findall(row[-1])
    assert named
    assert [test for test in named if not exists(test)] == []
    assert all("::" in test for test in named), "a file holds many things: name the test"


@pytest.mark.parametrize("row", [row for row in ROWS if len(row) == 4 and ".py" in row[2]], ids=lambda row: row[0][:60])
def test_a_limit_stands_where_the_row_says(row: list[str]) -> None:
    assert [place for place in SPAN.findall(row[2]) if not (ROOT / place).exists()] == []
