"""What is known of each alert, and how a delivery changes that: repeats, ends and returns, in whatever order they come.

An episode is known by when it began. An older one says nothing about the present, nor does a repeat that its own end
has overtaken. A sender may say that a whole group is over: then what it does not list is over too, if it had begun by
then. That is presumed and not said (what is silenced over there goes unlisted as well): when the sender says later that
it fires, it does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.alert_details import SaidByIncident, kept_details
from workflows.policy.incident.alert_state import AlertState
from workflows.policy.incident.announce import announce, log
from workflows.policy.incident.beyond import enter_beyond
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.state import Incident

NEVER_ENDS = "its sender may never say when it is over: resolve it by hand"
TOO_MANY = "more alerts fire than are told apart: this does not end with them, so resolve it by hand"


@dataclass
class _Register:
    """While one delivery is entered."""

    at: datetime
    hold: timedelta
    known: dict[str, AlertState]
    beyond: list[Alert] = field(default_factory=list)
    """Too many to be kept one by one."""
    news: list[str] = field(default_factory=list)
    endless: list[Alert] = field(default_factory=list)
    """New ones that never end by themselves."""
    some_ended: bool = False
    """One that fired until then. Not news: one that is known to have resolved; somebody may have reopened since."""

    def enter(self, alert: Alert) -> None:
        before = self.known.get(alert.fingerprint)
        if before is None and alert.harmless:
            return  # it never was a concern of this incident
        if before is None and len(self.known) >= IncidentBounds.alerts:
            self.beyond.append(alert)
        elif before is not None and is_out_of_order(before, alert):
            self.known[alert.fingerprint] = before.seen_again(alert, self.at)
        else:
            self.known[alert.fingerprint] = self._turned(before, alert)

    def _turned(self, before: AlertState | None, alert: Alert) -> AlertState:
        after = AlertState.of(alert, self.at, before)
        if before is not None and before.status != alert.status:
            self.some_ended |= alert.status == "resolved"
            after = after.turned(before, self.hold)
        self._note_news(before, alert, after)
        return after

    def _note_news(self, before: AlertState | None, alert: Alert, after: AlertState) -> None:
        """What flaps says so once, and not each time."""
        if before is not None and (before.status == alert.status or (before.flaps and after.flaps)):
            return
        self.news.append(f"{alert.name} {'fires again: it flaps' if after.flaps else _becomes(alert)}")
        if before is None and alert.status == "firing" and alert.ends == "never":
            self.endless.append(alert)

    def end_groups(self, event: AlertsReceived) -> None:
        listed = {alert.fingerprint for alert in event.alerts if alert.status == "firing"}
        for name, state in self.known.items():
            if state.status == "firing" and name not in listed and has_ended(event.ended, state):
                self.known[name] = state.over("presumed", self.at).turned(state, self.hold)
                self.news.append(f"{state.name} is over with its group")
                self.some_ended = True


def returning(incident: Incident, event: AlertsReceived) -> tuple[Alert, ...]:
    """What fires that had ended, or was not there. Without a start time, what has not ended goes on."""
    fires = {alert.fingerprint for alert in incident.firing}
    found: list[Alert] = []
    for alert in event.alerts:
        if alert.status != "firing":
            fires.discard(alert.fingerprint)
            continue
        if is_new(incident, alert) and (alert.dated or alert.fingerprint not in fires):
            found.append(alert)
        fires.add(alert.fingerprint)
    return tuple(found)


def record_alerts(incident: Incident, event: AlertsReceived, hold: timedelta) -> tuple[Incident, bool]:
    """And whether an alert ended that fired until then. What fires again within `hold` of its end flaps."""
    register = _Register(event.at, hold, dict(incident.alerts))
    for alert in event.alerts:
        register.enter(alert)
    register.end_groups(event)
    beyond = enter_beyond(incident, event, register.beyond)
    after = incident.model_copy(
        update={
            "alerts": register.known,
            "alert_details": kept_details(
                incident.alert_details,
                (alert for alert in event.alerts if alert.fingerprint in register.known),
                SaidByIncident(incident.labels, incident.links),
            ),
            "alerts_total": incident.alerts_total + sum(alert.count for alert in event.alerts) + event.truncated,
            "alerts_untracked": incident.alerts_untracked + sum(a.count for a in register.beyond) + event.truncated,
            "untracked": beyond.still_untracked(),
            "untracked_firing": beyond.firing,
            "untracked_endless": tuple(sorted(beyond.endless)),
        }
    )
    if register.news:
        after = log(after, event.at, _summary(register.news), kind="alert")
    if register.endless:
        after = log(after, event.at, f"{names(register.endless)}: {NEVER_ENDS}", kind="alert")
    if beyond.too_many and not incident.untracked_endless:
        after = announce(after, event.at, TOO_MANY, loud=True)
    return after, register.some_ended or len(after.untracked) < len(incident.untracked)


def is_new(incident: Incident, alert: Alert) -> bool:
    """Has it not been seen, or did it start anew? A repeat bears the `startsAt` that is known."""
    known = incident.alerts.get(alert.fingerprint)
    if known is None:  # or it is one of those that were too many to be kept, which start no later than the resolution
        return not incident.alerts_untracked or alert.starts_at > (incident.resolved_at or alert.starts_at)
    return alert.starts_at > known.starts_at or (alert.starts_at == known.starts_at and _may_return(known))


def is_out_of_order(known: AlertState, alert: Alert) -> bool:
    """An episode that is older than the present one, or whose end is known, says nothing about the present."""
    if alert.starts_at == known.starts_at:
        return alert.status == "firing" and known.status == "resolved" and not _may_return(known)
    return alert.starts_at < known.starts_at


def has_ended(groups: Mapping[str, datetime], alert: Alert | AlertState) -> bool:
    """With its group: an episode that began after the last known end may be one that the sender did not mean yet."""
    return alert.group in groups and alert.starts_at <= groups[alert.group]


def _may_return(known: AlertState) -> bool:
    """Without starting anew: its sender never said that it has ended."""
    return known.status == "resolved" and (known.harmless or known.ended == "presumed")


def _becomes(alert: Alert) -> str:
    if alert.harmless:
        return "is harmless now, says its sender"
    return "fires" if alert.status == "firing" else "has resolved"


def _summary(news: list[str]) -> str:
    """`HighErrorRate fires (3x), Latency has resolved`."""
    counted = {text: news.count(text) for text in news}
    parts = [text if n == 1 else f"{text} ({n}x)" for text, n in counted.items()]
    return ", ".join(parts)


def names(alerts: Iterable[Alert | AlertState]) -> str:
    return ", ".join(sorted({alert.name for alert in alerts}))
