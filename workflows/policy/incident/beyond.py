"""Alerts beyond those that are kept one by one. Of each that fires a hash is kept, and since when, so that the incident
is over when the last of them is."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.state import Incident

_HASHED = 8
"""Hex digits of each part of a key: the group's, then the alert's."""


@dataclass
class AlertsBeyond:
    """While one delivery is entered."""

    firing: dict[str, int]
    """Since when, in seconds, as short as it can be written."""
    untracked: dict[str, datetime]
    endless: set[str]
    """Groups of which some fire that nothing is known of."""
    too_many: list[Alert] = field(default_factory=list)
    """Fire, and are not even kept so: they can only end with their group."""

    def enter(self, alert: Alert) -> None:
        key, since = _key(alert), int(alert.starts_at.timestamp())
        if alert.status == "firing":
            self._fires(alert, key, since)
        elif key in self.firing and since >= self.firing[key]:
            del self.firing[key]

    def _fires(self, alert: Alert, key: str, since: int) -> None:
        group = self._mark(alert)
        if key in self.firing or len(self.firing) < IncidentBounds.beyond:
            self.firing[key] = max(since, self.firing.get(key, since))
        else:
            self.endless.add(group)
            self.too_many.append(alert)

    def leave_out(self, event: AlertsReceived) -> None:
        """Of the groups of these their sender has left out some."""
        self.endless |= {self._mark(alert) for alert in event.alerts}

    def end_groups(self, ended: Mapping[str, datetime]) -> None:
        for group, at in ended.items():
            of_it, until = _hashed(group), at.timestamp()
            over = [key for key, since in self.firing.items() if key[:_HASHED] == of_it and since <= until]
            for key in over:
                del self.firing[key]
            if group in self.untracked and self.untracked[group] <= at:
                del self.untracked[group]
                self.endless.discard(group)

    def still_untracked(self) -> dict[str, datetime]:
        """Groups of which some fire, or may do so."""
        named = {_hashed(group): group for group in self.untracked if group}
        fire = {named.get(key[:_HASHED], "") for key in self.firing}
        return {group: since for group, since in self.untracked.items() if group in fire or group in self.endless}

    def _mark(self, alert: Alert) -> str:
        """The group that it is counted with."""
        is_named = alert.group in self.untracked or len(self.untracked) < IncidentBounds.names
        group = alert.group if is_named else ""
        self.untracked[group] = max(alert.starts_at, self.untracked.get(group, alert.starts_at))
        return group


def enter_beyond(incident: Incident, event: AlertsReceived, beyond: Iterable[Alert]) -> AlertsBeyond:
    """What is known after a delivery of which these are too many to be kept one by one."""
    entered = AlertsBeyond(dict(incident.untracked_firing), dict(incident.untracked), set(incident.untracked_endless))
    entered.end_groups(event.ended)
    for alert in beyond:
        entered.enter(alert)
    if event.truncated:
        entered.leave_out(event)
    return entered


def _key(alert: Alert) -> str:
    return _hashed(alert.group) + _hashed(alert.fingerprint)


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:_HASHED]
