"""docs/adr: one decision a page, numbered without gaps, all of one form."""

import re
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT

RECORDS = sorted((ROOT / "docs/adr").glob("*.md"))


def test_they_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name)
def test_a_record_says_what_was_decided_why_and_what_follows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Status", "Context", "Decision", "Consequences"]
    assert re.search(r"^## Status\n\n(Accepted|Superseded by .+), \d{4}-\d{2}-\d{2}\.", text, re.MULTILINE)
