"""How workflow code is run: as ordinary Python, without Temporal's sandbox (ADR 28).

One place for the worker, the tests and the replayer.
"""

from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowRunner


def runner() -> WorkflowRunner:
    """What the sandbox would have guarded is held before anything runs: by the import contracts and ruff's rules in
    `pyproject.toml`, and by `tests/workflows/test_determinism.py`. The SDK goes on watching for deadlocks."""
    return UnsandboxedWorkflowRunner()
