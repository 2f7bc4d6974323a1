"""`tocsin runbook lint` and `schema`: what they print, and how they end."""

import json
from pathlib import Path

import pytest

from starter.runbooks.schema import schema
from tests.starter.lint.book import GOOD
from tests.tocsin.conftest import Tocsin

MISTAKEN = GOOD.replace("remind: 5m", "remind: 1h")
DOUBTFUL = GOOD.replace("https://logs", "http://logs")


async def test_a_good_runbook_is_good(tocsin: Tocsin, alone: Path) -> None:
    (alone / "good.yaml").write_text(GOOD, encoding="utf-8")
    answer = await tocsin("runbook", "lint", "good.yaml")
    assert (answer.code, answer.out) == (0, "nothing to say against it\n")


async def test_an_error_fails_and_says_where_why_and_what_instead(tocsin: Tocsin, alone: Path) -> None:
    (alone / "bad.yaml").write_text(MISTAKEN, encoding="utf-8")
    answer = await tocsin("runbook", "lint", "bad.yaml")
    assert answer.code == 1
    assert answer.out.splitlines() == [
        "bad.yaml:41: error: severities.sev1.updates.remind: reminds 1h before an update that is due every 30m",
        "    why: The reminder would come before the update before: it is not sent.",
        "    instead: Let `remind` be shorter than `every`",
        "1 error",
    ]


async def test_warnings_alone_do_not_fail(tocsin: Tocsin, alone: Path) -> None:
    (alone / "doubtful.yaml").write_text(DOUBTFUL, encoding="utf-8")
    answer = await tocsin("runbook", "lint", "doubtful.yaml")
    assert answer.code == 0
    assert answer.out.startswith("doubtful.yaml:25: warning: links[1].url: is not encrypted\n")
    assert answer.out.endswith("\n1 warning\n")


async def test_no_line_is_broken_however_narrow_the_terminal(
    tocsin: Tocsin, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    (alone / "bad.yaml").write_text(MISTAKEN, encoding="utf-8")
    assert len((await tocsin("runbook", "lint", "bad.yaml")).out.splitlines()) == 4


async def test_programs_get_every_field(tocsin: Tocsin, alone: Path) -> None:
    (alone / "bad.yaml").write_text(MISTAKEN, encoding="utf-8")
    answer = await tocsin("runbook", "lint", "bad.yaml", "--json")
    assert answer.code == 1
    assert json.loads(answer.out) == [
        {
            "file": "bad.yaml",
            "line": 41,
            "column": 45,
            "level": "error",
            "path": "severities.sev1.updates.remind",
            "what": "reminds 1h before an update that is due every 30m",
            "why": "The reminder would come before the update before: it is not sent.",
            "instead": "Let `remind` be shorter than `every`",
        }
    ]


async def test_folders_and_several_files_are_checked_together(tocsin: Tocsin, alone: Path) -> None:
    (alone / "more").mkdir()
    (alone / "more" / "bad.yaml").write_text(MISTAKEN, encoding="utf-8")
    answer = await tocsin("runbook", "lint", "books", "more", "nowhere.yaml", "--json")
    files = [(found["file"], found["what"]) for found in json.loads(answer.out)]
    assert ("more/bad.yaml", "another runbook is already named 'acme'") in files
    assert ("nowhere.yaml", "no such file or folder") in files


async def test_the_schema_is_printed_as_it_is(tocsin: Tocsin) -> None:
    answer = await tocsin("runbook", "schema")
    assert answer.code == 0
    assert json.loads(answer.out) == schema()
