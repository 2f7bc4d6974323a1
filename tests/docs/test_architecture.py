"""docs/architecture.md and its picture are what the imports say."""

import pytest

from tests.docs.architecture import ALERT, PAGE, PAGE_OUT, PICTURE, Step, picture, rooms
from tests.docs.imports import FOLDERS, graph, inside, levels
from tests.docs.markdown import ROOT
from tests.docs.tables import between

ANEW = "write it anew: .venv/bin/python -m tests.docs.architecture"


def test_the_picture_is_that_of_the_imports() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(), ANEW


def test_the_table_says_what_each_room_holds() -> None:
    found = between("rooms").search(PAGE.read_text(encoding="utf-8"))
    assert found
    assert found[0] == rooms(), ANEW


@pytest.mark.parametrize("folder", ["", *FOLDERS])
def test_no_rooms_import_each_other(folder: str) -> None:
    assert levels(inside(folder, graph()))


def test_rooms_that_import_each_other_are_named() -> None:
    with pytest.raises(ValueError, match="a, b"):
        levels({"a": frozenset({"b"}), "b": frozenset({"a"}), "c": frozenset()})


@pytest.mark.parametrize("step", ALERT + PAGE_OUT, ids=lambda step: step.mark)
def test_each_step_is_in_a_room_that_is_drawn(step: Step) -> None:
    assert (ROOT / step.file).exists()
    assert f">{step.mark}</text>" in picture()


def test_every_room_says_what_it_holds() -> None:
    assert [row for row in rooms().splitlines() if "|  |" in row] == []
