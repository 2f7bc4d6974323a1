"""Alerts of an open, resolved or closed incident: what each repeat, resolution and return means."""

from collections.abc import Sequence
from datetime import datetime

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.alert_details import AlertDetails
from workflows.policy.incident.alert_state import Coming
from workflows.policy.incident.announce import announce, log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.cancelled import CancelledEpisode, CancelledEpisodes, without_cancelled
from workflows.policy.incident.episodes import has_ended, is_out_of_order, names, record_alerts, returning
from workflows.policy.incident.events import AlertsReceived, Resolved, SeverityChanged
from workflows.policy.incident.rules import verified_at
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.joining import join
from workflows.policy.reducers.raising import change_severity
from workflows.policy.reducers.succession import joined_by
from workflows.policy.reducers.transitions import reopen, resolve
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.durations import write
from workflows.policy.wire.bounded import cut, fit

LONGEST_TITLE = 300
"""Characters that an incident's title has at most."""


def headline(firing: Sequence[Alert]) -> str:
    """The title of an incident that these open."""
    first, more = firing[0], f" (+{len(firing) - 1} more)" if len(firing) > 1 else ""
    return cut(f"{first.name}: {first.summary}" if first.summary else first.name, LONGEST_TITLE - len(more)) + more


def receive(book: Runbook, incident: Incident, event: AlertsReceived) -> Incident:
    event = _of_its_own(incident, event)
    still_cancelled, event = without_cancelled(incident.cancelled_episodes, event)
    incident = incident.model_copy(update={"cancelled_episodes": still_cancelled})
    if _is_over(book, incident, event.at):
        return _for_the_next_incident(incident, event)
    returned = returning(incident, event)
    graver = tuple(alert for alert in event.alerts if _asks_for_more(incident, alert))
    after, some_ended = record_alerts(incident, event, book.intake.flap_hold)
    if not incident.resolved:
        after = join(book, incident, _raise(book, after, event, graver), event)
        return _end_if_all_have(book, after, event) if some_ended else _held_no_more_if_one_fires(after)
    if returned:
        return _raise(book, reopen(after, event.at, f"reopened: {names(returned)} fires again"), event, graver)
    if after.firing:
        return announce(
            after, event.at, f"{names(after.firing)} still fires although the incident was resolved", loud=True
        )
    return after


def _of_its_own(incident: Incident, event: AlertsReceived) -> AlertsReceived:
    if not event.if_known:
        return event
    waiting = {alert.fingerprint for alert in incident.successor}
    known = tuple(a for a in event.alerts if a.fingerprint in incident.alerts or a.fingerprint in waiting)
    return event.model_copy(update={"alerts": known})


def _is_over(book: Runbook, incident: Incident, at: datetime) -> bool:
    """Once it is closed, whenever an alert was received: nobody would page for what is taken in here."""
    if incident.closed_at is not None:
        return True
    over_at = verified_at(book, incident)
    return over_at is not None and (incident.cancelled or at >= over_at)


def _for_the_next_incident(incident: Incident, event: AlertsReceived) -> Incident:
    """The verification time is over: a firing alert is a new incident, which the shell opens. Unless its episode is
    one that is known to be over."""
    coming = {alert.fingerprint: alert for alert in incident.successor if not has_ended(event.ended, alert)}
    alerts = tuple(alert for alert in event.alerts if not _has_been(incident, alert))
    news = tuple(a for a in alerts if a.status == "firing" and a.fingerprint not in coming)
    for alert in alerts:
        before = coming.get(alert.fingerprint)
        if before is not None and alert.starts_at < before.starts_at:
            continue  # an older episode, late: it says nothing about the present one
        if alert.status == "firing":
            coming[alert.fingerprint] = _lean(alert, alert.count + (before.count if before else 0))
        else:
            coming.pop(alert.fingerprint, None)
    successor = tuple(coming.values())[: IncidentBounds.successor]
    others_stay = any(alert.fingerprint in coming for alert in incident.successor)
    about = joined_by(incident, news, incident.coming if others_stay else None) if successor else Coming()
    after = incident.model_copy(update={"successor": successor, "coming": about})
    if not news:
        return after
    return log(after, event.at, f"{names(news)} fired after this incident was over: a new incident opens")


