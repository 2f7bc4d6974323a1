"""A page of a list: what is most urgent comes first, and the rest is counted.

A row costs the embedded server a millisecond, a count of ten thousand 25 (docs/benchmarks.md), and no store sorts by
what we would sort by. So a page is put together from the classes of the order: of each, counted or read, only as much
as the page needs.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic

from temporalio.client import Client, WorkflowExecution

from starter.temporal.results import Row

AT_A_TIME: Final = 1000
"""Rows of one answer; the server gives no more."""
READ_WHOLE: Final = 100
"""So many are read whole, and sorted here."""


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
            if to_skip and (count := (await self.client.count_workflows(where)).count) <= to_skip:
                to_skip -= count
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
    client: Client, query: str, read: Callable[[WorkflowExecution], Awaitable[Row | None]], at_a_time: int = AT_A_TIME
) -> AsyncIterator[Row]:
    async for run in client.list_workflows(query, page_size=at_a_time):
        row = await read(run)
        if row is not None:
            yield row
