"""Records the history of a review that `test_replay.py` replays: `python -m tests.histories.record_review`."""

import asyncio

from tests.histories.record import save
from tests.temporal_server import time_skipping_server
from tests.workflows.incidents import Vendors, opening
from tests.workflows.reviews import DAY, LiveReview, reviewed


async def main() -> None:
    async with time_skipping_server() as temporal, reviewed(temporal, Vendors(), opening()) as review:
        await _a_whole_review(review)
        await save(review.handle, "review")


async def _a_whole_review(live: LiveReview) -> None:
    await live.handle.execute_update("follow_up_added", {"text": "test it", "owner": "alice", "due_on": "2026-12-24"})
    await live.after(4 * DAY)
    await live.handle.execute_update("snooze", {"duration": "1d", "reason": "away", "by": "Alice"})
    await live.handle.signal("make_coffee", 1)
    await live.after(8 * DAY)
    for owed in ("post-mortem-document", "post-mortem-meeting", "action-items"):
        await live.handle.execute_update("submit", {"duty": owed, "by": "Alice", "link": "https://wiki.example/1"})
    await live.handle.execute_update("waive", {"reason": "a drill", "by": "Alice"})
    await live.handle.execute_update("follow_up_done", {"follow_up": "1", "by": "Alice"})
    await live.to_the_end()


if __name__ == "__main__":
    asyncio.run(main())
