"""A recorded history is a file here, without what names the machine that it was recorded on."""

import asyncio
import json
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

FOLDER = Path(__file__).parent
IN_THE_MIDDLE = (EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
"""Of a turn: what it decides is not yet in the history."""


async def save(handle: WorkflowHandle[Any, Any], name: str) -> None:
    history = await handle.fetch_history()
    while history.events[-1].event_type in IN_THE_MIDDLE:
        await asyncio.sleep(0.1)
        history = await handle.fetch_history()
    (FOLDER / f"{name}.json").write_text(json.dumps(_without_the_machine(json.loads(history.to_json()))) + "\n")
    print(f"{name}: {len(history.events)} events")  # noqa: T201 (a command's progress)


def _without_the_machine(value: Any) -> Any:
    """Identities and stack traces; replaying needs neither."""
    if isinstance(value, dict):
        return {k: _without_the_machine(v) for k, v in value.items() if k not in ("identity", "stackTrace")}
    return [_without_the_machine(item) for item in value] if isinstance(value, list) else value
