"""What whoever did something reads one after the other, until its incident says what became of it.

A worker that asked for work a moment ago may be slow, or dead, and for a while nobody can know which. They hear of the
doubt before that, and are not left with it.
"""

from asyncio import sleep
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Final

from chat import words
from chat.looking import SeenAfterwards

LOOKED_AGAIN_AFTER_S: Final = (1.0, 5.0, 15.0)
KNOWN_AFTER_S: Final = 55.0
"""More. By then a worker that has died counts as dead (`POLL_LASTS` in `starter/temporal/unanswered.py`)."""
LateLook = Callable[[], Awaitable[SeenAfterwards]]


async def looked_again(look: LateLook) -> AsyncIterator[SeenAfterwards]:
    for pause in LOOKED_AGAIN_AFTER_S:
        await sleep(pause)
        seen = await look()
        if not seen.is_late:
            yield seen
            return
    yield replace(seen, text=words.PERHAPS_NOBODY)
    await sleep(KNOWN_AFTER_S)
    seen = await look()
    if not seen.is_late:
        yield seen
