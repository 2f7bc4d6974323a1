"""Records what `record.py` does not: heartbeats. `python -m tests.histories.record_watches`, under the same rule."""

import asyncio
from datetime import timedelta

from tests.histories.record import save
from tests.temporal_server import time_skipping_server
from tests.workflows.heartbeats import AWAY, Signs, crew, heartbeat

MINUTE = timedelta(minutes=1)


async def main() -> None:
    async with time_skipping_server() as temporal:
        signs = Signs()
        async with heartbeat(temporal) as live, crew(temporal, signs):
            for minute in (3, 6, 9):
                await live.at(minute * MINUTE)
                await live.handle.signal("beat")
            await live.at(16 * MINUTE)  # missing
            await live.handle.signal("beat")
            await live.handle.signal("beet", "nonsense")
            await live.handle.signal("pause", {"duration": "30m", "by": "Alice"})
            await live.at(60 * MINUTE)  # missing again
            await live.handle.signal("beat")
            signs.answers, signs.looks = [AWAY], []
            await live.at(70 * MINUTE)  # not to be judged
            await live.handle.signal("remove", {"by": "Alice"})
            await live.handle.result()
            await save(live.handle, "heartbeat")


if __name__ == "__main__":
    asyncio.run(main())
