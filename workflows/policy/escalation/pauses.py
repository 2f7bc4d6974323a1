"""How long a person is left in peace between two rings, so that nobody is rung twice for one reason.

Rungs may fall due together: the worker was away, the pager was slow, two tiers name the same person. Whoever was rung
is not rung again before the time that lies between the two rungs has passed since that ring got through; in a new
round, not before the pause that lies between rounds.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from workflows.policy.escalation.climb import Step, rang_at
from workflows.policy.escalation.ladder import Callee, Rung
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_of


class LastRing(NamedTuple):
    at: datetime
    due_at: datetime
    round: int
    after: timedelta | None
    """Of its rung; None: the ladder has changed, and it is in there no more."""


class Pauses:
    """Asked for the pages of a ladder in the order of their steps, it remembers those that it was asked for."""

    def __init__(self, incident: Incident, rungs: list[Rung], between_rounds: timedelta, now: datetime) -> None:
        self._between_rounds = between_rounds
        self.now = now
        self._last = _got_through(incident, rungs)

    def due_at(self, step: Step, callee: Callee) -> datetime:
        """When the step's page to this person is due. What was begun keeps its time."""
        if callee.trying is not None and callee.is_trying(step.round.number):
            return callee.trying.due_at
        last = self._last.get(callee.person)
        due_at = step.rung.hold.released(max(step.due_at, self._rested_at(last, step))) if last else step.due_at
        self._last[callee.person] = LastRing(max(due_at, self.now), due_at, step.round.number, step.rung.after)
        return due_at

    def _rested_at(self, last: LastRing, step: Step) -> datetime:
        if last.after is None:
            return last.at
        same_climb = step.round.number == last.round and not step.rung.once
        held = step.rung.hold.until != "never"  # then the clock on the wall says how far apart they are
        apart = step.due_at - last.due_at if held else step.rung.after - last.after
        return last.at + (apart if same_climb and apart > timedelta() else self._between_rounds)


def _got_through(incident: Incident, rungs: list[Rung]) -> dict[str, LastRing]:
    """Of each person, the last page of the ladder that got through in this opening."""
    after = {callee.duty: rung.after for rung in rungs for callee in rung.callees}
    found: dict[str, LastRing] = {}
    for duty, settled in incident.settled.items():
        key = duty_of(duty)
        if not key.of_the_ladder or settled.outcome not in (
            "done",
            "superseded",
        ):  # or another way rang them in its stead
            continue
        if key.kind is DutyKind.REPEAT:
            ring = _repeated(incident, settled)
        else:
            ring = LastRing(rang_at(settled), settled.due_at, settled.occurrence, after.get(duty))
        if ring.round >= incident.first_round and (key.person not in found or found[key.person].at < ring.at):
            found[key.person] = ring
    return found


def _repeated(incident: Incident, settled: Settlement) -> LastRing:
    """In this round, or in one before it."""
    after = settled.due_at - incident.round_started_at
    begun = (incident.renewed.at if incident.renewed else None) or incident.opened_at
    before = incident.first_round if settled.due_at > begun else 0
    return LastRing(rang_at(settled), settled.due_at, incident.round if after > timedelta() else before, after)
