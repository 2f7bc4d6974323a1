"""Recorded histories replay: a change of logic that would freeze a live incident fails here (rule 11)."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workflows.cancelled_episodes import CancelledEpisodesWorkflow
from workflows.digest import DigestWorkflow
from workflows.durable.sandboxing import runner
from workflows.heartbeat import HeartbeatWorkflow
from workflows.incident import IncidentWorkflow
from workflows.silence import SilenceWorkflow

HISTORIES = {path: path.read_text() for path in sorted((Path(__file__).parents[1] / "histories").glob("*.json"))}


@pytest.mark.parametrize("path", HISTORIES, ids=[path.stem for path in HISTORIES])
async def test_a_recorded_workflow_replays(path: Path) -> None:
    history = WorkflowHistory.from_json(path.stem, HISTORIES[path])
    replayer = Replayer(
        workflows=[IncidentWorkflow, CancelledEpisodesWorkflow, DigestWorkflow, HeartbeatWorkflow, SilenceWorkflow],
        data_converter=pydantic_data_converter,
        workflow_runner=runner(),
    )
    await replayer.replay_workflow(history)


def test_there_are_histories_to_replay() -> None:
    assert len(HISTORIES) >= 3
