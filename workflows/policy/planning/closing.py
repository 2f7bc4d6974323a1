"""How a resolved incident ends: reopened, if its alerts still fire; otherwise closed, once it has said all it owes.

A message that the incident owes may not get out: Slack is down, nobody approves. The incident waits for it, but not for
ever; and hardly at all when an alert has fired after the verification time: the next incident opens, and pages, only
when this one is closed. Patience counts from when it was seen that the incident could close, and for each message from
when that message was begun. So an incident that was resolved while no worker ran does not close before it has tried.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Card, Invite
from workflows.policy.incident.episodes import names
from workflows.policy.incident.events import Closed, ClosingBegan, Event, Reopened, Resolved
from workflows.policy.incident.rules import end_held_until, verified_at
from workflows.policy.incident.state import Incident
from workflows.policy.planning.wording import what
from workflows.policy.runbook.model import Runbook

CLOSING_PATIENCE = timedelta(hours=1)
"""How long an incident that could close waits for messages that do not get out, and for the approval of its last."""
HASTE = timedelta(seconds=10)
"""The same while the next incident waits: a send that works takes less."""


def the_end_has_lasted(book: Runbook, incident: Incident, now: datetime) -> Iterator[Event]:
    """Of alerts that flap (ADR 22)."""
    until = end_held_until(book, incident)
    if until is not None and now >= until:
        yield Resolved(at=now, by="the alerts", via="alerts")


def conclusions(
    book: Runbook, incident: Incident, now: datetime, due: Sequence[Demand], waiting: Sequence[Demand]
) -> Iterator[Event]:
    """What time alone has brought about, if this is all that is wanted now."""
    over_at = _over_at(book, incident)
    if over_at is None or now < over_at:
        return
    if incident.firing and not incident.cancelled:
        reason = f"{names(incident.firing)} still fires at the end of the verification time"
        yield Reopened(at=now, by="Tocsin", via="alerts", reason=reason)
    elif not (due or waiting or _awaits_approval(incident)) or _has_waited(incident, now, due):
        yield Closed(at=now, unfinished=tuple(_unfinished(book, (*due, *waiting))))
    elif incident.closing_at is None:
        yield ClosingBegan(at=now)


def _unfinished(book: Runbook, demands: Sequence[Demand]) -> Iterator[str]:
    """What nobody was told. An edit tells nobody."""
    return (what(book, demand) for demand in demands if not isinstance(demand.effect, Card | Invite))


def turning_points(book: Runbook, incident: Incident, due: Sequence[Demand]) -> Iterator[datetime]:
    """When the answer of `conclusions` may change by time alone."""
    over_at = _over_at(book, incident)
    if over_at is not None:
        yield over_at
    yield from _patience_ends(incident, due)


def _over_at(book: Runbook, incident: Incident) -> datetime | None:
    return incident.resolved_at if incident.cancelled else verified_at(book, incident)


def _awaits_approval(incident: Incident) -> bool:
    return incident.public.drafted == "resolved" and not incident.successor


def _has_waited(incident: Incident, now: datetime, due: Sequence[Demand]) -> bool:
    ends = list(_patience_ends(incident, due))
    begun = all(demand.key in incident.started for demand in due)
    return begun and bool(ends) and now >= max(ends)


def _patience_ends(incident: Incident, due: Sequence[Demand]) -> Iterator[datetime]:
    if incident.closing_at is None:
        return
    patience = HASTE if incident.successor else CLOSING_PATIENCE
    yield incident.closing_at + patience
    begun = [incident.started[demand.key] for demand in due if demand.key in incident.started]
    yield from (start.started_at + patience for start in begun)
