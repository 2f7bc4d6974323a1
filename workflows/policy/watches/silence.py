"""A silence: for a while, alerts that match it open no incident. No alert is lost by it (ADR 12):

* It ends by itself, after a week at most, by a durable timer.
* What fires meanwhile is kept here, and what has not resolved when the silence ends opens its incident then: most
  senders say a thing once.
* What it keeps is bounded (`SilenceBounds`). An alert that does not fit opens its incident at once.
* An alert that another silence matches when this one ends is kept by that other silence from then on.

    state = apply(state, event)         alerts to keep, resolutions of those, an early end, a later one
    due(state, now)                     the incidents that must get their alerts now
    passing(state, incident, others)    what of that goes to other silences instead
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workflows.policy.incident.episodes import has_ended
from workflows.policy.incident.events import Alert, Event, NotUnderstood
from workflows.policy.incident.opening import OpenRequest, Particulars
from workflows.policy.runbook.matchers import Matchers
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.calendar import dated
from workflows.policy.time.durations import Duration
from workflows.policy.watches.silence_bounds import SilenceBounds
from workflows.policy.wire.bounded import Identity, Line, fit, weight
from workflows.policy.wire.history import HISTORY_BYTES
from workflows.policy.wire.model import Instant, Wire

LONGEST_SILENCE = timedelta(days=7)
FARTHEST_SILENCE = timedelta(days=31)
"""How far ahead a silence may begin."""


class SilenceSummary(Wire):
    """What every gateway needs to know of a silence: the memo of its workflow."""

    id: str
    matchers: Matchers
    starts_at: Instant
    ends_at: Instant
    by: Line
    reason: Annotated[Line, Field(min_length=1)]
    extended_at: Instant | None = None
    """When somebody last said that it goes on."""
    public: Line = ""
    """What the status page calls the work, if the public is told of it ..."""
    components: tuple[Line, ...] = ()
    """... and what it affects there."""

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if not timedelta() < self.ends_at - max(self.starts_at, self.extended_at or self.starts_at) <= LONGEST_SILENCE:
            raise ValueError(f"a silence lasts at most {LONGEST_SILENCE.days} days")
        return self

    def matches(self, labels: Mapping[str, str], now: datetime) -> bool:
        return self.starts_at <= now < self.ends_at and all(matcher.matches(labels) for matcher in self.matchers)


class HeldIncident(Wire):
    """The alerts of one incident that is not open because of this silence."""

    runbook: str
    """A key of `Silence.runbooks`."""
    particulars: Particulars
    alerts: dict[str, Alert] = {}
    """By fingerprint, without what an incident does not keep of them."""
    at_once: bool = False
    passed_by: tuple[str, ...] = ()
    """The silences that held it before."""


class Silence(Wire):
    """The state, and the argument of the workflow `silence`."""

    card: SilenceSummary
    ended_at: Instant | None = None
    """Somebody ended it early."""
    runbooks: dict[str, Runbook] = {}
    held: dict[str, HeldIncident] = {}
    """By the workflow id of the incident."""
    opened: tuple[str, ...] = ()
    """Incidents that were handed their alerts: what else comes for them must not stay here."""
    total: int = 0
    """Alerts that were ever held."""
    problem: Line = ""
    announced_until: Instant | None = None
    """What the status page knows of its end."""
    history_limit: int = 4000
    history_bytes: int = HISTORY_BYTES

    @property
    def ends_at(self) -> datetime:
        return min(self.card.ends_at, self.ended_at or self.card.ends_at)


class Captured(Event):
    """Alerts of one incident that match: firing ones are kept, resolved ones end what is kept of them."""

    kind: Literal["hold"] = "hold"
    workflow_id: str
    opening: OpenRequest
    alerts: tuple[Alert, ...] = ()
    """Labels and all that `starter.intake.interpreting.shown` says of them, by which silences match."""
    ended: dict[Identity, Instant] = {}
    """As in `AlertsReceived`."""
    passed_by: tuple[Line, ...] = ()


class Extended(Event):
    kind: Literal["extend"] = "extend"
    duration: Duration = Field(gt=timedelta(), le=LONGEST_SILENCE)
    """By how much it ends later."""


class Expired(Event):
    kind: Literal["expire"] = "expire"


SILENCE_SIGNALS: Mapping[str, type[Event]] = {"hold": Captured, "expire": Expired}
"""Wire name of a signal -> the event it becomes. These names never change (rule 11)."""
SILENCE_UPDATES: Mapping[str, type[Event]] = {"extend": Extended}
"""The same of updates."""


def workflow_id(silence: str) -> str:
    return f"silence-{silence}"


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


def due(state: Silence, now: datetime) -> tuple[str, ...]:
    """The incidents (their workflow ids) that must be handed their alerts now."""
    ended = now >= state.ends_at
    return tuple(incident for incident, held in state.held.items() if ended or held.at_once)


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


def in_words(state: Silence) -> Iterator[str]:
    """What it is and what it holds, for people: a line each."""
    card = state.card
    matchers = ", ".join(map(str, card.matchers))
    yield f"{matchers}: held from {card.starts_at:%Y-%m-%d %H:%M} to {state.ends_at:%Y-%m-%d %H:%M} UTC"
    yield f"by {card.by}: {card.reason}"
    for incident, held in state.held.items():
        yield f"holds {len(held.alerts)} of {incident}: {held.particulars.title}"
    if state.problem:
        yield state.problem
