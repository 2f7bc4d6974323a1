"""Beats on their way to their heartbeats: as many as matter are forwarded.

A sender may beat every second; its heartbeat asks only whether it beat lately. So a beat that comes within a quarter of
the interval after the one before it is kept here, and the newest of those is forwarded when that quarter is over: with
its own time, long before it could be missed. Should this process be killed meanwhile, then the next beat arrives first.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from starter.temporal.heartbeats import Heartbeats
from starter.temporal.results import NothingOpen, Unreachable
from workflows.policy.watches.heartbeat import Beat

BEATS_AN_INTERVAL = 4
"""At most: one each quarter of the interval."""
KNOWN_FOR = timedelta(minutes=1)
"""How long we believe to know the interval; somebody may change it."""
BEATS_LOOK_EVERY_S = 1.0

log = structlog.get_logger()


@dataclass
class _Beating:
    every: timedelta
    looked_at: datetime
    signalled_at: datetime | None = None
    kept: datetime | None = None

    def may_keep(self, at: datetime) -> bool:
        return (
            self.signalled_at is not None
            and self.signalled_at <= at < self.signalled_at + self.every / BEATS_AN_INTERVAL
        )

    def is_due(self, now: datetime) -> bool:
        return self.kept is not None and not self.may_keep(now)


class Beats:
    def __init__(self, heartbeats: Heartbeats) -> None:
        self._heartbeats = heartbeats
        self._senders: dict[str, _Beating] = {}

    async def arrive(self, name: str, at: datetime) -> None:
        """Raises NothingOpen when nothing of this name is expected, and Unreachable: then send it again."""
        sender = self._senders.get(name)
        if sender is None or at - sender.looked_at > KNOWN_FOR:
            sender = await self._look(name, at)
        if sender.may_keep(at):
            sender.kept = at
        else:
            await self._forward(name, sender, at)

    async def flush(self, now: datetime) -> None:
        """Hand on what has been kept for long enough."""
        for name, sender in list(self._senders.items()):
            if sender.kept is not None and sender.is_due(now):
                await self._try(name, sender, sender.kept)

    async def run(self) -> None:
        """Until it is cancelled; then everything is handed on that was kept."""
        try:
            while True:
                await self.flush(datetime.now(UTC))
                await asyncio.sleep(BEATS_LOOK_EVERY_S)
        finally:
            await self.flush(datetime.max.replace(tzinfo=UTC))

    async def _look(self, name: str, at: datetime) -> _Beating:
        try:
            card = await self._heartbeats.card(name)
        except NothingOpen:
            self._senders.pop(name, None)
            raise
        before = self._senders.get(name)
        signalled_at, kept = (before.signalled_at, before.kept) if before else (None, None)
        sender = self._senders[name] = _Beating(card.every, at, signalled_at, kept)
        return sender

    async def _forward(self, name: str, sender: _Beating, at: datetime) -> None:
        await self._heartbeats.signal(name, Beat(at=at, by="gateway"))
        sender.signalled_at = max(at, sender.signalled_at or at)
        if sender.kept is not None and sender.kept <= at:
            sender.kept = None

    async def _try(self, name: str, sender: _Beating, at: datetime) -> None:
        try:
            await self._forward(name, sender, at)
        except NothingOpen:
            self._senders.pop(name, None)
        except Unreachable as problem:
            log.warning("a beat waits for Temporal", heartbeat=name, problem=str(problem))
