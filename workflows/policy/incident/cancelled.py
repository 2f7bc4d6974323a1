"""Alerts of a cancelled incident go on firing at their sender: those episodes stay cancelled (ADR 26).

An episode is over when its sender says so, or begins a newer one. A group's end that does not list it only presumes
that, and the same `startsAt` is the same episode. Without one, an alert that has not ended is the same episode, too,
unless its sender never says when it ends: then each message says that something happened. An alert that is graver than
everything that was cancelled is news.
"""

from collections.abc import Iterable

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.runbook.names import SeverityName
from workflows.policy.wire.model import Instant, Wire


class CancelledEpisode(Wire):
    starts_at: Instant
    severity: SeverityName
    """The gravest that it asked for before it was cancelled."""

    def covers(self, alert: Alert) -> bool:
        """Is it that episode, or an older one, and asks for no more?"""
        return alert.starts_at <= self.starts_at and not self._is_exceeded_by(alert)

    def covers_undated(self, alert: Alert) -> bool:
        """The same, where it is known to be about this very alert."""
        return not alert.dated and alert.ends == "by-sender" and not self._is_exceeded_by(alert)

    def _is_exceeded_by(self, alert: Alert) -> bool:
        return alert.status == "firing" and alert.severity is not None and alert.severity < self.severity


class CancelledEpisodes(Wire):
    """By fingerprint; and by group those that were too many to be kept one by one."""

    alerts: dict[str, CancelledEpisode] = {}
    groups: dict[str, CancelledEpisode] = {}

    @property
    def none(self) -> bool:
        return not (self.alerts or self.groups)

    def covers(self, alert: Alert) -> bool:
        own = self.alerts.get(alert.fingerprint)
        if own is not None:
            return own.covers(alert) or own.covers_undated(alert)
        group = self.groups.get(alert.group)
        return group is not None and group.covers(alert)

    def without(self, alerts: Iterable[Alert]) -> "CancelledEpisodes":
        """Those of which these are the end, or a successor."""
        gone = {alert.fingerprint for alert in alerts if self._is_over(alert)}
        return self.model_copy(
            update={"alerts": {name: each for name, each in self.alerts.items() if name not in gone}}
        )

    def _is_over(self, alert: Alert) -> bool:
        episode = self.alerts.get(alert.fingerprint)
        if episode is None or alert.harmless or alert.starts_at < episode.starts_at:
            return False
        return alert.status == "resolved" or not self.covers(alert)


def without_cancelled(known: CancelledEpisodes, event: AlertsReceived) -> tuple[CancelledEpisodes, AlertsReceived]:
    """What is still cancelled after this event, and the event without the alerts that are cancelled."""
    if known.none:
        return known, event
    kept: list[Alert] = []
    for alert in event.alerts:
        if not known.covers(alert):
            kept.append(alert)
        known = known.without((alert,))
    groups = {
        name: each
        for name, each in known.groups.items()
        if name not in event.ended or each.starts_at > event.ended[name]
    }
    return known.model_copy(update={"groups": groups}), event.model_copy(update={"alerts": tuple(kept)})
