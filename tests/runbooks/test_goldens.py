"""The preview says what it said when it was last looked at. To record it anew: `python -m tests.runbooks.record`."""

import pytest

from tests.runbooks.goldens import FOLDER, Golden, as_json, goldens

ALL = tuple(goldens())


@pytest.mark.parametrize("golden", ALL, ids=lambda golden: golden.file.stem)
def test_the_preview_says_what_it_said(golden: Golden) -> None:
    assert as_json(golden.lines()) == golden.file.read_text(encoding="utf-8")


def test_there_is_nothing_else() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {golden.file.name for golden in ALL}
