"""The severity is raised or lowered: by alerts, at the pager, by people.

Everything is planned anew from the original start. Whoever answered a warning has not answered an outage: a raise by
alerts, at the pager, or by anybody but whoever acknowledged voids the acknowledgement, and the ladder of the new
severity is begun anew (docs/adr/0023-graver-rings-again.md). A person who raises by hand is on it from then on: that
stops what the ladder has yet to do, but not the page that says how grave it is now.
"""

from workflows.policy.incident.announce import announce, log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import Acknowledged, SeverityChanged
from workflows.policy.incident.pager_alerts import Renewal
from workflows.policy.incident.rules import is_acknowledged, rules
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read, in_book, is_known, is_same
from workflows.policy.keys.duty_keys import DutyKind, EffectKey
from workflows.policy.reducers.joining import without_pending
from workflows.policy.reducers.transitions import answer
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.wire.bounded import fit

NOT_BY_HAND = ("alerts", "pagerduty")
"""Through these nobody speaks to us who could be told that they are on it."""


def change_severity(book: Runbook, incident: Incident, event: SeverityChanged) -> Incident:
    """To another one."""
    is_graver = event.severity < incident.severity
    changes = {
        "severity": event.severity,
        "severity_at": event.at,
        "severity_by": event.by,
        "severity_before": incident.severity,
        "gravest": min(incident.gravest, event.severity),
        "raised_at": event.at if is_graver else incident.raised_at,
        "renewed": incident.renewed if is_graver else None,
    }
    step = f"from {severity_title(incident.severity)} to {severity_title(event.severity)}"
    because = f": {event.reason}" if event.reason else ""
    text = f"{event.actor} {'raised' if is_graver else 'lowered'} the severity {step}{because}"
    after = announce(incident.model_copy(update=changes), event.at, text, by=event.actor)
    return _raised(book, incident, after, event) if is_graver and not incident.resolved else after


def confirm_severity(book: Runbook, incident: Incident, event: SeverityChanged) -> Incident:
    """To the one that it has. Where alerts or the pager have just raised it, whoever raises it by hand is on it all the
    same: which of the two arrived first, nobody sees."""
    confirmed = f"{event.actor} confirmed {severity_title(event.severity)}"
    is_answered = incident.resolved or is_acknowledged(book, incident, event.at)
    if incident.renewed is None or is_answered or not _is_by_hand(event):
        return log(incident, event.at, confirmed)
    return _on_it(book, incident, event, f"{confirmed} by hand")


def _raised(book: Runbook, before: Incident, after: Incident, event: SeverityChanged) -> Incident:
    answered = is_acknowledged(book, before, event.at)
    if answered and (_acknowledgement_stands(book, before, after) or _raised_it_themselves(book, before, event)):
        return after
    step = f"raised from {severity_title(before.severity)} to {severity_title(after.severity)} by {event.actor}"
    after = begin_anew(after, event, f"{step}: {event.reason}" if event.reason else step)
    if answered:
        after = _voided(book, before, after, event)
    return _on_it(book, after, event, f"{event.actor} raised the severity by hand") if _is_by_hand(event) else after


def _is_by_hand(event: SeverityChanged) -> bool:
    return event.via not in NOT_BY_HAND and is_known(event.by)


def _acknowledgement_stands(book: Runbook, before: Incident, after: Incident) -> bool:
    return "raised" in (rules(book, before).acknowledge.holds, rules(book, after).acknowledge.holds)


def _raised_it_themselves(book: Runbook, before: Incident, event: SeverityChanged) -> bool:
    return event.via not in NOT_BY_HAND and is_same(book, event.by, before.acknowledged_by)


def begin_anew(incident: Incident, event: SeverityChanged, reason: str) -> Incident:
    """The ladder of the present severity, from its first tier, and each tier at once that is overdue by now."""
    at = max(event.at, incident.opened_at)
    older = tuple(key for key in map(incident.effect_key, incident.rings) if not _was_called(key))
    return incident.model_copy(
        update={
            "acknowledged_at": None,
            "acknowledged_by": "",
            "alive_at": None,
            "round": incident.round + 1,
            "first_round": incident.round + 1,
            "round_started_at": at,
            "new_alert_ring": without_pending(incident, at),
            "renewed": Renewal(at=at, reason=fit(reason, IncidentBounds.renewal_reason), older=older),
        }
    )


def _was_called(key: str) -> bool:
    """By hand, which no severity changes."""
    parsed = EffectKey.parse(key)
    return parsed is not None and parsed.duty.kind is DutyKind.CALL


def _voided(book: Runbook, before: Incident, after: Incident, event: SeverityChanged) -> Incident:
    by = as_people_read(book, before.acknowledged_by)
    text = (
        f"{by} acknowledged {severity_title(before.severity)}, which does not count for "
        f"{severity_title(after.severity)}: the ladder starts again"
    )
    mention = in_book(book, before.acknowledged_by)
    return announce(after, event.at, text, template="unanswered", mention=mention, loud=True)


def _on_it(book: Runbook, after: Incident, event: SeverityChanged, why: str) -> Incident:
    text = f"{why}, which counts as an acknowledgement: {event.actor} is on it"
    mention = in_book(book, event.by)
    return announce(answer(book, after, event), event.at, text, kind="acknowledge", mention=mention)


def answers_what_was_before(incident: Incident, event: Acknowledged) -> bool:
    """They pressed on a page of before the raise, while the next one was on its way to them."""
    return incident.renewed is not None and incident.effect_key(event.ring) in incident.renewed.older
