"""A heartbeat: a sender that must call every so often, because its silence means that something is wrong.

    state = apply(state, event)                    beats, pauses
    verdict(state, now, gateway) -> Verdict        what that means now, and when to look again
    to_notify(state, verdict, now)                 which incidents have to be notified of that

All are pure. Three rules decide (ADR 0011):

* A beat counts when it arrived at the gateway, not when a worker read it. So an outage of the worker makes nobody late.
* A beat that could not arrive is not missed. While the gateway shows no sign of life no heartbeat is judged: all of
  them together open one incident that says so. When it is back, each has a while to beat.
* Level, not edge: what the incident was notified of is compared with how things stand now. So it is notified of nothing
  twice, and a notification that failed is made again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import Event, NotUnderstood
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.names import Name, SeverityName
from workflows.policy.time.durations import MINUTE, Duration, at_least, write
from workflows.policy.wire.bounded import Line, Text, fit
from workflows.policy.wire.history import HISTORY_BYTES, HISTORY_EVENTS
from workflows.policy.wire.model import Instant, Wire

LONGEST_PAUSE = timedelta(days=31)
AWAY_AFTER = 3 * MINUTE
"""How long the gateway may show no sign of life. It shows one every minute, or two when no worker answers it."""
SENDER_CATCH_UP = 15 * MINUTE
"""What a sender gets at most to beat again once the gateway is back; its own interval, if that is shorter."""
LOOK_AGAIN = MINUTE
"""While the gateway is away."""
REMIND = timedelta(hours=4)
"""An incident that was closed although the silence lasts is opened again after this."""
UNHEARD = "incident-heartbeats-unheard"
"""The one incident of all heartbeats that cannot be judged."""

About = Literal["missing", "unheard"]


class Spec(Wire):
    """What is expected, and the incident that is opened otherwise."""

    every: Annotated[Duration, at_least(MINUTE)] = Field(le=timedelta(days=31))
    grace: Duration = Field(default=MINUTE, le=timedelta(days=31))
    """How late a beat may be."""
    opening: OpenRequest


class Signalled(Wire):
    """What an incident knows from us: that this alert fires."""

    since: Instant
    at: Instant


class Heartbeat(Wire):
    """The state, and the argument of the workflow `heartbeat`."""

    name: Name
    spec: Spec
    expected_since: Instant | None = None
    beat_at: Instant | None = None
    beats: int = 0
    """As many as were handed on: the gateway keeps most of a frequent sender's to itself."""
    paused_until: Instant | None = None
    paused_by: Line = ""
    excused_from: Instant | None = None
    """The gateway was away until then: beats may have been lost."""
    told: dict[About, Signalled] = {}
    removed: bool = False
    problem: Line = ""
    """The last message that could not be read."""
    history_limit: int = HISTORY_EVENTS
    history_bytes: int = HISTORY_BYTES

    @property
    def counts_from(self) -> datetime:
        """The last moment at which everything was well, or nothing was expected."""
        moments = (self.expected_since, self.beat_at, self.paused_until)
        return max(moment for moment in moments if moment is not None)

    @property
    def overdue_at(self) -> datetime:
        due_at = self.counts_from + self.spec.every
        if self.excused_from is not None:
            due_at = max(due_at, self.excused_from + min(self.spec.every, SENDER_CATCH_UP))
        return due_at + self.spec.grace


class HeartbeatSummary(Wire):
    """What is known of a heartbeat without a worker: the memo of its workflow."""

    name: Name
    every: timedelta
    grace: timedelta
    runbook: str
    severity: SeverityName
    service: str = ""
    paused_until: Instant | None = None
    silent_since: Instant | None = None


class Beat(Event):
    kind: Literal["beat"] = "beat"


class SpecChanged(Event):
    kind: Literal["set"] = "set"
    spec: Spec


class Paused(Event):
    kind: Literal["pause"] = "pause"
    duration: Duration = Field(gt=timedelta(), le=LONGEST_PAUSE)
    reason: Text = ""


class Unpaused(Event):
    """It must beat again, from now on."""

    kind: Literal["resume"] = "resume"


class Removed(Event):
    kind: Literal["remove"] = "remove"


HEARTBEAT_SIGNALS: Mapping[str, type[Event]] = {
    "beat": Beat, "set": SpecChanged, "pause": Paused, "resume": Unpaused, "remove": Removed,
}  # fmt: skip
"""Wire name of a signal -> the event it becomes. These names never change (rule 11)."""


class GatewayPresence(Wire):
    """When the gateway listened, by its signs of life."""

    sign_at: Instant | None = None
    """Its last sign of life; None: there was none."""
    away_from: Instant | None = None
    back_at: Instant | None = None
    """The last time it was away between two signs of life: from when until when."""


@dataclass(frozen=True)
class Verdict:
    state: Heartbeat
    about: About | None
    """What is wrong; None: all is well, or it is too early to say."""
    problem: str = ""
    look_at: datetime | None = None
    """When the answer may change by time alone; None: never."""


def card(state: Heartbeat, about: About | None = None) -> HeartbeatSummary:
    """`about`: what is wrong now, whether or not an incident knows it already."""
    opening, missing = state.spec.opening, state.told.get("missing")
    since = None if about != "missing" else missing.since if missing else state.overdue_at
    return HeartbeatSummary(
        name=state.name,
        every=state.spec.every,
        grace=state.spec.grace,
        runbook=opening.runbook.runbook,
        severity=opening.severity,
        service=opening.service,
        paused_until=state.paused_until,
        silent_since=since,
    )


def workflow_id(name: str) -> str:
    return f"heartbeat-{name}"


