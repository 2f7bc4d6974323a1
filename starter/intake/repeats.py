"""A repeat of an alert that an open incident knows is sent to it without the labels, links and texts that the incident
keeps already, or never kept.

A large group says the same every minute, and every signal fills the incident's history for good. A process knows
what it sent of an episode; after a restart, or beside another gateway, an alert is sent whole once more.
"""

from collections.abc import Iterable
from datetime import datetime

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.wire.bounded import fit

REPEATS_REMEMBERED = 50_000
"""Alerts."""

Episode = tuple[datetime | None, str, str | None, str]
"""Since when, whether it fires, how grave, by what name."""


class Repeats:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Episode] = {}
        """Per incident and fingerprint, the latest at the end."""

    def thinned(self, workflow_id: str, deliveries: Iterable[AlertsReceived]) -> tuple[AlertsReceived, ...]:
        return tuple(
            each.model_copy(update={"alerts": tuple(self._thin(workflow_id, alert) for alert in each.alerts)})
            for each in deliveries
        )

    def remember(self, workflow_id: str, deliveries: Iterable[AlertsReceived]) -> None:
        """The incident has these now."""
        for alert in (alert for each in deliveries for alert in each.alerts):
            self._known.pop((workflow_id, alert.fingerprint), None)
            self._known[workflow_id, alert.fingerprint] = _episode(alert)
        while len(self._known) > REPEATS_REMEMBERED:
            del self._known[next(iter(self._known))]

    def _thin(self, workflow_id: str, alert: Alert) -> Alert:
        if self._known.get((workflow_id, alert.fingerprint)) != _episode(alert):
            return alert
        name, summary = fit(alert.name, IncidentBounds.alert_name), fit(alert.summary, IncidentBounds.alert_summary)
        return alert.model_copy(update={"name": name, "summary": summary, "labels": {}, "link": ""})


def _episode(alert: Alert) -> Episode:
    """Without a start time, it is the same until it ends."""
    return alert.starts_at if alert.dated else None, alert.status, alert.severity, alert.name
