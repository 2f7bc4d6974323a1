"""Which one is meant: by its id or a clear part of it, asked by search attribute. Nothing here reads a whole list."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic

from temporalio.client import Client, WorkflowExecution

from starter.temporal.results import FoundIncident, LookupFailed, Row, Summary
from workflows.durable import search_attributes as attributes
from workflows.policy.keys import workflow_ids
from workflows.policy.runbook.names import severity_title
from workflows.policy.wire.bounded import cut

LOOKS_AFTER_S: Final = (0.0, 0.3, 0.9)
"""What began a moment ago is not in a list yet: before it is said that there is none, it is looked again."""
MOST_NAMED: Final = 10
"""As many are named where several could be meant."""
_LOOKED_THROUGH: Final = 100
"""Of those whose letters fit, to see whether the rest of what was given does, too."""
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,200}")  # also: nothing that could end a string in a query
_WHOLE_ID: Final = re.compile(r"\d{8}-\d{4}-[a-z0-9]{1,12}")
_DATED: Final = re.compile(r"\d{8}")
"""How an id begins; no letters do: there is no 0 and no 1 among them."""


@dataclass(frozen=True)
class Lookup(Generic[Row]):
    """Of incidents, or of reviews."""

    client: Client
    noun: str
    """`incident` or `review`."""
    of_that_id: str
    """What there is none of, if there is none: `review of an incident`."""
    open: str
    """The query for those that are open,"""
    all: str
    """... and for closed ones, too."""
    read: Callable[[WorkflowExecution], Awaitable[Row | None]]
    """None: it is not one of them after all."""
    foremost: Callable[[], Awaitable[Sequence[Row]]]
    """The first of those that are open: for whoever meant none of them."""

    async def find(self, part: str | None, *, closed: bool) -> FoundIncident:
        """By an id, the beginning of one, its letters or their beginning, a workflow id or its beginning, or nothing if
        only one is open. With `closed`, closed ones may be meant too. Raises LookupFailed."""
        if part is not None:
            check_id(part)
        found = await self._seen(part)
        if not found:
            raise LookupFailed(await self._none(part), self._no(part))
        if part is not None and not (closed or any(each.open for each in found)):
            raise LookupFailed("closed already:\n" + lines(found), "closed already")
        return self._only(part, found)

    async def _seen(self, part: str | None) -> list[Row]:
        for pause_s in LOOKS_AFTER_S:
            await asyncio.sleep(pause_s)
            named = "" if part is None else f" AND {_named(part)}"
            found = await self._first(self.open + named, part)
            if not found and part is not None:
                found = await self._first(self.all + named, part)
            if found:
                break
        return found

    async def _first(self, query: str, part: str | None) -> list[Row]:
        most = _LOOKED_THROUGH if part is not None and "-" in part else MOST_NAMED + 1
        runs = self.client.list_workflows(query, limit=most, page_size=most)
        rows = [await self.read(run) async for run in runs]
        return [row for row in rows if row is not None and (part is None or _is_called(row, part))]

    def _only(self, part: str | None, found: Sequence[Row]) -> FoundIncident:
        exact = [each for each in found if part in (each.incident, each.workflow_id)] or found
        if len(exact) > 1:
            many = f"more than {MOST_NAMED}" if len(exact) > MOST_NAMED else f"{len(exact)}"
            which = f"{self.noun}s are open" if part is None else f"{self.noun}s begin with {part!r}"
            raise LookupFailed(f"{many} {which}, say which:\n" + lines(exact[:MOST_NAMED]), f"{many} {which}")
        one = exact[0]
        return FoundIncident(
            workflow_id=one.workflow_id,
            run_id=None if one.open else one.run_id,
            incident=one.incident,
            may_be_private=not isinstance(one, Summary) or one.private,
        )

    async def _none(self, part: str | None) -> str:
        if part is None:
            return f"no {self.noun} is open; one that began a moment ago may not be listed yet"
        others = (await self.foremost())[: MOST_NAMED + 1]
        if not others:
            are = "and none is open"
        else:
            are = "open are:\n" + lines(others[:MOST_NAMED]) + ("\n  and others" if len(others) > MOST_NAMED else "")
        return f"{self._no(part)}; {are}"

    def _no(self, part: str | None) -> str:
        return f"there is no {self.of_that_id} {part!r}" if part else f"no {self.noun} is open"


TITLE_IN_A_LIST = 48


def check_id(part: str) -> None:
    """Raises LookupFailed when it cannot be one, nor a part of one."""
    if not _ID.fullmatch(part):
        raise LookupFailed(f"{part!r} is not the id of an incident: ids look like 20261121-0204-k7")


def is_whole_id(part: str) -> bool:
    """May it be one? It can still be the beginning of another one."""
    return _WHOLE_ID.fullmatch(part) is not None


def lines(found: Sequence[Row]) -> str:
    return "\n".join(f"  {each.incident}  {_titled(each)}" for each in found)


def _titled(row: Row) -> str:
    """In a line of eighty columns."""
    severity = f"{severity_title(row.severity)} " if row.severity else ""
    return f"{severity}{cut(row.title, TITLE_IN_A_LIST)}"


def _named(part: str) -> str:
    if workflow_ids.is_workflow_id(part):
        return f"WorkflowId STARTS_WITH '{part}'"
    beginning = f"{attributes.INCIDENT.name} STARTS_WITH '{part.lower()}'"
    letters = part.lower().rpartition("-")[2]
    if _DATED.match(part) or not letters:
        return beginning
    return f"({beginning} OR {attributes.INCIDENT_LETTERS.name} STARTS_WITH '{letters}')"


def _is_called(row: Row, part: str) -> bool:
    """Letters that follow something else (`0204-k7mw`) were asked for alone."""
    return workflow_ids.begins_with(row.workflow_id, part) or part.lower() in row.incident
