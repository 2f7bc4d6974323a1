"""The way of an alert, once its sender is known: translate, set aside, hold, group, hand on, answer."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from starter.gateway.accepted import Accepted, HeldAlerts
from starter.gateway.outcomes import Outcomes
from starter.gateway.published import Published
from starter.intake import grouping
from starter.intake.group_commit import GroupCommit
from starter.intake.grouping import Batch, Delivery
from starter.intake.ignoring import Ignored, set_aside
from starter.intake.parts import events_of
from starter.intake.replays import Replays
from starter.intake.silencing import Silenced, Silencing, without
from starter.intake.translating import translated
from starter.sources.reading import FieldProblem, Reading, Webhook
from starter.sources.refusal import later
from starter.sources.source import Source
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook

T = TypeVar("T")


@dataclass(frozen=True)
class Pipeline:
    published: Published
    silencing: Silencing
    alerts: GroupCommit
    """The way to the incidents for alerts, of which there may be very many."""
    outcomes: Outcomes
    limit: int
    """Of what is read of a body, in bytes."""
    replays: Replays = field(default_factory=Replays)
    under_way: set[asyncio.Future[Any]] = field(default_factory=set)

    async def take(self, source: Source, webhook: Webhook, runbook: str | None) -> Accepted:
        """What a genuine webhook brings, handed on. Raises Refusal."""
        return await self.accept(source, webhook, translated(source, webhook, self.limit), runbook)

    async def accept(self, source: Source, webhook: Webhook, sent: Reading, runbook: str | None) -> Accepted:
        """From here on it is known what was sent. Raises Refusal."""
        now = webhook.received_at
        self._count_what_is_lost(source, webhook, sent)
        book, problems = self._runbook(runbook)
        reading = grouping.with_severity(sent, webhook.query.get("severity", ""), book.intake)
        if self.replays.knows(source.name, reading.delivery_id, now):
            self.outcomes.count(source, "repeated")
            return Accepted(ignored="delivered before")
        if not reading.alerts:
            self.outcomes.count(source, "ignored")
            return Accepted(ignored=reading.ignored, problems=[*problems, *reading.problems])
        reading, ignored = set_aside(source.name, reading, book, now)
        rest, held = await self._hold(source, reading, book, now)
        delivery = grouping.group(source.name, rest, book, now).but(problems)
        handed_on = await self._hand_on(source, delivery, now, reading.delivery_id)
        accepted = self._answer(source, delivery, handed_on, held, ignored)
        accepted.unreadable = reading.unreadable or None
        if accepted.accepted and not held:
            self.replays.remember(source.name, reading.delivery_id, now)
        return accepted

    def _count_what_is_lost(self, source: Source, webhook: Webhook, sent: Reading) -> None:
        if sent.unreadable:
            self.outcomes.unreadable(source, sent.unreadable, webhook)
        elif sent.unread:
            why = next(alert.summary for alert in sent.alerts if alert.unreadable)
            self.outcomes.partly_unreadable(source, sent.unread, why, webhook)

    def _runbook(self, name: str | None) -> tuple[Runbook, tuple[FieldProblem, ...]]:
        """The runbook of that name, else the default one: an alert is not lost over a name."""
        book, remark = self.published.runbook(name)
        if book is None:
            raise later(f"the runbook {self.published.in_force.default!r} is not loaded: see /readyz")
        return book, (FieldProblem("runbook", remark),) if remark else ()

    async def _hold(
        self, source: Source, reading: Reading, book: Runbook, now: datetime
    ) -> tuple[Reading, list[HeldAlerts]]:
        """The rest, which goes on, and what silences hold. Once this returns, Temporal has that."""
        told: list[HeldAlerts] = []
        gone: list[Reading] = []
        for silenced in await self.silencing.matching(source.name, reading, book, now):
            if await self._is_held(source, silenced, book, now):
                gone.append(silenced.reading)
                firing = sum(sent.status == "firing" for sent in silenced.reading.alerts)
                card = silenced.by
                if firing:
                    told.append(
                        HeldAlerts(silence=card.id, until=card.ends_at, by=card.by, reason=card.reason, alerts=firing)
                    )
        if told:
            self.outcomes.count(source, "held")
        return without(reading, gone), told

    async def _is_held(self, source: Source, silenced: Silenced, book: Runbook, now: datetime) -> bool:
        """All of it or nothing: part of it held twice does no harm, and goes on as well."""
        for batch in grouping.group(source.name, silenced.reading, book, now).batches:
            if not await self.silencing.hold(silenced.by, batch, self._opening(batch), now):
                return False
        return True

    async def _hand_on(
        self, source: Source, delivery: Delivery, now: datetime, event_id: str
    ) -> Sequence[tuple[Batch, int]]:
        """Every batch to its incident, with how many of its alerts that took. Sending the same delivery again does no
        harm, also after half of it."""

        async def hand_on(batch: Batch) -> int:
            accepted = 0
            for event in events_of(source.name, batch, now, event_id):
                if await self.alerts.open(batch.workflow_id, self._opening(batch), event):
                    accepted += len(event.alerts)
            return accepted

        counts = await self._to_its_end(asyncio.gather(*(hand_on(batch) for batch in delivery.batches)))
        return [(batch, count) for batch, count in zip(delivery.batches, counts, strict=True) if count]

    def _answer(
        self,
        source: Source,
        delivery: Delivery,
        handed_on: Sequence[tuple[Batch, int]],
        held: Sequence[HeldAlerts],
        ignored: Sequence[Ignored],
    ) -> Accepted:
        kept = [*map(str, ignored), *map(str, held)]
        incidents = [batch.workflow_id for batch, _ in handed_on]
        if ignored:
            self.outcomes.count(source, "ignored")
        if incidents or not kept:
            self.outcomes.count(source, "accepted" if incidents else "nothing_open")
        return Accepted(
            accepted=sum(count for batch, count in handed_on if not batch.remark),
            incident=incidents[0] if incidents else None,
            incidents=incidents,
            opens_nothing=list(ignored),
            held=list(held),
            ignored=None if incidents else "; ".join(kept) or "nothing open",
            resolve_by_hand=list(delivery.endless),
            problems=list(delivery.problems),
        )

    def _opening(self, batch: Batch) -> OpenRequest:
        """How an incident opens here."""
        return self.published.in_force.now(batch.opening)

    async def _to_its_end(self, work: Awaitable[T]) -> T:
        """It goes on when nobody waits for it any more: its sender was told 503, and may never send it again."""
        task = asyncio.ensure_future(work)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        return await asyncio.shield(task)