def cancelled_with(incident: Incident) -> CancelledEpisodes:
    """What is cancelled when this incident is: all that fires, and what was cancelled before and has not ended."""
    known, severity = incident.cancelled_episodes, incident.gravest
    own = {a.fingerprint: CancelledEpisode(starts_at=a.starts_at, severity=severity) for a in incident.firing}
    groups = {name: CancelledEpisode(starts_at=at, severity=severity) for name, at in incident.untracked.items()}
    return CancelledEpisodes(
        alerts=dict([*{**known.alerts, **own}.items()][-IncidentBounds.alerts :]),
        groups=dict([*{**known.groups, **groups}.items()][-IncidentBounds.names :]),
    )


def to_move(incident: Incident) -> AlertsReceived:
    """What fires of an incident that is a duplicate: for the other one."""
    still = [incident.alerts[name] for name in incident.cancelled_episodes.alerts if name in incident.alerts]
    own = tuple(
        Alert(
            fingerprint=each.fingerprint,
            name=each.name,
            summary=each.summary,
            starts_at=each.starts_at,
            severity=each.severity,
            ends=each.ends,
            group=each.group,
            labels=said.labels,
            link=said.link,
        )
        for each, said in ((each, incident.alert_details.get(each.fingerprint, AlertDetails())) for each in still)
    )
    return AlertsReceived(id=f"moved/{incident.id}", via="alerts", alerts=(*own, *incident.successor))


def _has_been(incident: Incident, alert: Alert) -> bool:
    known = incident.alerts.get(alert.fingerprint)
    return known is not None and known.status == "resolved" and is_out_of_order(known, alert)


def _asks_for_more(incident: Incident, alert: Alert) -> bool:
    """It fires graver than the incident is, and graver than this alert ever did: people may have lowered the severity,
    and a repeat does not know better."""
    if alert.status != "firing" or alert.severity is None or alert.severity >= incident.severity:
        return False
    known = incident.alerts.get(alert.fingerprint)
    is_one_of_too_many = known is None and len(incident.alerts) >= IncidentBounds.alerts
    said = known.severity if known else incident.gravest if is_one_of_too_many else None
    return said is None or alert.severity < said


def _raise(book: Runbook, incident: Incident, event: AlertsReceived, graver: tuple[Alert, ...]) -> Incident:
    """To what the gravest of these asks for. Alerts never lower it: that is for people."""
    severity = min((alert.severity for alert in graver if alert.severity), default=incident.severity)
    if severity >= incident.severity:
        return incident
    gravest = tuple(alert for alert in graver if alert.severity == severity)
    reason = f"{names(gravest)} fires" + (f": {gravest[0].summary}" if gravest[0].summary else "")
    raised = SeverityChanged(at=event.at, by="the alerts", via="alerts", severity=severity, reason=reason)
    return change_severity(book, incident, raised)


def _lean(alert: Alert, count: int) -> Alert:
    """As much as the next incident needs of it: its severity, and what is kept of every alert."""
    name, summary = fit(alert.name, IncidentBounds.alert_name), fit(alert.summary, IncidentBounds.alert_summary)
    return alert.model_copy(
        update={"name": name, "summary": summary, "labels": {}, "service": "", "link": "", "count": count}
    )


def _end_if_all_have(book: Runbook, incident: Incident, event: AlertsReceived) -> Incident:
    """All alerts that we know of have resolved, and the runbook takes that for the end; once it lasts, if one flaps.

    Not when some went untracked: what is not known cannot be known to have resolved.
    """
    if incident.firing or not incident.alerts or incident.untracked or not book.intake.resolve_with_alerts:
        return _held_no_more_if_one_fires(incident)
    at, hold = max(event.at, incident.opened_at), book.intake.flap_hold
    since = max((alert.changed_at for alert in incident.alerts.values() if alert.flaps), default=None)
    if since is None or at >= since + hold:
        return resolve(book, incident, Resolved(at=at, by="the alerts", via="alerts"))
    text = f"all alerts have ended: over if that lasts {write(hold)}, because one flaps"
    return log(incident.model_copy(update={"end_held_since": since}), event.at, text, kind="alert")


def _held_no_more_if_one_fires(incident: Incident) -> Incident:
    return incident.model_copy(update={"end_held_since": None}) if incident.firing else incident
