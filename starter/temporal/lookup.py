"""Which incident or review is meant by an id, by the beginning of one, or by nothing while only one is open."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starter.temporal.results import FoundIncident, LookupFailed, ReviewSummary, Summary
from workflows.durable import search_attributes as attributes

Listed = Summary | ReviewSummary
_INCIDENT_ID = re.compile(r"[A-Za-z0-9._-]{1,200}")  # also: nothing that could end a string in a query


@dataclass(frozen=True)
class Lookup:
    noun: str
    """`incident` or `review`."""
    of_that_id: str
    """What there is none of, if there is none: `review of an incident`."""
    open: str
    """The query for those that are open."""
    all: str
    """The query for those that have ended, too."""
    query: Callable[[str], Awaitable[Sequence[Listed]]]

    async def find(self, prefix: str | None, *, closed: bool) -> FoundIncident:
        """Raises LookupFailed."""
        if prefix is None:
            return self._only(await self.query(self.open), "are open", f"no {self.noun} is open")
        if not _INCIDENT_ID.fullmatch(prefix):
            raise LookupFailed(f"{prefix!r} is not the id of an incident: ids look like 20261121-0204-k7")
        found = await self._beginning(prefix, closed=closed)
        exact = [each for each in found if prefix in (each.incident, each.workflow_id)]
        missing = "" if found else await self._missing(prefix)
        return self._only(exact or found, f"begin with {prefix!r}", missing)

    async def _beginning(self, prefix: str, *, closed: bool) -> Sequence[Listed]:
        """Those that are open, or if there are none those that have ended."""
        incident = f"{attributes.INCIDENT.name} STARTS_WITH '{prefix}'"
        named = f"WorkflowId = '{prefix}'" if prefix.startswith("incident-") else incident
        if is_open := await self.query(f"{self.open} AND {named}"):
            return is_open
        ended = await self.query(f"{self.all} AND {named}")
        if ended and not closed:
            raise LookupFailed("closed already:\n" + _lines(ended))
        return ended

    async def _missing(self, prefix: str) -> str:
        is_open = await self.query(self.open)
        others = "open are:\n" + _lines(is_open) if is_open else "and none is open"
        return f"there is no {self.of_that_id} {prefix!r}; {others}"

    def _only(self, found: Sequence[Listed], several: str, none: str) -> FoundIncident:
        if not found:
            raise LookupFailed(none)
        if len(found) > 1:
            raise LookupFailed(f"{len(found)} {self.noun}s {several}, say which:\n" + _lines(found))
        one = found[0]
        return FoundIncident(
            workflow_id=one.workflow_id, run_id=None if one.open else one.run_id, incident=one.incident
        )


def _lines(found: Sequence[Listed]) -> str:
    return "\n".join(f"  {each.incident}  {each.severity.upper()} {each.title}" for each in found)
