"""Group commit: what arrives for an incident while a signal to it is under way travels with the next one.

The idea is that of databases, which write many transactions to the disk at once. So an incident takes as many alerts
a second as arrive, at the cost of as many signals as Temporal takes one after the other. Whoever comes when nothing is
under way goes at once, and nobody waits for a clock: the end of one signal begins the next.

Everybody in a batch gets the batch's own outcome: either Temporal has all of it, or all are asked to send it again.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from starter.intake.collapse import collapse
from starter.intake.gathering import Gathering, GatheringPlace, gathered_id, moved, moved_ends
from starter.intake.repeats import Repeats
from starter.sources.refusal import later
from starter.temporal.incidents import Incidents
from starter.temporal.results import NothingOpen
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.opening import OpenRequest

BATCH_BYTES = 200_000
"""A tenth of what Temporal takes in one signal (2 MB), so that an incident reads it in one go. A single alert may weigh
more, and goes alone."""
WAITING_BYTES = 4 * 2**20
"""Per incident."""
SOURCE_BYTES = 8 * 2**20
"""Per source: the flood of one is not the silence of another."""
ALL_BYTES = 32 * 2**20
INCIDENTS_REMEMBERED = 10_000
"""Incidents."""

log = structlog.get_logger()


@dataclass
class _PendingBatch:
    workflow_id: str
    source: str
    follows: "asyncio.Task[bool] | None"
    may_open: bool = False
    """If nothing is open."""
    leaves: bool = False
    """It is under way: nobody can join any more."""
    deliveries: list[AlertsReceived] = field(default_factory=list)
    weight: int = 0
    opening: OpenRequest = field(init=False)
    rank: tuple[bool, str] = field(init=False)
    committed: "asyncio.Task[bool]" = field(init=False)

    def has_room_for(self, weight: int) -> bool:
        return not self.leaves and self.weight + weight <= BATCH_BYTES

    def join(self, opening: OpenRequest, delivery: AlertsReceived, weight: int) -> None:
        """If nothing is open yet, it opens as the gravest of those asks that bring something firing."""
        rank = all(alert.status == "resolved" for alert in delivery.alerts), opening.severity
        if not self.deliveries or rank < self.rank:
            self.opening, self.rank = opening, rank
        self.deliveries.append(delivery)
        self.weight += weight


class GroupCommit:
    """Belongs to one event loop. Memory is bounded: beyond it a delivery stays with its sender (503)."""

    def __init__(self, incidents: Incidents, openings: int = 0) -> None:
        """`openings`: see `Gathering`."""
        self._incidents = incidents
        self.gathering = Gathering(incidents, openings)
        self._newest: dict[str, _PendingBatch] = {}
        """Per incident that something is under way to."""
        self._weights: dict[str, int] = {}
        self._source_weights: Counter[str] = Counter()
        self._weight = 0
        self._repeats = Repeats()
        self._homes: dict[str, str] = {}
        self._open: dict[str, None] = {}
        """Incidents that were told something last, the latest at the end: they probably are open still."""

    async def open(
        self, workflow_id: str, opening: OpenRequest, delivery: AlertsReceived, *, may_open: bool = True
    ) -> bool:
        """As `Incidents.open`, and by it, together with what else is for the same incident. `home` says where it went.

        Raises Unreachable, Refusal. A caller who is cancelled leaves the others alone; what it brought still arrives.
        """
        weight = len(delivery.model_dump_json(exclude_defaults=True).encode())  # Temporal counts bytes, not letters
        self._make_room(workflow_id, opening.source, weight)
        batch = self._newest.get(workflow_id)
        if batch is None or not batch.has_room_for(weight):
            batch = self._begin(workflow_id, opening.source)
        batch.join(opening, delivery, weight)
        batch.may_open |= may_open
        return await asyncio.shield(batch.committed)

    def home(self, workflow_id: str) -> str:
        """The incident that was told last what is for this one: another, if that was gathered."""
        return self._homes.get(workflow_id, workflow_id)

    def _make_room(self, workflow_id: str, source: str, weight: int) -> None:
        waiting = self._weights.get(workflow_id, 0)
        if waiting + weight > WAITING_BYTES:
            raise later("too many alerts wait for this incident: send it again")
        if self._source_weights[source] + weight > SOURCE_BYTES:
            raise later(f"too many alerts of {source} wait: send it again")
        if self._weight + weight > ALL_BYTES:
            raise later("too many alerts wait: send it again")
        self._weights[workflow_id] = waiting + weight
        self._source_weights[source] += weight
        self._weight += weight

    def _begin(self, workflow_id: str, source: str) -> _PendingBatch:
        before = self._newest.get(workflow_id)
        batch = _PendingBatch(workflow_id, source, before.committed if before else None)
        batch.committed = asyncio.create_task(self._commit(batch))
        self._newest[workflow_id] = batch
        return batch

    async def _commit(self, batch: _PendingBatch) -> bool:
        if batch.follows is not None:
            await asyncio.wait([batch.follows])
            batch.follows = None
        batch.leaves = True
        expect_open = batch.workflow_id in self._open
        self._open.pop(batch.workflow_id, None)
        try:
            whole = collapse(batch.deliveries)
            thin = self._repeats.thinned(batch.workflow_id, whole) if expect_open else ()
            where = await self._forward(batch, whole, thin)
        finally:
            self._forget(batch)
        self._homes.pop(batch.workflow_id, None)
        if where not in (None, batch.workflow_id):
            self._homes[batch.workflow_id] = where
            if len(self._homes) > INCIDENTS_REMEMBERED:
                del self._homes[next(iter(self._homes))]
        if where == batch.workflow_id:
            self._repeats.remember(batch.workflow_id, whole)
            self._remember(batch.workflow_id)
        log.info(
            "alerts handed on", incident=batch.workflow_id, deliveries=len(batch.deliveries), is_open=where is not None
        )
        return where is not None

    async def _forward(
        self, batch: _PendingBatch, whole: Sequence[AlertsReceived], thin: Sequence[AlertsReceived]
    ) -> str | None:
        """Which incident has it now."""
        incident, opening = batch.workflow_id, batch.opening
        if self.gathering.is_gathered(incident):
            return await self._forward_gathered(batch, whole, thin)
        fires = any(alert.status == "firing" for each in whole for alert in each.alerts)
        if fires and not thin and (place := await self.gathering.into(incident, opening, whole)):
            return await self._gather(batch, whole, place)
        here, there = await asyncio.gather(
            self._incidents.open(incident, opening, *whole, if_open=thin), self._end_gathered(batch, whole)
        )
        return incident if here else there

    async def _forward_gathered(
        self, batch: _PendingBatch, whole: Sequence[AlertsReceived], thin: Sequence[AlertsReceived]
    ) -> str | None:
        incident = batch.workflow_id
        if batch.may_open:
            opening = self.gathering.opening(batch.opening)
            return incident if await self._incidents.open(incident, opening, *whole, if_open=thin) else None
        try:
            await self._incidents.signal(incident, *(thin or whole))
        except NothingOpen:
            self.gathering.forget(incident)
            return None
        return incident

    async def _end_gathered(self, batch: _PendingBatch, whole: Sequence[AlertsReceived]) -> str | None:
        """What has ended may have been gathered, by this gateway or another one, also when its own incident is open."""
        ends = moved_ends(batch.workflow_id, batch.opening, whole)
        if not ends:
            return None
        there = gathered_id(batch.opening)
        try:
            await self._incidents.signal(there, *ends)
        except NothingOpen:
            return None
        finally:
            self.gathering.gathered(batch.opening, ends)
        return there

    async def _gather(self, batch: _PendingBatch, whole: Sequence[AlertsReceived], place: GatheringPlace) -> str | None:
        """What is open already goes on by itself."""
        try:
            await self._incidents.signal(batch.workflow_id, *whole)
        except NothingOpen:
            events = moved(batch.workflow_id, batch.opening, whole)
            may_open = not place.is_there
            taken = await asyncio.gather(
                *(self.open(place.incident, batch.opening, each, may_open=may_open) for each in events)
            )
            if place.is_there and not all(taken):
                return await self._forward(batch, whole, ())
            self.gathering.gathered(batch.opening, events)
            return place.incident
        await self._end_gathered(batch, whole)
        return batch.workflow_id

    def _remember(self, workflow_id: str) -> None:
        self._open[workflow_id] = None
        if len(self._open) > INCIDENTS_REMEMBERED:
            del self._open[next(iter(self._open))]

    def _forget(self, batch: _PendingBatch) -> None:
        self._weight -= batch.weight
        self._source_weights[batch.source] -= batch.weight
        self._weights[batch.workflow_id] -= batch.weight
        if self._newest[batch.workflow_id] is batch:
            del self._newest[batch.workflow_id], self._weights[batch.workflow_id]
