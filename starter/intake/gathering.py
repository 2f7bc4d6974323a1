"""A storm of openings: beyond a rate, what one source would open is gathered into one incident of that source.

One incident for each of a thousand alerts would page a thousand times, and would starve what others send. None is
dropped: the gathered incident lists them, is as grave as the gravest, and hears of their ends. What is gathered stays
where it is until it ends, also when the gateway has been restarted meanwhile: the incident itself knows what it has.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starter.intake.identity import workflow_id
from starter.sources import text
from starter.temporal.incidents import Incidents
from starter.temporal.results import NobodyWorks, NothingOpen, RefusedByIncident, Unreachable
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.names import SeverityName

REFILLED_IN_S = 600.0
"""What a source may open at once, it may open again within this time."""
MEMBERS_REMEMBERED = 10_000
LOOK_WITHIN: Final = timedelta(seconds=1)
GATHERED_GROUP = "\0gathered"
"""The group of such incidents; no sender's own begins so."""


@dataclass(frozen=True)
class GatheringPlace:
    incident: str
    is_there: bool
    """It has been gathered already. If the gathered incident has closed since, it opens nothing there."""


@dataclass
class _Openings:
    left: float
    at: float
    asked: int = 0
    """Openings since it was whole last."""


class Gathering:
    """Belongs to one event loop."""

    def __init__(self, incidents: Incidents, openings: int) -> None:
        """`openings`: 0 is no limit."""
        self._incidents = incidents
        self._most = openings
        self._allowances: dict[str, _Openings] = {}
        self._gathered: dict[str, bool] = {}
        """By gathered incident, open or not: has it said what it has?"""
        self._members: OrderedDict[str, str] = OrderedDict()
        """Alerts that fire, and the incident that they were gathered into."""
        self._looks: dict[str, asyncio.Task[None]] = {}
        """By gathered incident, while it is asked."""
        self._counts: Counter[str] = Counter()
        """By gathered incident: alerts that this process has put there."""

    def is_gathered(self, incident: str) -> bool:
        return incident in self._gathered

    async def into(
        self, incident: str, opening: OpenRequest, events: Sequence[AlertsReceived]
    ) -> GatheringPlace | None:
        """Where this is to be gathered; None: it may open by itself, which is counted."""
        if not self._most:
            return None
        there = gathered_id(opening)
        if not self._gathered.setdefault(there, False):
            await self._have_looked(there)
        is_there = any(
            alert.fingerprint in self._members for e in moved(incident, opening, events) for alert in e.alerts
        )
        return GatheringPlace(there, is_there) if is_there or not self._may_open(opening.source) else None

    def gathered(self, opening: OpenRequest, events: Iterable[AlertsReceived]) -> None:
        """These are there now (`moved`)."""
        for alert in (alert for each in events for alert in each.alerts):
            new = self._members.pop(alert.fingerprint, None) is None
            if alert.status == "firing":
                self._counts[gathered_id(opening)] += new
                self._remember((alert.fingerprint,), gathered_id(opening))

    def forget(self, there: str) -> None:
        """It has closed: what fires from now on is no part of it."""
        del self._counts[there]
        for fingerprint in [each for each, where in self._members.items() if where == there]:
            del self._members[fingerprint]

    def problems(self) -> Iterator[str]:
        """In words, for `/readyz`: while something that was gathered goes on."""
        for there in sorted(set(self._members.values())):
            yield (
                f"more incidents would open than a source may open within ten minutes (TOCSIN_OPENINGS={self._most}): "
                f"{self._counts[there]} alerts were gathered in {there}"
            )

    def opening(self, of_one: OpenRequest) -> OpenRequest:
        """How the gathered incident opens."""
        asked = self._allowances[of_one.source].asked if of_one.source in self._allowances else 1
        title = f"{asked} problems from {of_one.source}"
        return of_one.model_copy(update={"title": title, "service": "", "labels": {}, "links": ()})

    def _may_open(self, source: str) -> bool:
        now = asyncio.get_running_loop().time()
        allowance = self._allowances.setdefault(source, _Openings(self._most, now))
        allowance.left = min(self._most, allowance.left + (now - allowance.at) * self._most / REFILLED_IN_S)
        allowance.asked = 1 if allowance.left == self._most else allowance.asked + 1
        allowance.at = now
        if allowance.left < 1:
            return False
        allowance.left -= 1
        return True

    async def _have_looked(self, there: str) -> None:
        """Before this process's first opening of a source. Who comes meanwhile waits for the same answer."""
        if there not in self._looks:
            self._looks[there] = asyncio.create_task(self._look(there))
        await asyncio.shield(self._looks[there])

    async def _look(self, there: str) -> None:
        """Without an answer it opens: a page too many is the smaller harm. The next opening asks again."""
        try:
            self._remember(await self._firing(there), there)
            self._gathered[there] = True
        except (NobodyWorks, Unreachable):
            pass
        finally:
            del self._looks[there]

    async def _firing(self, there: str) -> Iterable[str]:
        try:
            incident = (await self._incidents.status(there, patience=LOOK_WITHIN)).incident
        except (NothingOpen, RefusedByIncident):
            return ()
        return () if incident.closed_at else [name for name, each in incident.alerts.items() if each.status == "firing"]

    def _remember(self, fingerprints: Iterable[str], there: str) -> None:
        self._members.update(dict.fromkeys(fingerprints, there))
        while len(self._members) > MEMBERS_REMEMBERED:
            self._members.popitem(last=False)


def gathered_id(opening: OpenRequest) -> str:
    """Of a source and a runbook: the same at every gateway."""
    return workflow_id(opening.source, opening.runbook.runbook, GATHERED_GROUP)


def moved(incident: str, opening: OpenRequest, events: Iterable[AlertsReceived]) -> tuple[AlertsReceived, ...]:
    """The same for the gathered incident. It is as grave there as it would have opened by itself: what does not say how
    grave it is counts as the runbook takes it."""
    default = opening.runbook.intake.default_severity
    return tuple(
        each.model_copy(update={"alerts": tuple(_moved(incident, alert, default) for alert in each.alerts)})
        for each in events
    )


def moved_ends(incident: str, opening: OpenRequest, events: Iterable[AlertsReceived]) -> tuple[AlertsReceived, ...]:
    """As much of it as has ended: the gathered incident may know some. Under an id of its own, because all of the same
    delivery may have to be gathered when it is sent again."""
    ending = [each for each in events if each.ended or any(map(_has_ended, each.alerts))]
    return tuple(map(_as_ends, moved(incident, opening, ending)))


def _as_ends(event: AlertsReceived) -> AlertsReceived:
    goes_on = {alert.group for alert in event.alerts if not _has_ended(alert)}
    return event.model_copy(
        update={
            "id": f"{event.id}/ends" if event.id else "",
            "if_known": True,
            "alerts": tuple(filter(_has_ended, event.alerts)),
            "truncated": 0,
            "ended": {group: at for group, at in event.ended.items() if group not in goes_on},
        }
    )


def _has_ended(alert: Alert) -> bool:
    return alert.status == "resolved"


def _moved(incident: str, alert: Alert, default: SeverityName) -> Alert:
    """Where alerts of different groups and tenants stay apart."""
    name = text.fingerprint({"incident": incident, "alert": alert.fingerprint})
    return alert.model_copy(update={"fingerprint": name, "severity": alert.severity or default})
