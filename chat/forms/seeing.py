"""What it would change, in words, before somebody says that they want it."""

from collections.abc import Iterator

from chat.acting import Answered, Deed, Hands, in_words
from chat.people import Presser
from chat.words import moment, outside, plain
from workflows.policy.views.foreseen import Foreseen

MOST_CHANGES = 10


async def foreseen(hands: Hands, deed: Deed, presser: Presser) -> Answered:
    """With the mark of what it was like. Raises Unreachable."""

    async def look() -> Answered:
        desk = await hands.desk_of(presser, here=deed.here)
        found = await desk.foresee(deed.incident, await hands.event_of(deed, presser))
        return Answered("\n".join(_lines(found)), mark=found.mark)

    return await in_words(look())


def _lines(found: Foreseen) -> Iterator[str]:
    yield "*What this changes*"
    yield from map(plain, found.changed)
    yield f"Paged at once: {plain(', '.join(found.pages)) if found.pages else 'nobody'}"
    for change in found.changes[:MOST_CHANGES]:
        yield f"• {plain(change.kind)}: {plain(change.line.what)}, {moment(change.line.at)}"
    if len(found.changes) > MOST_CHANGES:
        yield f"... and {len(found.changes) - MOST_CHANGES} more"
    yield from outside(found.outgoing)
