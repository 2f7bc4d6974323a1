"""What is kept of a runbook whose pages are looked at each day: what was said of it."""

from workflows.policy.wire.history import HISTORY_BYTES, HISTORY_EVENTS
from workflows.policy.wire.model import Wire


class KeptCoverage(Wire):
    """The state of the workflow `coverage`, and its argument."""

    runbook: str
    missing: tuple[str, ...] = ()
    """What the last look found, by keys: what is new is said."""
    history_limit: int = HISTORY_EVENTS
    history_bytes: int = HISTORY_BYTES


def coverage_workflow_id(runbook: str) -> str:
    return f"tocsin-coverage-{runbook}"
