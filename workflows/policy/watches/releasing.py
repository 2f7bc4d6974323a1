"""What a silence lets go, when it has ended or can keep it no longer.

due(state, now)                     the incidents that must get their alerts now
passing(state, incident, others)    what of that goes to other silences instead
take(state, incident)               the rest, for its incident
"""

from collections.abc import Iterable
from datetime import datetime

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.time.calendar import dated
from workflows.policy.watches.silence import Captured, Silence, SilenceSummary
from workflows.policy.watches.silence_bounds import SilenceBounds
from workflows.policy.wire.bounded import fit


def due(state: Silence, now: datetime) -> tuple[str, ...]:
    """The incidents (their workflow ids) that must be handed their alerts now."""
    ended = now >= state.ends_at
    return tuple(incident for incident, held in state.held.items() if ended or held.at_once)


def passing(
    state: Silence, incident: str, others: Iterable[SilenceSummary], now: datetime
) -> dict[str, tuple[Alert, ...]]:
    """Which of its alerts other silences match now; of several silences, the one that ends last takes an alert.
    An alert never goes back to a silence that kept it before."""
    held = state.held[incident]
    able = [card for card in others if card.id != state.card.id and card.id not in held.passed_by]
    longest_first = sorted(able, key=lambda card: card.ends_at, reverse=True)
    found: dict[str, tuple[Alert, ...]] = {}
    for alert in held.alerts.values() if not held.at_once else ():
        by = next((card for card in longest_first if card.matches(alert.labels, now)), None)
        if by is not None and alert.status == "firing":
            found[by.id] = (*found.get(by.id, ()), alert)
    return found


def passed(state: Silence, incident: str, alerts: tuple[Alert, ...], now: datetime) -> Captured:
    """As it was sent to this silence."""
    held = state.held[incident]
    opening = OpenRequest(runbook=state.runbooks[held.runbook], **dict(held.particulars))
    by = (*held.passed_by, state.card.id)[-10:]
    return Captured(at=now, by=state.card.by, workflow_id=incident, opening=opening, alerts=alerts, passed_by=by)


def take(state: Silence, incident: str) -> tuple[Silence, OpenRequest, tuple[Alert, ...]]:
    """Out of the silence: the state without it, and what the incident is to be handed."""
    held = state.held[incident]
    rest = {other: kept for other, kept in state.held.items() if other != incident}
    opened = (*(known for known in state.opened if known != incident), incident)[-SilenceBounds.opened :]
    runbooks = {key: book for key, book in state.runbooks.items() if any(key == kept.runbook for kept in rest.values())}
    after = state.model_copy(update={"held": rest, "opened": opened, "runbooks": runbooks})
    until = dated(state.runbooks[held.runbook].calendar.zone, state.ends_at)
    because = f" (held by silence {state.card.id} until {until})"
    particulars = held.particulars.model_copy(
        update={"title": fit(held.particulars.title, 290 - len(because)) + because}
    )
    opening = OpenRequest(runbook=state.runbooks[held.runbook], **dict(particulars))
    return after, opening, tuple(alert.model_copy(update={"labels": {}}) for alert in held.alerts.values())
