"""Which alerts of a delivery a silence captures.

An alert is silenced only once the silence itself has captured it: a silence that has ended captures nothing, however
old this gateway's list of silences may be. A page too many is the smaller harm.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from starter.intake.grouping import Batch, group
from starter.intake.interpreting import InterpretedAlert, InterpretedReading, shown
from starter.temporal.results import NothingOpen, Unreachable
from starter.temporal.silences import Silences
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.watches.silence import Captured, SilenceSummary

SILENCES_LOOK_EVERY_S = 5.0
SILENCES_FIRST_LOOK_S = 1.0
"""How long the first alerts wait for the first look."""
SIGNALLED_AGAIN_AFTER = timedelta(minutes=1)
"""A repeat within this time is not signalled to the silence again."""
SILENCED_REMEMBERED = 10_000
"""Alerts that silences have heard of. Forgetting one costs a signal."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Silenced:
    """Alerts of one delivery that one silence matches."""

    by: SilenceSummary
    reading: InterpretedReading

    @property
    def firing(self) -> tuple[Alert, ...]:
        """What would open an incident when the silence ends."""
        return tuple(each.alert for each in self.reading.alerts if each.alert.status == "firing")


@dataclass
class Silencing:
    """What a gateway knows of silences. `now` is the time of the request."""

    silences: Silences
    known: tuple[SilenceSummary, ...] = ()
    problem: str | None = None
    """Why the last look failed: the list is older then."""
    _first: asyncio.Event = field(default_factory=asyncio.Event)
    _signalled: dict[tuple[str, str, str], tuple[str, datetime]] = field(default_factory=dict)
    """(silence, incident, alert) -> what the silence was last told of it, and when."""

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(SILENCES_LOOK_EVERY_S)

    async def look(self) -> None:
        """Which silences there are now. A failure is remembered and shown, not raised."""
        try:
            self.known, self.problem = await self.silences.list(), None
        except Unreachable as error:
            self.problem = str(error)
            log.warning("silences cannot be looked up: new ones hold nothing", problem=self.problem)
        self._first.set()

    def active(self, now: datetime) -> tuple[SilenceSummary, ...]:
        return tuple(card for card in self.known if card.starts_at <= now < card.ends_at)

    def not_over(self, now: datetime) -> list[SilenceSummary]:
        """Also those that have yet to begin, the first to begin first."""
        return sorted((card for card in self.known if now < card.ends_at), key=lambda card: card.starts_at)

    async def hold_back(
        self, matched: Sequence[Silenced], opening: Callable[[Batch], OpenRequest]
    ) -> Sequence[Silenced]:
        """Of what silences match, that which they hold. Once this returns, Temporal has that."""
        return [each for each in matched if await self._is_captured(each, opening)]

    async def in_force(self, now: datetime) -> tuple[SilenceSummary, ...]:
        if not self._first.is_set():
            try:
                await asyncio.wait_for(self.look(), SILENCES_FIRST_LOOK_S)
            except TimeoutError:
                log.warning("silences are not known yet")
        return self.active(now)

    async def capture(self, by: SilenceSummary, batch: Batch, opening: OpenRequest, now: datetime) -> bool:
        """False: the silence did not take them, and they must go on."""
        news = {(by.id, batch.workflow_id, alert.fingerprint): _news(alert) for alert in batch.alerts}
        if not batch.ended and all(self._knows(key, said, now) for key, said in news.items()):
            return True
        event = Captured(
            at=now,
            workflow_id=batch.workflow_id,
            opening=opening,
            alerts=tuple(_as_matched(alert, opening) for alert in batch.alerts),
            ended=dict(batch.ended),
        )
        try:
            await self.silences.signal(by.id, event)
        except (NothingOpen, Unreachable) as error:
            log.warning("a silence does not hold: its alerts go on", silence=by.id, problem=str(error))
            return False
        for key, said in news.items():
            self._signalled.pop(key, None)
            self._signalled[key] = said, now
        while len(self._signalled) > SILENCED_REMEMBERED:
            del self._signalled[next(iter(self._signalled))]
        return True

    async def _is_captured(self, silenced: Silenced, opening: Callable[[Batch], OpenRequest]) -> bool:
        """All of it or nothing: part of it held twice does no harm, and goes on as well."""
        for batch in group(silenced.reading).batches:
            if not await self.capture(silenced.by, batch, opening(batch), silenced.reading.received_at):
                return False
        return True

    def _knows(self, key: tuple[str, str, str], said: str, now: datetime) -> bool:
        last, at = self._signalled.get(key, ("", now))
        return last == said and now - at < SIGNALLED_AGAIN_AFTER


def silenced(reading: InterpretedReading, active: Sequence[SilenceSummary]) -> Sequence[Silenced]:
    """The alerts that each silence matches; of several silences the one that ends last."""
    found: dict[str, list[InterpretedAlert]] = defaultdict(list)
    cards = {card.id: card for card in active}
    longest_first = sorted(active, key=lambda card: card.ends_at, reverse=True)
    for each in reading.alerts if active else ():
        labels = reading.labels(each)
        by = next((card for card in longest_first if card.matches(labels, reading.received_at)), None)
        if by:
            found[by.id].append(each)
    return [Silenced(cards[silence], reading.only(alerts)) for silence, alerts in found.items()]


def without(reading: InterpretedReading, held: Sequence[Silenced]) -> InterpretedReading:
    """The rest: what is not held, and whatever has resolved, which the incidents that are open must hear."""
    gone = {id(alert) for silenced in held for alert in silenced.firing}
    if not gone:
        return reading
    return reading.only(each for each in reading.alerts if id(each.alert) not in gone)


def _as_matched(alert: Alert, opening: OpenRequest) -> Alert:
    """With the labels that silences match: when this one ends, another may go on."""
    labels = dict(shown(opening.source, alert, opening.runbook.intake))
    return alert.model_copy(update={"labels": labels, "link": ""})


def _news(alert: Alert) -> str:
    since = alert.starts_at.isoformat() if alert.dated else ""
    return f"{alert.status}/{since}/{alert.severity}"
