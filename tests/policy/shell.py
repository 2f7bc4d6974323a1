"""The durable shell without Temporal, in which sends take time, fail, hang, and are withdrawn.

`Simulation` answers every send at once; this answers when a fate says so, so that what is in flight can be seen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from tests.policy.builders import T0, at, minute
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Card, Invite, Page, Receipt
from workflows.policy.engine import Plan, plan
from workflows.policy.incident.events import EffectAbandoned, EffectSettled, EffectStarted, Event, Outcome, stamp
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident, declare
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook

RUNAWAY = 1000


@dataclass(frozen=True)
class Fate:
    """What becomes of a send: an outcome after a while, or (no outcome) silence."""

    outcome: Outcome | None = "done"
    after: timedelta = timedelta()


NEVER = Fate(None)
DONE = Fate()
REJECTED = Fate("rejected")


@dataclass(frozen=True)
class Flight:
    demand: Demand
    fate: Fate
    lands_at: datetime | None


@dataclass
class PolicyRunner:
    book: Runbook
    incident: Incident
    fate: Callable[[Demand], Fate]
    now: datetime = T0
    flying: dict[str, Flight] = field(default_factory=dict)
    begun: list[tuple[datetime, Demand]] = field(default_factory=list)
    landed: list[EffectSettled] = field(default_factory=list)

    @classmethod
    def of(cls, opening: OpenRequest, fate: Callable[[Demand], Fate]) -> Self:
        shell = cls(opening.runbook, declare(opening, T0, "20260302-0900-k7", "incident-1"), fate)
        shell.turn()
        return shell

    def happens(self, count: float, *events: Event) -> None:
        """So many minutes after the declaration, these, all before the next look at the plan."""
        self.run_to(at(count))
        for event in events:
            self._apply(event)
        self.turn()

    def run_to(self, until: datetime) -> None:
        while (moment := self._next_moment()) is not None and moment <= until:
            self.now = moment
            self._land()
            self.turn()
        self.now = max(self.now, until)

    def sleep_to(self, until: datetime) -> None:
        """No worker until then: nothing is planned, and what was under way is forgotten but for the state."""
        self.flying.clear()
        self.now = until

    def restart(self) -> None:
        """A new run: what was under way is begun again, with the same key."""
        self.flying.clear()
        self.turn()

    def overtaken(self, demand: Demand, event: Event) -> None:
        """The event arrives while the send is under way, and the send succeeds before it could be withdrawn."""
        self._apply(event)
        self._settle(demand, "done")
        self.turn()

    def look(self) -> Plan:
        return plan(self.book, self.incident, self.now)

    def turn(self) -> None:
        for _ in range(RUNAWAY):
            if not self._step(self.look()):
                return
        raise RuntimeError(f"the engine spins at {self.now}: {[d.key for _, d in self.begun[-6:]]}")

    def _step(self, present: Plan) -> bool:
        """One turn of the shell; False if there was nothing to do."""
        if present.conclusions:
            for event in present.conclusions:
                self._apply(event)
            return True
        wanted = {d.key for d in present.due} | {w.demand.key for w in present.waiting}
        unwanted = [flight.demand for key, flight in self.flying.items() if key not in wanted]
        for demand in unwanted:
            self._settle(demand, "superseded")
        lost = [key for key in self.incident.started if key not in wanted and key not in self.flying]
        for key in lost:
            self._apply(EffectAbandoned(key=key))
        new = [demand for demand in present.due if demand.key not in self.flying]
        for demand in new:
            self._begin(demand)
        return bool(unwanted or lost or new)

    def _begin(self, demand: Demand) -> None:
        self._apply(EffectStarted(demand=demand, real_at=self.now))
        self.begun.append((self.now, demand))
        fate = self.fate(demand)
        self.flying[demand.key] = Flight(demand, fate, None if fate.outcome is None else self.now + fate.after)
        if fate.outcome is not None and not fate.after:
            self._settle(demand, fate.outcome)

    def _land(self) -> None:
        for flight in list(self.flying.values()):
            if flight.lands_at is not None and flight.lands_at <= self.now and flight.fate.outcome is not None:
                self._settle(flight.demand, flight.fate.outcome)

    def _settle(self, demand: Demand, outcome: Outcome) -> None:
        self.flying.pop(demand.key, None)
        made = None if isinstance(demand.effect, Card | Invite) else f"ref:{demand.key}"
        receipt = Receipt(reference=made) if outcome == "done" else Receipt()
        problem = "" if outcome in ("done", "superseded") else "no route"
        late = max(self.now - demand.due_at, timedelta())
        settled = EffectSettled(
            demand=demand, outcome=outcome, receipt=receipt, problem=problem, route="route", late=late
        )
        self.landed.append(settled)
        self._apply(settled)

    def _apply(self, event: Event) -> None:
        self.incident = apply(self.book, self.incident, stamp(event, self.now))

    def _next_moment(self) -> datetime | None:
        landings = [flight.lands_at for flight in self.flying.values() if flight.lands_at is not None]
        wake_at = self.look().wake_at
        return min([*landings, *([wake_at] if wake_at else [])], default=None)


def fates(**by_name: Fate) -> Callable[[Demand], Fate]:
    """By person for pages (`alice=NEVER`), by the kind of effect for the rest (`post=NEVER`); all others are done."""

    def fate(demand: Demand) -> Fate:
        name = demand.effect.to if isinstance(demand.effect, Page) else demand.effect.kind
        return by_name.get(name, DONE)

    return fate


def rings(shell: PolicyRunner) -> list[tuple[float, str]]:
    """Who was rung, and at which minute the page was begun."""
    return [(minute(when), d.effect.to) for when, d in shell.begun if isinstance(d.effect, Page)]


def begun(shell: PolicyRunner, duty: str) -> list[float]:
    return [minute(when) for when, demand in shell.begun if demand.duty.startswith(duty)]
