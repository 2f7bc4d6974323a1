"""Recorded histories replay: a change of logic that would freeze a live incident fails here (rule 11)."""

from pathlib import Path

import pytest

from tests.workflows.retracing import HISTORIES, replay


@pytest.mark.parametrize("path", HISTORIES, ids=[path.stem for path in HISTORIES])
async def test_a_recorded_workflow_replays(path: Path) -> None:
    await replay(path)


def test_there_are_histories_to_replay() -> None:
    assert len(HISTORIES) >= 3
