"""What a cancelled incident was about goes on firing at its sender: those episodes stay cancelled (ADR 26).

An episode is over when its sender says so, or begins a newer one. A group's end that does not list it only presumes
that, and the same `startsAt` is the same episode. What asks for more than anything that was cancelled is news.
"""

from collections.abc import Iterable

from workflows.policy.incident.events import Alert, AlertsReceived
from workflows.policy.runbook.names import SeverityName
from workflows.policy.wire.model import Instant, Wire


class CancelledEpisode(Wire):
    starts_at: Instant
    severity: SeverityName
    """The gravest that it asked for before it was cancelled."""

    def covers(self, alert: Alert) -> bool:
        """Is it that episode, or an older one, and asks for no more?"""
        asks_for_more = alert.status == "firing" and alert.severity is not None and alert.severity < self.severity
        return alert.starts_at <= self.starts_at and not asks_for_more


class CancelledEpisodes(Wire):
    """By fingerprint; and by group those that were too many to be kept one by one."""

    alerts: dict[str, CancelledEpisode] = {}
    groups: dict[str, CancelledEpisode] = {}

    @property
    def none(self) -> bool:
        return not (self.alerts or self.groups)

    def covers(self, alert: Alert) -> bool:
        episode = self.alerts.get(alert.fingerprint) or self.groups.get(alert.group)
        return episode is not None and episode.covers(alert)

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
        return alert.status == "resolved" or not episode.covers(alert)


def sift(known: CancelledEpisodes, event: AlertsReceived) -> tuple[CancelledEpisodes, AlertsReceived]:
    """What is still cancelled once this was heard, and what of it is not: the rest is for nobody."""
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