def incident_id(name: str, about: About) -> str:
    """The workflow id of the incident: the same every time, so that a repeat finds it."""
    return UNHEARD if about == "unheard" else f"incident-heartbeat-{name}"


def apply(state: Heartbeat, event: Event) -> Heartbeat:
    """The state after a stamped event. A beat that arrives after a later one changes nothing."""
    match event:
        case Beat():
            beat_at = max(event.at, state.beat_at or event.at)
            return state.model_copy(update={"beat_at": beat_at, "beats": state.beats + 1})
        case SpecChanged():
            return state.model_copy(update={"spec": event.spec})
        case Paused():
            return state.model_copy(update={"paused_until": event.at + event.duration, "paused_by": event.actor})
        case Unpaused():
            return state.model_copy(update={"paused_until": None, "expected_since": event.at})
        case Removed():
            return state.model_copy(update={"removed": True})
        case NotUnderstood():
            return state.model_copy(update={"problem": f"could not read {event.name!r}: {fit(event.problem, 150)}"})
    return state


def must_ask_the_gateway(state: Heartbeat, now: datetime) -> bool:
    """It is late, and nobody knows yet: was somebody there to hear it?"""
    return _is_overdue(state, now) and "missing" not in state.told


def verdict(state: Heartbeat, now: datetime, gateway: GatewayPresence | None) -> Verdict:
    """What holds at `now`. `gateway` None: it could not be found out whether the gateway listened."""
    if not _is_overdue(state, now):
        return Verdict(state, None, look_at=None if state.removed else state.overdue_at)
    if "missing" in state.told:
        return Verdict(state, "missing", "still silent", state.told["missing"].at + REMIND)
    if gateway is None:
        return Verdict(state, "missing", "it is not known whether the gateway listened", now + REMIND)
    if gateway.sign_at is None or now - gateway.sign_at > AWAY_AFTER:
        seen = _moment(gateway.sign_at or state.counts_from)
        return Verdict(state, "unheard", f"the gateway has shown no sign of life since {seen}", now + LOOK_AGAIN)
    if gateway.back_at is None or gateway.back_at <= state.counts_from:
        return Verdict(state, "missing", f"the gateway listens, last seen {_moment(gateway.sign_at)}", now + REMIND)
    excused = state.model_copy(update={"excused_from": gateway.back_at})
    if not _is_overdue(excused, now):
        return Verdict(excused, None, look_at=excused.overdue_at)
    away = f"from {_moment(gateway.away_from or state.counts_from)} to {_moment(gateway.back_at)}"
    return Verdict(excused, "missing", f"beats may have been lost: the gateway was away {away}", now + REMIND)


def _is_overdue(state: Heartbeat, now: datetime) -> bool:
    return not state.removed and now >= state.overdue_at


def shown(before: GatewayPresence, at: datetime) -> GatewayPresence:
    """The gateway has shown itself again. It is away when it does not for longer than `AWAY_AFTER`."""
    if before.sign_at is None or at - before.sign_at <= AWAY_AFTER:
        return before.model_copy(update={"sign_at": at})
    return GatewayPresence(sign_at=at, away_from=before.sign_at, back_at=at)


def to_notify(state: Heartbeat, found: Verdict, now: datetime) -> Iterator[tuple[About, bool]]:
    """(About, does it fire?) Level, not edge: of nothing twice, and reminders now and then."""
    for about in get_args(About):
        signalled = state.told.get(about)
        if about == found.about and (signalled is None or now >= signalled.at + REMIND):
            yield about, True
        elif about != found.about and signalled is not None:
            yield about, False


def notified(state: Heartbeat, about: About, now: datetime, *, fires: bool) -> Heartbeat:
    """The incident has been notified."""
    rest = {known: signalled for known, signalled in state.told.items() if known != about}
    if fires:
        known = state.told.get(about)
        rest[about] = Signalled(since=known.since if known else state.overdue_at, at=now)
    return state.model_copy(update={"told": rest})


def alert(state: Heartbeat, about: About, problem: str, *, fires: bool) -> Alert:
    """The alert that says so, or that it is over."""
    signalled = state.told.get(about)
    return Alert(
        fingerprint=f"heartbeat-{state.name}",
        status="firing" if fires else "resolved",
        name="HeartbeatMissing" if about == "missing" else "HeartbeatUnheard",
        summary=f"{state.name}: {_last(state)}; {problem}",
        starts_at=signalled.since if signalled else state.overdue_at,
        severity=state.spec.opening.severity,
    )


def opening(state: Heartbeat, about: About, problem: str) -> OpenRequest:
    """How the incident opens, if it is not open already."""
    missing = f"No heartbeat from {state.name}: {_last(state)};"
    title = f"{'Alerts and heartbeats may not arrive:' if about == 'unheard' else missing} {problem}"
    changes = {"title": title[:300], "source": "heartbeat", "detected_at": state.overdue_at}
    return state.spec.opening.model_copy(update=changes)


def in_words(state: Heartbeat, now: datetime) -> str:
    """How it stands, in one line."""
    if "missing" in state.told:
        stands = f"silent since {_moment(state.told['missing'].since)}"
    elif "unheard" in state.told:
        stands = "not judged: the gateway is away"
    elif state.paused_until and state.paused_until > now:
        stands = f"paused until {_moment(state.paused_until)} by {state.paused_by or 'somebody'}"
    else:
        stands = f"overdue at {_moment(state.overdue_at)}"
    return f"{stands}; {_last(state)}" + (f"; {state.problem}" if state.problem else "")


def _last(state: Heartbeat) -> str:
    last = f"last beat {_moment(state.beat_at)}" if state.beat_at else "it has never beaten"
    return f"{last}, expected every {write(state.spec.every)}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
