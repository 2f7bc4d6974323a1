"""Repeats that travel together become one alert with a count. What the incident makes of them stays the same."""

from collections.abc import Iterable
from itertools import chain

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived


def collapse(deliveries: Iterable[AlertsReceived]) -> tuple[AlertsReceived, ...]:
    """The same deliveries in fewer events, in their order.

    One that has an id stays by itself: the incident knows it by that when it is sent again.
    """
    events: list[AlertsReceived] = []
    alike: list[AlertsReceived] = []
    for delivery in deliveries:
        if alike and not _can_be_one(alike[-1], delivery):
            events.append(_merged(alike))
            alike = []
        alike.append(delivery)
    return (*events, _merged(alike)) if alike else ()


def _can_be_one(one: AlertsReceived, other: AlertsReceived) -> bool:
    if one.ended or other.ended or one.if_known != other.if_known:
        return False  # what a group's end means for the rest depends on what came before it
    return not one.id and not other.id and (one.by, one.via) == (other.by, other.via)


def _merged(deliveries: list[AlertsReceived]) -> AlertsReceived:
    last = deliveries[-1]
    alerts = _runs(chain.from_iterable(delivery.alerts for delivery in deliveries))
    return last.model_copy(update={"alerts": alerts, "truncated": sum(each.truncated for each in deliveries)})


def _runs(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Per fingerprint, the firings in a row are one, and so are the resolutions in a row."""
    runs: list[list[Alert]] = []
    latest: dict[str, list[Alert]] = {}
    for alert in alerts:
        run = latest.get(alert.fingerprint)
        if run is None or run[0].status != alert.status:
            run = latest[alert.fingerprint] = []
            runs.append(run)
        run.append(alert)
    return tuple(run[0] if len(run) == 1 else _as_one(run) for run in runs)


def _as_one(run: list[Alert]) -> Alert:
    """The latest episode; as grave as the gravest, because alerts raise an incident and never lower it."""
    latest = max(reversed(run), key=lambda alert: alert.starts_at)
    gravest = min((alert.severity for alert in run if alert.severity), default=None)
    return latest.model_copy(update={"count": sum(alert.count for alert in run), "severity": gravest})
