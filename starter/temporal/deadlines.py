"""Reviews by what is due first. No store sorts by a search attribute: so the moment is sought, by counting, up to which
enough of them are due, and only these are read."""

from datetime import UTC, datetime, timedelta
from typing import Final

from temporalio.client import Client

from starter.temporal.pages import READ_WHOLE, Listing, count, every
from starter.temporal.results import ReviewSummary
from starter.temporal.rows import review_row
from workflows.durable.search_attributes import REVIEW_DUE_AT

_DUE_WITHIN: Final = timedelta(days=800)
_DUE_TOGETHER: Final = timedelta(minutes=1)
"""What is due within it is read together."""


async def due_first(client: Client, reviews: str, closed: str, start: int, size: int) -> tuple[ReviewSummary, ...]:
    """From this place on. Those that owe nothing come after those that do, and then those that `closed` asks for."""
    query = await _until_enough(client, f"{reviews} AND {REVIEW_DUE_AT.name} IS NOT NULL", start + size)
    owing = sorted(
        [row async for row in every(client, query, review_row)], key=lambda row: row.due_at or row.started_at
    )
    found = tuple(owing[start : start + size])
    others = Listing(client, [f"{reviews} AND {REVIEW_DUE_AT.name} IS NULL", *([closed] if closed else [])], review_row)
    missing = size - len(found)
    return found + (await others.rows(max(start - len(owing), 0), missing) if missing else ())


async def _until_enough(client: Client, reviews: str, wanted: int) -> str:
    """The query for those that are due first, at least as many as are wanted, or all."""
    now = datetime.now(UTC)
    early, late = now - _DUE_WITHIN, now + _DUE_WITHIN
    if await count(client, _before(reviews, late)) <= wanted:
        return reviews
    while late - early > _DUE_TOGETHER:
        middle = early + (late - early) / 2
        so_many = await count(client, _before(reviews, middle))
        if so_many < wanted:
            early = middle
            continue
        late = middle
        if so_many <= wanted + READ_WHOLE:
            break
    return _before(reviews, late)


def _before(reviews: str, at: datetime) -> str:
    return f"{reviews} AND {REVIEW_DUE_AT.name} < '{at.isoformat()}'"
