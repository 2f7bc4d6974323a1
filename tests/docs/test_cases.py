"""Each kind of fault in `docs/cases.md` names the tests that hold it, and they exist."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, SPAN

CASES = (ROOT / "docs/cases.md").read_text(encoding="utf-8")
ROWS = [line.strip().strip("|").split(" | ") for line in CASES.splitlines() if line.startswith("| ")][2:]
TEST = re.compile(r"(?P<path>tests/[\w/.]+)(?:::(?P<names>[\w:]+))?")


def exists(test: str) -> bool:
    """Whether there is a file, or in it a class or function, of that name: `tests/x.py::Class::function`."""
    found = TEST.fullmatch(test)
    if found is None or not (ROOT / found["path"]).exists():
        return False
    names = found["names"].split("::") if found["names"] else []
    return not names or _has(ast.parse((ROOT / found["path"]).read_text(encoding="utf-8")).body, names)


def _has(body: list[ast.stmt], names: list[str]) -> bool:
    first, *rest = names
    for each in body:
        if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and each.name == first:
            return not rest or _has(each.body, rest)
    return False


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_each_kind_names_tests_that_exist(row: list[str]) -> None:
    kind, true_now, tests = row
    named = SPAN.findall(tests)
    assert kind.strip()
    assert true_now.strip()
    assert named
    assert [test for test in named if not exists(test)] == []


def test_no_kind_stands_there_twice() -> None:
    kinds = [row[0] for row in ROWS]
    assert sorted(set(kinds)) == sorted(kinds)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (f"{Path(__file__).relative_to(ROOT)}", True),
        ("tests/docs/test_cases.py::test_no_kind_stands_there_twice", True),
        ("tests/docs/test_cases.py::test_that_nobody_wrote", False),
        ("tests/policy/test_texts.py::TestGaps::test_in_a_title_are_none", True),
        ("tests/policy/test_texts.py::TestGaps::test_that_nobody_wrote", False),
        ("tests/policy/test_nothing.py", False),
        ("README.md", False),
    ],
)
def test_what_counts_as_a_test_that_exists(test: str, expected: bool) -> None:
    assert exists(test) is expected
