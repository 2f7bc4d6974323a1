"""Records the histories that `test_replay.py` replays: `python -m tests.histories.record`.

Until 0.1.0 they may be recorded anew in the commit that changes the logic; from then on never (rule 11).
"""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle

from tests.temporal_server import time_skipping_server
from tests.workflows.incidents import Live, Vendors, firing, incident, opening, rate_limited, rejects, resolved

FOLDER = Path(__file__).parent
MINUTE = timedelta(minutes=1)


async def main() -> None:
    async with time_skipping_server() as temporal:
        async with incident(temporal, Vendors(), opening(), alerts=(firing(),)) as live:
            await _a_whole_life(live)
            await save(live.handle, "whole-life")
        async with incident(temporal, Vendors(answers={"page": rejects}), opening()) as live:
            await live.at(20 * MINUTE)
            await live.handle.signal("resolve")
            await live.to_the_end()
            await save(live.handle, "nobody-reached")
        slow = dict.fromkeys(("post", "open_channel", "publish"), rate_limited(10 * MINUTE))
        async with incident(temporal, Vendors(answers=slow), opening("sev2")) as live:
            await live.at(30 * MINUTE)
            await live.handle.signal("make_coffee", 1)
            await live.handle.execute_update("change_severity", {"severity": "sev1"})
            await live.at(60 * MINUTE)
            await live.handle.signal("cancel")
            await live.to_the_end()
            await save(live.handle, "raised-and-cancelled")


async def _a_whole_life(live: Live) -> None:
    await live.at(33 * MINUTE)
    await live.handle.execute_update("acknowledge", {"by": "Alice"})
    await live.handle.execute_update("assign_role", {"role": "commander", "person": "Alice"})
    await live.at(40 * MINUTE)
    await live.handle.execute_update("post_update", {"by": "Alice", "text": "found it", "phase": "identified"})
    await live.at(41 * MINUTE)
    await live.handle.execute_update("approve", {"by": "Alice"})
    await live.handle.execute_update("mitigate", {"by": "Alice"})
    await live.at(55 * MINUTE)
    await live.handle.signal("alert", {"alerts": [resolved().model_dump(mode="json")]})
    await live.at(58 * MINUTE)
    again = firing(starts_at=resolved().starts_at + MINUTE)
    await live.handle.signal("alert", {"alerts": [again.model_dump(mode="json")]})
    await live.at(70 * MINUTE)
    await live.handle.signal(
        "alert", {"alerts": [again.model_copy(update={"status": "resolved"}).model_dump(mode="json")]}
    )
    await live.to_the_end()


async def save(handle: WorkflowHandle[Any, Any], name: str) -> None:
    history = await handle.fetch_history()
    (FOLDER / f"{name}.json").write_text(json.dumps(_without_the_machine(json.loads(history.to_json()))) + "\n")
    print(f"{name}: {len(history.events)} events")  # noqa: T201


def _without_the_machine(value: Any) -> Any:
    """Identities and stack traces name the machine it was recorded on; replaying needs neither."""
    if isinstance(value, dict):
        return {k: _without_the_machine(v) for k, v in value.items() if k not in ("identity", "stackTrace")}
    return [_without_the_machine(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    asyncio.run(main())
