"""A page of a list: what is most urgent comes first, and the rest is counted.

A row costs the embedded server a millisecond, a count of ten thousand 25 (docs/benchmarks.md), and no store sorts by
what we would sort by. So a page is put together from the classes of the order: of each, counted or read, only as much
as the page needs.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, NamedTuple, TypeVar

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionAsyncIterator

from starter.temporal.results import Row

T = TypeVar("T")

AT_A_TIME = 1000
"""Rows of one answer; the server gives no more."""
LIST_ANSWER_WITHIN: Final = timedelta(seconds=10)
"""Of so many rows."""
READ_WHOLE: Final = 100
"""So many are read whole, and sorted here."""
READ_MOST = 10_000
"""Of what has no end, such as all that has closed: so many are read in half a minute, and held in memory."""


class Newest(NamedTuple, Generic[T]):
    """The first of a list that may have no end, in the store's order: what is open, then what has closed last."""

    rows: tuple[T, ...]
    unread: int
    """How many are older."""


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """Rows in an order, read from the store class by class."""

    client: Client
    classes: Sequence[str]
    """A query each; together they are all rows, and no row is in two of them."""
    read: Callable[[WorkflowExecution], Awaitable[Row | None]]
    """None: it is no row after all."""

    async def rows(self, start: int, size: int) -> tuple[Row, ...]:
        """From this place on. Rows of one class stand as the store has them: what began last first."""
        to_skip, rows = start, list[Row]()
        for where in self.classes:
            if to_skip and (there := await count(self.client, where)) <= to_skip:
                to_skip -= there
                continue
            wanted = to_skip + size - len(rows)
            known = {row.run_id for row in rows}  # one that has just moved to another class stands in both
            found = [row async for row in self._first(where, wanted)][to_skip:]
            rows += [row for row in found if row.run_id not in known]
            to_skip = 0
            if len(rows) == size:
                break
        return tuple(rows)

    async def _first(self, where: str, wanted: int) -> AsyncIterator[Row]:
        async for row in every(self.client, where, self.read, min(wanted, AT_A_TIME)):
            yield row
            wanted -= 1
            if not wanted:
                return


async def every(
    client: Client, query: str, read: Callable[[WorkflowExecution], Awaitable[Row | None]], at_a_time: int | None = None
) -> AsyncIterator[Row]:
    async for run in runs(client, query, at_a_time):
        row = await read(run)
        if row is not None:
            yield row


def runs(
    client: Client, query: str, at_a_time: int | None = None, *, limit: int | None = None
) -> WorkflowExecutionAsyncIterator:
    """All of them, or the first `limit`, however many answers that takes."""
    return client.list_workflows(query, page_size=at_a_time or AT_A_TIME, limit=limit, rpc_timeout=LIST_ANSWER_WITHIN)


def newest(client: Client, query: str) -> WorkflowExecutionAsyncIterator:
    """READ_MOST of them; `unread` counts the others."""
    return runs(client, query, limit=READ_MOST)


async def count(client: Client, query: str) -> int:
    return (await client.count_workflows(query)).count


async def unread(client: Client, query: str) -> int:
    """How many there are beyond READ_MOST."""
    return max(0, await count(client, query) - READ_MOST)
