"""What a silence keeps, and for how long.

state = apply(state, event)     alerts to keep, resolutions of those, an early end, a later one
"""

from collections.abc import Mapping
from datetime import datetime

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.episodes import has_ended
from workflows.policy.incident.events import Event, NotUnderstood
from workflows.policy.incident.opening import Particulars
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.silence import (
    LONGEST_SILENCE,
    Captured,
    Expired,
    Extended,
    HeldIncident,
    Silence,
    SilenceSummary,
)
from workflows.policy.watches.silence_bounds import SilenceBounds
from workflows.policy.wire.bounded import fit, weight


def apply(state: Silence, event: Event) -> Silence:
    match event:
        case Captured():
            return _capture(state, event)
        case Expired():
            return state.model_copy(update={"ended_at": min(event.at, state.ends_at)})
        case Extended():
            return state.model_copy(update={"card": _extended(state.card, event)})
        case NotUnderstood():
            return state.model_copy(update={"problem": f"could not read {event.name!r}: {fit(event.problem, 150)}"})
    return state


def refusal(state: Silence, event: Event, now: datetime) -> str | None:
    """Why it cannot be extended so."""
    if not isinstance(event, Extended):
        return None
    if now >= state.ends_at:
        return f"silence {state.card.id} has ended: tocsin silence add"
    if state.card.ends_at + event.duration - max(now, state.card.starts_at) > LONGEST_SILENCE:
        ends = f"{state.card.ends_at:%Y-%m-%d %H:%M} UTC"
        return f"a silence lasts at most {LONGEST_SILENCE.days} days from now, and this one lasts until {ends} already"
    return None


def _extended(card: SilenceSummary, event: Extended) -> SilenceSummary:
    return card.model_copy(update={"ends_at": card.ends_at + event.duration, "extended_at": event.at})


def _capture(state: Silence, event: Captured) -> Silence:
    was_opened = event.workflow_id in state.opened
    before = state.held.get(event.workflow_id)
    alerts = _kept(before.alerts if before else {}, event, ends=was_opened)
    rest = {incident: kept for incident, kept in state.held.items() if incident != event.workflow_id}
    if not alerts:
        return state.model_copy(update={"held": rest})
    book, particulars = _opens_as(state, before, event)
    key = f"{book.runbook}/{book.version}"
    at_once = was_opened or (before is not None and before.at_once)
    passed_by = tuple(dict.fromkeys((*(before.passed_by if before else ()), *event.passed_by)))[-10:]
    held = HeldIncident(runbook=key, particulars=particulars, alerts=alerts, at_once=at_once, passed_by=passed_by)
    news = sum(alert.status == "firing" for alert in event.alerts)
    after = state.model_copy(
        update={
            "runbooks": {**state.runbooks, key: book},
            "held": {**rest, event.workflow_id: held},
            "total": state.total + news,
        }
    )
    return after if _fits_in(after) else _at_once(after, event.workflow_id)


def _kept(known: Mapping[str, Alert], event: Captured, *, ends: bool) -> dict[str, Alert]:
    """What fires; with `ends`, also what has resolved, because its incident has been told that it fires."""
    alerts = _without_the_ended(known, event, ends=ends)
    for alert in event.alerts:
        before = alerts.get(alert.fingerprint)
        if before is not None and alert.starts_at < before.starts_at:
            continue  # an older episode, late: it says nothing about the present one
        if alert.status == "firing" or ends:
            alerts[alert.fingerprint] = alert.model_copy(update={"labels": _labels(alert), "link": ""})
        else:
            alerts.pop(alert.fingerprint, None)
    return alerts


def _without_the_ended(known: Mapping[str, Alert], event: Captured, *, ends: bool) -> dict[str, Alert]:
    """Less those whose whole group has ended; with `ends`, as ended."""
    kept = {}
    for name, alert in known.items():
        if not has_ended(event.ended, alert):
            kept[name] = alert
        elif ends:
            kept[name] = alert.model_copy(update={"status": "resolved"})
    return kept


def _labels(alert: Alert) -> dict[str, str]:
    weighs = sum(weight(name) + weight(value) + 6 for name, value in alert.labels.items())
    return alert.labels if weighs <= SilenceBounds.labels else {}


def _opens_as(state: Silence, before: HeldIncident | None, event: Captured) -> tuple[Runbook, Particulars]:
    """As the gravest of the deliveries asked that brought something firing; of several, as the last."""
    asked = Particulars.model_validate(event.opening.model_dump(exclude={"runbook"}))
    fires = any(alert.status == "firing" for alert in event.alerts)
    if before is None or (fires and asked.severity <= before.particulars.severity):
        return event.opening.runbook, asked
    return state.runbooks[before.runbook], before.particulars


def _at_once(state: Silence, incident: str) -> Silence:
    held = state.held[incident].model_copy(update={"at_once": True})
    return state.model_copy(update={"held": {**state.held, incident: held}})


def _fits_in(state: Silence) -> bool:
    alerts = sum(len(held.alerts) for held in state.held.values())
    if (
        len(state.held) > SilenceBounds.incidents
        or alerts > SilenceBounds.alerts
        or len(state.runbooks) > SilenceBounds.runbooks
    ):
        return False
    return (
        sum(len(held.model_dump_json(exclude_defaults=True).encode()) for held in state.held.values())
        <= SilenceBounds.bytes
    )
