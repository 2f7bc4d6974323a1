"""Group commit: what arrives for an incident while a signal to it is under way travels with the next one.

The idea is that of databases, which write many transactions to the disk at once. So an incident takes as many alerts
a second as arrive, at the cost of as many signals as Temporal takes one after the other. Whoever comes when nothing is
under way goes at once, and nobody waits for a clock: the end of one signal begins the next.

Everybody in a batch gets the batch's own outcome: either Temporal has all of it, or all are asked to send it again.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from starter.intake.collapse import collapse
from starter.intake.repeats import Repeats
from starter.sources.refusal import later
from starter.temporal.incidents import Incidents
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.opening import OpenRequest

BATCH_BYTES = 200_000
"""A tenth of what Temporal takes in one signal (2 MB), so that an incident reads it in one go. A single alert may weigh
more, and goes alone."""
WAITING_BYTES = 4 * 2**20
"""Per incident."""
ALL_BYTES = 32 * 2**20
INCIDENTS_REMEMBERED = 10_000
"""Incidents."""

log = structlog.get_logger()


@dataclass
class _PendingBatch:
    workflow_id: str
    follows: "asyncio.Task[bool] | None"
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

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents
        self._newest: dict[str, _PendingBatch] = {}
        """Per incident that something is under way to."""
        self._weights: dict[str, int] = {}
        self._weight = 0
        self._repeats = Repeats()
        self._open: dict[str, None] = {}
        """Incidents that were told something last, the latest at the end: they probably are open still."""

    async def open(self, workflow_id: str, opening: OpenRequest, delivery: AlertsReceived) -> bool:
        """As `Incidents.open`, and by it, together with what else is for the same incident.

        Raises Unreachable, Refusal. A caller who is cancelled leaves the others alone; what it brought still arrives.
        """
        weight = len(delivery.model_dump_json(exclude_defaults=True).encode())  # Temporal counts bytes, not letters
        self._make_room(workflow_id, weight)
        batch = self._newest.get(workflow_id)
        if batch is None or not batch.has_room_for(weight):
            batch = self._begin(workflow_id)
        batch.join(opening, delivery, weight)
        return await asyncio.shield(batch.committed)

    def _make_room(self, workflow_id: str, weight: int) -> None:
        waiting = self._weights.get(workflow_id, 0)
        if waiting + weight > WAITING_BYTES:
            raise later("too many alerts wait for this incident: send it again")
        if self._weight + weight > ALL_BYTES:
            raise later("too many alerts wait: send it again")
        self._weights[workflow_id] = waiting + weight
        self._weight += weight

    def _begin(self, workflow_id: str) -> _PendingBatch:
        before = self._newest.get(workflow_id)
        batch = _PendingBatch(workflow_id, before.committed if before else None)
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
            is_open = await self._incidents.open(batch.workflow_id, batch.opening, *whole, if_open=thin)
        finally:
            self._forget(batch)
        if is_open:
            self._repeats.remember(batch.workflow_id, whole)
            self._remember(batch.workflow_id)
        log.info("alerts handed on", incident=batch.workflow_id, deliveries=len(batch.deliveries), is_open=is_open)
        return is_open

    def _remember(self, workflow_id: str) -> None:
        self._open[workflow_id] = None
        if len(self._open) > INCIDENTS_REMEMBERED:
            del self._open[next(iter(self._open))]

    def _forget(self, batch: _PendingBatch) -> None:
        self._weight -= batch.weight
        self._weights[batch.workflow_id] -= batch.weight
        if self._newest[batch.workflow_id] is batch:
            del self._newest[batch.workflow_id], self._weights[batch.workflow_id]
