"""What measures our claims is measured itself: it runs, against everything real, and compares as it says."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr, TypeAdapter

from benchmarks.bodies import Bodies
from benchmarks.discarded import counted, figures_of
from benchmarks.figures import Figure, figure, percentile
from benchmarks.pressed import PressedButtons
from benchmarks.processes import Took
from starter.sources import verify
from starter.sources.reading import Webhook

NAMED = ("first-page", "spread")
"""Together they use all that there is: floors, senders, the worker, histories and the pager's wire."""


def test_a_measurement_writes_what_it_found_next_to_its_floor(tmp_path: Path) -> None:
    file, only = tmp_path / "bench.json", [word for name in NAMED for word in ("--only", name)]
    command = [sys.executable, "-m", "benchmarks", "--quick", "--output", str(file), *only]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    figures = TypeAdapter(list[Figure]).validate_json(file.read_bytes())
    assert {each.name: each.floor is not None for each in figures} == {
        "first page after its alert, idle, p50": True,
        "first page after its alert, idle, p99": True,
        "bare signals to 50 workflows": False,
        "alerts over 50 incidents": True,
        "  against HTTP alone": True,
        "  processor time of the gateway, each request": False,
        "  processor time of the Temporal server, each request": False,
        "  their answer, p99": False,
    }
    assert all(each.value > 0 for each in figures)
    assert "alerts over 50 incidents" in printed


def test_what_is_not_there_is_not_measured() -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "the-weather"]
    refused = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 2
    assert "the-weather" in refused.stderr


COMPARED = [
    (figure("", 60, "1/s", floor=10).at_least(6), True),
    (figure("", 59, "1/s", floor=10).at_least(6), False),
    (figure("", 15, "ms", floor=10).at_most(1.5), True),
    (figure("", 16, "ms", floor=10).at_most(1.5), False),
    (figure("", 0.9, "s").below(1), True),
    (figure("", 1, "s").below(1), False),
    (figure("", 0, "alerts").exactly(0), True),
    (figure("", 1, "alerts").exactly(0), False),
]


@pytest.mark.parametrize(("compared", "met"), COMPARED, ids=[f"{f.value:g}: {f.target}" for f, _ in COMPARED])
def test_a_target_is_met_or_not(compared: Figure, met: bool) -> None:
    assert compared.met is met


def test_a_rate_counts_from_the_first_beginning_to_the_last_end() -> None:
    assert Took(begun=[10.0, 11.0], seconds=[1.5, 1.0]).rate == 1.0


def test_percentiles_lie_between_what_was_measured() -> None:
    assert (percentile([1, 2, 3], 50), percentile([7], 99)) == (2, 7)


def test_bodies_go_round_the_incidents_and_then_change_their_alerts() -> None:
    bodies = Bodies(name="x", incidents=2, variants=2)
    sent = [json.loads(bodies.of(number)) for number in range(5)]
    assert [body["groupKey"][-5:-2] for body in sent] == ["x-0", "x-1", "x-0", "x-1", "x-0"]
    assert [body["alerts"][0]["fingerprint"][-1] for body in sent] == ["0", "0", "1", "1", "0"]


def test_without_a_number_of_incidents_each_body_is_one_of_its_own() -> None:
    assert len({json.loads(Bodies(name="x").of(number))["groupKey"] for number in range(3)}) == 3


THROWN_AWAY = """temporal_request_failure_total{operation="RespondWorkflowTaskCompleted",status_code="NOT_FOUND"} 2
temporal_request_failure_total{operation="PollWorkflowTaskQueue",status_code="CANCELLED"} 5
temporal_workflow_task_execution_failed_total{failure_reason="NonDeterminismError"} 1
"""


def test_work_that_was_thrown_away_is_counted_in_the_log_and_in_the_metrics() -> None:
    first = counted("WARN Task not found when completing\n", THROWN_AWAY)
    second = counted("WARN Task not found when completing\nWARN Workflow task duration exceeded 5 seconds\n", "")
    assert [(each.value, each.met) for each in figures_of(first, second)] == [(1, False), (1, False), (3, False)]
    assert all(each.met for each in figures_of(counted("", ""), counted("", "")))


def test_a_cluster_is_only_measured_when_it_is_named() -> None:
    without = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    nowhere = {**without, "TEMPORAL_CONFIG_FILE": os.devnull}
    command = [sys.executable, "-m", "benchmarks", "--cluster"]
    refused = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=nowhere)
    assert refused.returncode == 2
    assert "TEMPORAL_ADDRESS" in refused.stderr


def test_presses_are_signed_as_slack_signs_and_none_comes_twice() -> None:
    buttons = PressedButtons(incidents=("a", "b"), secret="s", sandbox="http://127.0.0.1:1")
    bodies = [buttons.of(0), buttons.of(1), buttons.model_copy(update={"first": 2}).of(0)]
    assert len(set(bodies)) == 3
    for body in bodies:
        said = dict(line.lower().split(": ", 1) for line in buttons.headers(body))
        assert verify.slack(Webhook(body, datetime.now(UTC), said), (SecretStr("s"),))
