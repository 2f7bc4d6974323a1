"""Recorded histories replay: a change of logic that would freeze a live incident fails here (rule 11)."""

import json
from pathlib import Path

import pytest

from tests.workflows.retracing import HISTORIES, replay
from worker.registry import WORKFLOWS


@pytest.mark.parametrize("path", HISTORIES, ids=[path.stem for path in HISTORIES])
async def test_a_recorded_workflow_replays(path: Path) -> None:
    await replay(path)


def test_every_kind_of_workflow_has_a_recorded_history() -> None:
    begun = (json.loads(path.read_text())["events"][0]["workflowExecutionStartedEventAttributes"] for path in HISTORIES)
    assert {each["workflowType"]["name"] for each in begun} == set(WORKFLOWS)
