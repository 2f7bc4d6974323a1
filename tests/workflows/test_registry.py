"""Workers, and what replays for them, know every workflow there is, by its own name."""

import importlib
import inspect
import pkgutil

import pytest

import workflows
from starter.temporal.task_failures import FAILURE_MOST, of_replay
from worker.registry import WORKFLOWS

DEFINITION = "__temporal_workflow_definition"


def test_every_workflow_is_known_by_its_name() -> None:
    modules = [importlib.import_module(each.name) for each in pkgutil.iter_modules(workflows.__path__, "workflows.")]
    classes = {value for module in modules for value in vars(module).values() if inspect.isclass(value)}
    assert {name: each for each in classes if (name := _name(each))} == WORKFLOWS


def _name(known: type) -> str | None:
    definition = vars(known).get(DEFINITION)
    return str(definition.name) if definition else None


NONDETERMINISM = 'Workflow activation completion failed: Failure { failure: Some(Failure { message: "[TMPRL1100] %s"'


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            NONDETERMINISM % "Nondeterminism error: No command scheduled for event HistoryEvent(id: 13, TimerStarted)",
            "this code does not do what was done at event 13 (timer started)",
        ),
        (
            NONDETERMINISM % "Nondeterminism error: Activity machine does not handle this event: "
            "HistoryEvent(id: 7, ActivityTaskScheduled)",
            "this code does something else at event 7 (activity task scheduled), or does it at another time",
        ),
        (NONDETERMINISM % "a form that is not known", "this code does something else than what was done: "),
        ('{ message: "[TMPRL1101] Potential deadlock detected"', "this code does not come to an end with it"),
        ("a form that nobody has seen", "this code fails on it: a form that nobody has seen"),
        ("x" * 2 * FAILURE_MOST, "this code fails on it: xxx"),
    ],
)
def test_why_a_replay_failed_is_said_of_replay(failure: str, said: str) -> None:
    line = of_replay(failure)
    assert line.startswith(said)
    assert len(line) < FAILURE_MOST + 100
