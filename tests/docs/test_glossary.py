"""One word per idea: what the glossary of CONTRIBUTING.md names exists, and no name has a word that it rules out."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.docs.markdown import ROOT, SPAN
from tests.docs.test_size import ROOMS

GLOSSARY = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## The words\n")[2].partition("\n## ")[0]
ROWS = [line.strip("| ").split(" | ") for line in GLOSSARY.splitlines() if line.startswith("| ")][2:]
RULED_OUT = {word.strip() for row in ROWS for word in row[3].split(",") if word.strip() not in ("", "-")}
FOREIGN = {"benchmarks", "sandbox"}
"""They speak as the vendors and the benchmarks do."""

STATE = "workflows/policy/incident/state.py"
WIRE_NAMES = {
    f"{STATE}::told": "a field of the state: recorded histories hold it",
    f"{STATE}::to_tell": "a field of the state",
    f"{STATE}::heard": "a field of the state",
    f"{STATE}::tally": "a field of the state",
    "workflows/policy/views/summary.py::tally": "a field of the memo `record`",
    "workflows/policy/watches/heartbeat.py::told": "a field of the state of a heartbeat",
    "workflows/texts/incident_values.py::told": "a value that the templates of runbooks use",
    "workflows/texts/incident_values.py::heard_of": "a value that the templates of runbooks use",
}
"""The only names with a word that is ruled out, and why each may keep it: a name on the wire never changes."""


def parts(name: str) -> list[str]:
    """`may_have_been_sent`, `PlanView` -> their words, in lower case."""
    return re.findall(r"[a-z]+", re.sub(r"([A-Z]+)", r"_\1", name).lower())


def says(name: str, word: str) -> bool:
    mine, theirs = parts(name), parts(word)
    return any(mine[at : at + len(theirs)] == theirs for at in range(len(mine)))


def names(module: ast.Module) -> Iterator[str]:
    """Everything that is given a name there."""
    for node in ast.walk(module):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.alias(asname=str(name)):
                yield name


@cache
def program() -> frozenset[tuple[str, str]]:
    """(file, name) of every name in the program, those of its modules among them."""
    return frozenset(_program())


def _program() -> Iterator[tuple[str, str]]:
    for room in sorted(set(ROOMS) - FOREIGN):
        for path in sorted((ROOT / room).rglob("*.py")):
            file = str(path.relative_to(ROOT))
            yield from ((file, name) for name in path.relative_to(ROOT).with_suffix("").parts)
            yield from ((file, name) for name in names(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_word_of_the_glossary_is_a_name_of_the_program(row: list[str]) -> None:
    """Where it lives is `file`, or `file::Name` for something at the top of that file."""
    word, meaning, where, _ = row
    assert word.strip()
    assert meaning.strip()
    for lives in SPAN.findall(where):
        file, _, name = lives.partition("::")
        assert (ROOT / file).exists(), file
        if name:
            body = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
            assert name in {found for each in body for found in names(ast.Module([each], []))}, lives
    assert SPAN.findall(where)


def test_no_word_is_explained_twice_and_none_that_is_used_is_ruled_out() -> None:
    words = [row[0] for row in ROWS]
    assert sorted(set(words)) == sorted(words)
    assert 20 < len(words) <= 40
    assert {word for word in words if word in RULED_OUT} == set()


@pytest.mark.parametrize("word", sorted(RULED_OUT))
def test_no_name_of_the_program_has_a_word_that_is_ruled_out(word: str) -> None:
    found = {f"{file}::{name}" for file, name in program() if says(name, word)}
    assert found - set(WIRE_NAMES) == set()


def test_every_exception_is_still_needed() -> None:
    found = {f"{file}::{name}" for file, name in program() for word in RULED_OUT if says(name, word)}
    assert set(WIRE_NAMES) - found == set()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("_look_first", True),
        ("LookFirst", True),
        ("look_first_at", True),
        ("first_look", False),
        ("look", False),
        ("outlook_firsts", False),
    ],
)
def test_a_word_is_found_in_a_name_however_it_is_written(name: str, expected: bool) -> None:
    assert says(name, "look first") is expected


def test_names_are_found_wherever_they_are_given() -> None:
    module = ast.parse(
        "import a as b\nclass C:\n  d: int\n  def e(self, f, *g):\n    h = self.i = 1\n  async def j(): ..."
    )
    assert set(names(module)) == {"b", "C", "d", "e", "self", "f", "g", "h", "i", "j"}
