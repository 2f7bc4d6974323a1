"""The reference of the runbook's format is what the program takes."""

from starter.runbooks.schema import schema
from tests.docs.runbook_format import PAGE, SECTIONS, reference
from tests.docs.tables import between


def test_the_reference_is_that_of_the_program() -> None:
    found = between("format").search(PAGE.read_text(encoding="utf-8"))
    assert found
    assert found[0] == reference(), "write it anew: .venv/bin/python -m tests.docs.runbook_format"


def test_no_part_is_left_out() -> None:
    assert set(SECTIONS) == {"Runbook", *schema()["$defs"]}
