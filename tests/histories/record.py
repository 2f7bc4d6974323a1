"""Records every history that `test_replay.py` replays: `python -m tests.histories.record`, in about a minute.

Until 0.1.0 they may be recorded anew in the commit that changes the logic; from then on never (rule 11).
"""

import asyncio

from tests.histories import (
    record_canary,
    record_cancelled,
    record_digest,
    record_incidents,
    record_reviews,
    record_watches,
)
from tests.temporal_server import time_skipping_server


async def main() -> None:
    """One after another: each has the task queues to itself."""
    async with time_skipping_server() as temporal:
        for module in (
            record_incidents,
            record_reviews,
            record_cancelled,
            record_watches,
            record_digest,
            record_canary,
        ):
            await module.record(temporal)


if __name__ == "__main__":
    asyncio.run(main())
