"""What lists show of a workflow and no search attribute holds."""

from typing import TypeVar

from temporalio.client import WorkflowExecution

Shown = TypeVar("Shown")
Otherwise = TypeVar("Otherwise")


async def memo_of(run: WorkflowExecution, name: str, kind: type[Shown], otherwise: Otherwise) -> Shown | Otherwise:
    """`otherwise`: if it is missing, or cannot be read, being of another version or of a workflow that was started by
    hand. One that cannot hides no other."""
    try:
        found: Shown | Otherwise = await run.memo_value(name, otherwise, type_hint=kind)
    except (ValueError, KeyError, RuntimeError):  # by which converter it was written decides
        return otherwise
    return found
