"""Alerts that flap: they resolve and fire again faster than anybody can look.

Without this, each turn would resolve the incident and open it again, and each time page anew. What is damped is the
end, never the beginning (ADR 15):

* Whatever fires goes on at once, always.
* An alert's first end goes on at once, too. But if it has fired again within the runbook's `flap_hold`, it flaps, and
  from then on an end is kept here until it has lasted that long. If it fires meanwhile, that was no end.
* The last state always arrives: at the latest when this process ends. Killed, it leaves the incident open: somebody
  looks at what is over, and nobody sleeps through what is not.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from starter.answers import NothingOpen, Unreachable
from starter.grouping import Batch, Delivery
from starter.incidents import Incidents
from workflows.policy.events import Alert, AlertsReceived

MOST = 10_000
"""Alerts that are watched: those that have resolved or flapped within their `flap_hold`. Beyond that ends go on."""
LOOK_EVERY_S = 1.0

log = structlog.get_logger()


@dataclass
class _Watched:
    """One alert of one incident, since it last ended."""

    source: str
    hold: timedelta
    status: str
    changed_at: datetime
    flaps: bool = False
    end: Alert | None = None
    """Kept until it has lasted."""

    def is_quick(self, now: datetime) -> bool:
        """Does it change within its hold?"""
        return now - self.changed_at < self.hold

    def is_over(self, now: datetime) -> bool:
        return self.end is None and not self.is_quick(now)

    def has_lasted(self, now: datetime) -> bool:
        return self.end is not None and not self.is_quick(now)


Key = tuple[str, str]
"""Workflow id and fingerprint."""


class Flapping:
    """Belongs to one event loop."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents
        self._watched: dict[Key, _Watched] = {}

    @property
    def kept(self) -> int:
        """How many ends wait for whether they last."""
        return sum(watched.end is not None for watched in self._watched.values())

    def sift(self, source: str, delivery: Delivery, hold: timedelta, now: datetime) -> tuple[Delivery, int]:
        """What goes on now, and how many ends are kept."""
        sifted = [self._sift(source, batch, hold, now) for batch in delivery.batches]
        kept = sum(len(batch.alerts) for batch in delivery.batches) - sum(len(batch.alerts) for batch in sifted)
        return Delivery(tuple(batch for batch in sifted if batch.alerts), delivery.problems), kept

    async def flush(self, now: datetime) -> None:
        """Hand on the ends that have lasted, and forget what flaps no more."""
        ready: dict[str, list[Key]] = defaultdict(list)
        for key, watched in list(self._watched.items()):
            if watched.has_lasted(now):
                ready[key[0]].append(key)
            elif watched.is_over(now):
                del self._watched[key]
        for incident, keys in ready.items():
            await self._hand_on(incident, keys)

    async def run(self) -> None:
        """Until it is cancelled; then everything is handed on that was kept."""
        try:
            while True:
                await self.flush(datetime.now(UTC))
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            await self.flush(datetime.max.replace(tzinfo=UTC))

    def _sift(self, source: str, batch: Batch, hold: timedelta, now: datetime) -> Batch:
        goes_on = tuple(alert for alert in batch.alerts if self._goes_on(source, batch.workflow_id, alert, hold, now))
        return replace(batch, alerts=goes_on)

    def _goes_on(self, source: str, incident: str, alert: Alert, hold: timedelta, now: datetime) -> bool:
        key = incident, alert.fingerprint
        watched = self._watched.get(key)
        if alert.status == "firing":
            if watched is not None and watched.status == "resolved":
                watched.flaps, watched.status, watched.changed_at, watched.end = (
                    watched.is_quick(now),
                    "firing",
                    now,
                    None,
                )
            return True
        if watched is None:
            if hold and len(self._watched) < MOST:
                self._watched[key] = _Watched(source, hold, "resolved", now)
            return True
        if watched.status == "resolved":
            return watched.end is None  # the same end again
        watched.flaps = watched.flaps and watched.is_quick(now)
        watched.status, watched.changed_at = "resolved", now
        watched.end = alert.model_copy(update={"labels": {}, "link": ""}) if watched.flaps else None
        return watched.end is None

    async def _hand_on(self, incident: str, keys: list[Key]) -> None:
        ends = {key: watched.end for key in keys if (watched := self._watched[key]).end}
        source = self._watched[keys[0]].source
        alerts = tuple(end for end in ends.values() if end)
        if not alerts:
            return  # they have fired while others were handed on
        event = AlertsReceived(at=datetime.now(UTC), by=source, via="alerts", alerts=alerts)
        try:
            await self._incidents.tell(incident, event)
        except NothingOpen:
            log.info("what flapped is over, and so is its incident", incident=incident)
        except Unreachable as problem:
            log.warning("the end of what flapped waits for Temporal", incident=incident, problem=str(problem))
            return
        for key, end in ends.items():
            if self._watched[key].end is end:  # it has not fired meanwhile
                del self._watched[key]
