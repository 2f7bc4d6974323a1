"""A silence: for a while, alerts that match it open no incident. No alert is lost by it (ADR 12):

* It ends by itself, after a week at most, by a durable timer.
* What fires meanwhile is kept here, and what has not resolved when the silence ends opens its incident then: most
  senders say a thing once.
* What it keeps is bounded (`SilenceBounds`). An alert that does not fit opens its incident at once.
* An alert that another silence matches when this one ends is kept by that other silence from then on.

`capturing.py` decides what it keeps, `releasing.py` what it lets go.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import Event
from workflows.policy.incident.opening import OpenRequest, Particulars
from workflows.policy.runbook.matchers import Matchers
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.durations import Duration
from workflows.policy.wire.bounded import Identity, Line
from workflows.policy.wire.history import HISTORY_BYTES, HISTORY_EVENTS
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
    history_limit: int = HISTORY_EVENTS
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
