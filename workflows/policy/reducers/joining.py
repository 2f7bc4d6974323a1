"""New alerts that join an open incident: a second problem is not a repeat (docs/adr/0024-a-second-problem.md).

New alerts are said in the channel and at the pager. The runbook decides whether they ring whoever has acknowledged
(`intake.new_alert`). An alert is new if the incident does not know it; alerts that open the incident together are one
problem. Alerts beyond the bound cannot be told apart: they are new once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from workflows.policy.communication.joined import IN_CHANNEL
from workflows.policy.escalation.ladder import ladder
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.alert_state import NewAlertRing, NewAlerts
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.rules import is_acknowledged, rules
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import in_book
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.wire.bounded import fit

ANNOUNCED_EVERY = timedelta(minutes=1)
"""A storm is told in one message, and then in one a minute."""


def join(book: Runbook, before: Incident, after: Incident, event: AlertsReceived) -> Incident:
    """`before` is the incident as it was before these alerts were recorded, and maybe raised it."""
    after = after.model_copy(update={"services": _services(before, event)})
    if _opens(before, event):
        return after
    new, rung = _new(before, after, event), tuple[str, ...]()
    ringing = [alert for alert in new if _rings(book, before, after, alert)]
    if ringing and is_acknowledged(book, after, event.at):
        ring = _ring(book, after, event.at, ringing)
        rung = ring.people if ring.due_at <= event.at else ()
        after = after.model_copy(update={"new_alert_ring": ring})
    raised = after.severity < before.severity  # which has said those
    to_say = [_in_words(book, alert) for alert in new if not (raised and alert.severity == after.severity)]
    uncounted = event.truncated if not before.alerts_untracked else 0
    return _say(after, event.at, to_say, uncounted, rung) if to_say or uncounted else after


def without_pending(incident: Incident, at: datetime) -> NewAlertRing | None:
    """Its last ring, but none that is yet to be made: the ladder begins anew, or somebody has just looked."""
    ring = incident.new_alert_ring
    return None if ring is not None and ring.due_at > at else ring


def _opens(before: Incident, event: AlertsReceived) -> bool:
    """These are what the incident was opened for: all parts of that delivery bear its time."""
    knows_none = not before.alerts and not before.alerts_untracked
    return not before.declared_by and (knows_none or event.at <= before.declared_at)


def _new(before: Incident, after: Incident, event: AlertsReceived) -> list[Alert]:
    """Of a fingerprint that was not heard before, and that fires at the end of the batch."""
    firing = {alert.fingerprint: alert for alert in event.alerts if alert.status == "firing" and not alert.harmless}
    unheard = [alert for fingerprint, alert in firing.items() if fingerprint not in before.alerts]
    kept = [alert for alert in unheard if alert.fingerprint in after.alerts]
    beyond = [alert for alert in unheard if alert.fingerprint not in after.alerts]
    once = [] if before.alerts_untracked else beyond[:1]
    return [alert for alert in kept if after.alerts[alert.fingerprint].status == "firing"] + once


def _services(before: Incident, event: AlertsReceived) -> tuple[str, ...]:
    named = (_service(alert) for alert in event.alerts if alert.service)
    return tuple(dict.fromkeys((*before.services, *named)))[: IncidentBounds.services]


def _service(alert: Alert) -> str:
    return fit(alert.service, IncidentBounds.service)


def _rings(book: Runbook, before: Incident, after: Incident, alert: Alert) -> bool:
    word = book.intake.new_alert
    if word is not None:
        return word == "ring"
    of_another_name = fit(alert.name, IncidentBounds.alert_name) not in {each.name for each in before.alerts.values()}
    of_another_service = len(before.services) < IncidentBounds.services and _service(alert) not in (
        "",
        *before.services,
    )
    differs = of_another_name or (of_another_service and alert.service != before.service)
    return differs and (alert.severity or book.intake.default_severity) <= after.severity


def _ring(book: Runbook, incident: Incident, at: datetime, alerts: Sequence[Alert]) -> NewAlertRing:
    """Now, or `repeat_after` the last one: with all that has come until then."""
    texts = [_in_words(book, alert) for alert in alerts]
    last = incident.new_alert_ring
    if last is not None and last.due_at > at:
        fingerprints = (*last.fingerprints, *(alert.fingerprint for alert in alerts))[: IncidentBounds.new_alerts]
        return last.model_copy(update={**_and(last, texts, 0), "fingerprints": fingerprints})
    first = next((rung for rung in ladder(book, incident) if rung.callees), None)
    people = in_book(book, incident.acknowledged_by) or (
        tuple(callee.person for callee in first.callees) if first else ()
    )
    due_at = max(at, last.due_at + rules(book, incident).repeat_after) if last else at
    due_at = first.hold.released(due_at) if first else due_at
    return NewAlertRing(
        number=incident.seconds_since_declared(due_at) + 1,
        due_at=due_at,
        people=people,
        texts=tuple(texts[: IncidentBounds.new_alerts]),
        more=len(texts[IncidentBounds.new_alerts :]),
        fingerprints=tuple(alert.fingerprint for alert in alerts[: IncidentBounds.new_alerts]),
    )


def _say(incident: Incident, at: datetime, texts: Sequence[str], more: int, rung: tuple[str, ...]) -> Incident:
    """With what was not begun to be said. If nothing gets through for long, with the last."""
    *older, last = incident.news or (None,)
    news = NewAlerts(number=1, due_at=at, texts=())
    if last is not None and (not _is_begun(incident, last) or not _is_announced(incident, (*older, last)[0])):
        news = last
    elif last is not None:
        older = [*older, last]
        news = news.model_copy(update={"number": last.number + 1, "due_at": max(at, last.due_at + ANNOUNCED_EVERY)})
    news = news.model_copy(update={**_and(news, texts, more), "rung": tuple(dict.fromkeys((*news.rung, *rung)))})
    return incident.model_copy(update={"news": (*older, news)[-IncidentBounds.news :]})


def _is_begun(incident: Incident, news: NewAlerts) -> bool:
    people = {ring.person for ring in incident.rings.values()}
    duties = (IN_CHANNEL, *(duty_key(DutyKind.NEWS_AT_PAGER, person) for person in people))
    return any(incident.was_begun(duty, news.number) for duty in duties)


def _is_announced(incident: Incident, news: NewAlerts) -> bool:
    return incident.has_settled(IN_CHANNEL, news.number)


def _and(said: NewAlerts, texts: Sequence[str], more: int) -> dict[str, object]:
    """Those as well: the first are named, the others counted."""
    every = (*said.texts, *texts)
    return {
        "texts": every[: IncidentBounds.new_alerts],
        "more": said.more + len(every[IncidentBounds.new_alerts :]) + more,
    }


def _in_words(book: Runbook, alert: Alert) -> str:
    severity = severity_title(alert.severity or book.intake.default_severity)
    about = f"{alert.service}, {severity}" if alert.service else severity
    return fit(
        f"{alert.name} ({about}) fires" + (f": {alert.summary}" if alert.summary else ""), IncidentBounds.new_alert
    )
