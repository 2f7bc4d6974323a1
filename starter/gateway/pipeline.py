"""The way of an alert, once its sender is known. `Pipeline.accept` names the steps in their order:

translate    what its sender says                     starter.sources, starter.intake.translating
interpret    what that means by the runbook           starter.intake.interpreting
set aside    what opens nothing                       starter.intake.ignoring
hold back    what a silence matches                   starter.intake.silencing
group        which incident each alert belongs to     starter.intake.grouping
hand on      to its incident, in few signals          starter.intake.parts, group_commit, then starter.temporal
answer       only now: Temporal has it                starter.gateway.accepted
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from starter.gateway.accepted import MOST_NAMES, Accepted, HeldAlerts, first_of
from starter.gateway.beside import Beside
from starter.gateway.outcomes import Outcomes
from starter.gateway.published import Published
from starter.intake.group_commit import GroupCommit
from starter.intake.grouping import Batch, Delivery, group
from starter.intake.ignoring import IgnoredAlerts, set_aside
from starter.intake.interpreting import InterpretedReading, interpret, with_severity
from starter.intake.parts import events_of
from starter.intake.replays import Replays
from starter.intake.silencing import Silenced, Silencing, silenced, without
from starter.intake.translating import translated
from starter.sources.credentials import Mask
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
    beside: Beside = field(default_factory=Beside)
    replays: Replays = field(default_factory=Replays)
    under_way: set[asyncio.Future[Any]] = field(default_factory=set)
    redact: Mask | None = None

    async def take(self, source: Source, webhook: Webhook, runbook: str | None) -> Accepted:
        """Forwards what a genuine webhook brings. Raises Refusal."""
        sent = await self.beside.do(
            source.name, webhook.body, lambda: translated(source, webhook, self.limit, self.redact)
        )
        return await self.accept(source, webhook, sent, runbook)

    async def accept(self, source: Source, webhook: Webhook, sent: Reading, runbook: str | None) -> Accepted:
        """The steps after the translation. Raises Refusal."""
        self._count_what_is_lost(source, webhook, sent)
        book, problems = self._runbook(runbook)
        if nothing := self._nothing_to_do(source, webhook, sent, problems):
            return nothing
        return await self._to_its_end(self._forwarded(source, webhook, sent, book, problems))

    async def _forwarded(
        self, source: Source, webhook: Webhook, sent: Reading, book: Runbook, problems: Sequence[FieldProblem]
    ) -> Accepted:
        delivery, held, ignored = await self._decided(source, webhook, sent, book)
        delivery = delivery.but(problems)
        forwarded = await self._forward(source, delivery, webhook.received_at, sent.delivery_id)
        accepted = self._answer(source, delivery, forwarded, _held(held), ignored)
        accepted.unreadable = sent.unreadable or None
        if accepted.accepted and not accepted.held:
            self.replays.remember(source.name, sent.delivery_id, webhook.received_at)
        return accepted

    async def _decided(
        self, source: Source, webhook: Webhook, sent: Reading, book: Runbook
    ) -> tuple[Delivery, Sequence[Silenced], Sequence[IgnoredAlerts]]:
        """What goes on to which incident, what a silence holds, and what opens nothing."""
        active = await self.silencing.in_force(webhook.received_at)

        def interpreted() -> tuple[InterpretedReading, Sequence[IgnoredAlerts], Sequence[Silenced], Delivery | None]:
            said = with_severity(sent, webhook.query.get("severity", ""), book.intake)
            reading, ignored = set_aside(interpret(source.name, said, book, webhook.received_at))
            matched = silenced(reading, active)
            return reading, ignored, matched, None if matched else group(reading)

        reading, ignored, matched, delivery = await self.beside.do(source.name, webhook.body, interpreted)
        if delivery is not None:
            return delivery, (), ignored
        held = await self.silencing.hold_back(matched, self._opening)
        return await self.beside.do(source.name, webhook.body, lambda: group(without(reading, held))), held, ignored

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

    def _nothing_to_do(
        self, source: Source, webhook: Webhook, sent: Reading, problems: Sequence[FieldProblem]
    ) -> Accepted | None:
        """What is answered to a delivery that Temporal has already, and to one without alerts."""
        if self.replays.knows(source.name, sent.delivery_id, webhook.received_at):
            self.outcomes.count(source, "repeated")
            return Accepted(ignored="delivered before")
        if not sent.alerts:
            self.outcomes.count(source, "ignored")
            return Accepted(ignored=sent.ignored, problems=[*problems, *sent.problems])
        return None

    async def _forward(
        self, source: Source, delivery: Delivery, now: datetime, event_id: str
    ) -> Sequence[tuple[Batch, int]]:
        """Every batch to its incident, with how many of its alerts that took. Sending the same delivery again does no
        harm, also after half of it."""

        async def forward(batch: Batch) -> int:
            accepted, opening = 0, self._opening(batch)
            for event in events_of(source.name, batch, now, event_id):
                if await self.alerts.open(batch.workflow_id, opening, event):
                    accepted += len(event.alerts)
            return accepted

        if len(delivery.batches) == 1:  # nearly always, and without one more task
            counts = [await forward(delivery.batches[0])]
        else:
            counts = await asyncio.gather(*(forward(batch) for batch in delivery.batches))
        return [(batch, count) for batch, count in zip(delivery.batches, counts, strict=True) if count]

    def _answer(
        self,
        source: Source,
        delivery: Delivery,
        forwarded: Sequence[tuple[Batch, int]],
        held: Sequence[HeldAlerts],
        ignored: Sequence[IgnoredAlerts],
    ) -> Accepted:
        kept = [*map(str, ignored), *map(str, held)]
        if held:
            self.outcomes.count(source, "held")
        incidents = list(dict.fromkeys(self.alerts.home(batch.workflow_id) for batch, _ in forwarded))
        if gathered := sum(self.alerts.home(batch.workflow_id) != batch.workflow_id for batch, _ in forwarded):
            self.outcomes.count(source, "gathered", gathered)
        if ignored:
            self.outcomes.count(source, "ignored")
        if incidents or not kept:
            self.outcomes.count(source, "accepted" if incidents else "nothing_open")
        return Accepted(
            accepted=sum(count for batch, count in forwarded if not batch.remark),
            incident=incidents[0] if incidents else None,
            incidents=incidents[:MOST_NAMES],
            opens_nothing=list(ignored),
            held=list(held),
            ignored=None if incidents else "; ".join(kept) or "nothing open",
            resolve_by_hand=first_of(delivery.endless),
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


def _held(silenced: Sequence[Silenced]) -> list[HeldAlerts]:
    """What the sender is told of it: only of what fires, for an end goes on to its incident as well."""
    return [
        HeldAlerts(
            silence=each.by.id, until=each.by.ends_at, by=each.by.by, reason=each.by.reason, alerts=len(each.firing)
        )
        for each in silenced
        if each.firing
    ]
