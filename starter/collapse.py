"""Repeats that travel together become one alert with a count. What the incident makes of them stays the same."""

from collections.abc import Iterable
from itertools import chain

from workflows.policy.events import Alert, AlertsReceived


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
    return not one.id and not other.id and (one.by, one.via) == (other.by, other.via)


def _merged(deliveries: list[AlertsReceived]) -> AlertsReceived:
    last = deliveries[-1]
    alerts = _runs(chain.from_iterable(delivery.alerts for delivery in deliveries))
    return last.model_copy(update={"alerts": alerts, "truncated": sum(each.truncated for each in deliveries)})


def _runs(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Per fingerprint, the firings in a row are one, and so are the resolutions in a row."""
    kept: list[Alert] = []
    latest: dict[str, int] = {}
    for alert in alerts:
        place = latest.get(alert.fingerprint)
        if place is not None and kept[place].status == alert.status:
            kept[place] = _again(kept[place], alert)
        else:
            latest[alert.fingerprint] = len(kept)
            kept.append(alert)
    return tuple(kept)


def _again(before: Alert, alert: Alert) -> Alert:
    """Of the later episode; as grave as the gravest, because an incident is raised by alerts and never lowered."""
    newest = alert if alert.starts_at >= before.starts_at else before
    severities = [each.severity for each in (before, alert) if each.severity]
    return newest.model_copy(
        update={"count": before.count + alert.count, "severity": min(severities, default=None)},
    )
