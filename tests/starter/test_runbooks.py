"""Reading runbooks: what is wrong with one is said with its line, and never hides another."""

from itertools import pairwise
from pathlib import Path

import pytest

from starter.runbooks.library import load
from tests.starter.book import ACME

LADDER = "      - {page: [on-call]}\n      - {page: [boss], after: 15m}\n"

# How the good runbook is made wrong, and what its author reads: the line, the place, these words.
FAULTS = {
    "a misspelt key": ("definition: no", "defnition: no", 14, "sev1.defnition", "Did you mean `definition`"),
    "a misspelt key deep inside": ("after: 15m", "aftre: 15m", 17, "escalation[1].aftre", "Did you mean `after`"),
    "a misspelt key of a person": ("{name: The Boss}", "{nam: Boss}", 6, "people.boss.nam", "Did you mean `name`"),
    "a misspelt key at the top": ("intake:", "intakes:", 9, "intakes", "Did you mean `intake`"),
    "a missing key": ("title: Acme's procedure\n", "", 1, "title", "is missing. Add `title:`"),
    "an unknown severity": ("  sev2:", "  sev9:", 20, "sev9", "'sev4'"),
    "a duration without its unit": ("after: 15m", "after: 15", 17, "after", "write 15m or 15s"),
    "nobody to page": (LADDER, "      []\n", 15, "escalation", "needs at least one"),
    "a person nobody knows": ("page: [boss]", "page: [bos]", 15, "tier 2 pages 'bos'", "Did you mean `boss`"),
    "a role nobody knows": ("owner: commander", "owner: comander", 19, "updates.owner", "Did you mean `commander`"),
    "a key twice": ("runbook: acme\n", "runbook: acme\nrunbook: acme\n", 2, "", "duplicate key"),
    "a bracket too few": ("[boss], after: 15m}", "[boss, after: 15m", 18, "", "expected"),
    "a tab for indentation": ("    title: Outage", "\ttitle: Outage", 13, "", "cannot start any token"),
    "a control character": ("nothing works", "nothing\x07 works", 1, "", "x0007"),
    "not a mapping": (ACME, "- runbook: acme\n", 1, "", "is not a mapping"),
    "an empty file": (ACME, "", 1, "", "is empty"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text(ACME.replace("runbook: acme", "runbook: good"))
    return tmp_path


@pytest.mark.parametrize(("good", "bad", "line", "where", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_with_its_line_and_hides_no_good_runbook(
    folder: Path, good: str, bad: str, line: int, where: str, words: str
) -> None:
    assert good in ACME
    (folder / "bad.yaml").write_text(ACME.replace(good, bad, 1))

    library = load(folder)

    assert list(library.runbooks) == ["good"]
    [problem] = [p for p in library.problems if words in str(p)]
    assert str(problem).startswith(f"{folder / 'bad.yaml'}:{line}:")
    assert where in str(problem)


def test_several_faults_are_told_in_the_order_of_the_file(folder: Path) -> None:
    (folder / "bad.yaml").write_text(ACME.replace("nothing works", "x\n    defn: y").replace("15m", "15"))
    lines = [problem.line for problem in load(folder).problems]
    assert len(lines) == 2
    assert lines == sorted(lines)


def test_a_list_is_not_called_too_short_because_its_item_is_wrong(folder: Path) -> None:
    (folder / "bad.yaml").write_text(ACME.replace("- {page: [on-call]}\n", "- {pages: [on-call]}\n"))
    assert not any("at least" in str(problem) for problem in load(folder).problems)


def test_bytes_that_are_no_text_are_a_problem_and_not_a_crash(folder: Path) -> None:
    (folder / "bad.yaml").write_bytes(b"runbook: \xff\n")
    assert "is not UTF-8" in str(load(folder).problems[0])


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefghij")
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("flags: &all [*all]\n", "", id="an alias that contains itself, in a list"),
        pytest.param("flags: &all\n  more: *all\n", "", id="and in a mapping"),
        pytest.param("flags: &all\n  <<: *all\n", "holds a value that cannot be read", id="and that merges itself"),
        pytest.param(BOMB, "its aliases (`*name`) unfold to more than 100,000 values", id="aliases of aliases"),
        pytest.param("flags: " + "[" * 5000 + "]" * 5000, "is nested too deeply", id="thousands of brackets"),
        pytest.param(f"title: {'x' * 1_000_000}", "is too large for a runbook: more than 1,000,000", id="a megabyte"),
        pytest.param("version: 2026-99-99\n", "holds a value that cannot be read: month", id="no such day"),
        pytest.param(f"version: {'9' * 5000}\n", "holds a value that cannot be read", id="no such number"),
        pytest.param("a: 1\na: 2\n", 'found duplicate key "a"', id="a key twice"),
        pytest.param("calendar: {zone: 7}\n<<: {x: 1}\n", "", id="only merged"),
        pytest.param("runbook: x\0y\n", "unacceptable character", id="a character that is none"),
    ],
)
def test_a_hostile_file_is_a_problem_and_hides_no_good_one(folder: Path, text: str, problem: str) -> None:
    (folder / "bad.yaml").write_text(text)
    library = load(folder)
    assert list(library.runbooks) == ["good"]
    assert library.problems
    assert problem in str(library.problems[0])


def test_anchors_and_merge_keys_may_be_used(folder: Path) -> None:
    text = ACME.replace("  sev1:\n", "  sev1: &sev1\n") + "  sev3:\n    <<: *sev1\n    title: Slow\n"
    (folder / "merged.yaml").write_text(text)

    severities = load(folder).runbooks["acme"].severities

    assert severities["sev3"].title == "Slow"
    assert severities["sev3"].escalation == severities["sev1"].escalation


def test_words_that_older_yaml_took_for_booleans_are_words(folder: Path) -> None:
    (folder / "words.yaml").write_text(ACME.replace("title: Outage", "title: on"))
    assert load(folder).runbooks["acme"].severities["sev1"].title == "on"


def test_two_runbooks_of_one_name_are_a_problem(folder: Path) -> None:
    (folder / "other.yaml").write_text(ACME.replace("runbook: acme", "runbook: good"))
    [problem] = load(folder).problems
    assert "another runbook is already named 'good'" in str(problem)


def test_one_file_may_be_read_by_itself(folder: Path) -> None:
    assert list(load(folder / "good.yaml").runbooks) == ["good"]


def test_a_folder_that_is_not_there_is_a_problem_with_advice(tmp_path: Path) -> None:
    [problem] = load(tmp_path / "nowhere").problems
    assert "TOCSIN_RUNBOOKS" in str(problem)


def test_a_folder_without_runbooks_is_a_problem(tmp_path: Path) -> None:
    [problem] = load(tmp_path).problems
    assert "no runbook in this folder" in str(problem)
