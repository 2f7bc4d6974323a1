"""Runs a runbook over virtual time, in which every send succeeds at once: behind the preview and most tests.

It is the shell without Temporal: the same plan, the same fold, no clock. What it says is what will happen.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workflows.policy.adopting import in_force
from workflows.policy.demand import Demand
from workflows.policy.effects import Page, Receipt
from workflows.policy.engine import Plan, plan
from workflows.policy.events import EffectSettled, EffectStarted, Event, Outcome, stamp
from workflows.policy.fold import apply
from workflows.policy.incident import Incident, Opening, declare
from workflows.policy.runbook import Runbook

Planning = Callable[[Runbook, Incident, datetime], Plan]
Watch = Callable[[Incident, Demand, datetime], None]
"""Sees each send, and how the incident stood just before it."""

RUNAWAY = 1000
"""Turns in one moment: far above what any runbook may need; beyond it the engine would spin."""


@dataclass
class Simulation:
    """One incident in virtual time. `fails` maps a person, a duty or a kind of effect to what becomes of its
    sends: every way is connected, unless it says otherwise."""

    book: Runbook
    incident: Incident
    now: datetime
    fails: dict[str, Outcome] = field(default_factory=dict)
    sent: list[tuple[datetime, Demand]] = field(default_factory=list)
    watch: Watch | None = None
    planning: Planning = plan

    @classmethod
    def of(
        cls, opening: Opening, at: datetime, fails: dict[str, Outcome] | None = None, watch: Watch | None = None
    ) -> "Simulation":
        incident = declare(opening, at, incident_id="preview", workflow_id="simulation")
        simulation = cls(opening.runbook, incident, at, fails or {}, watch=watch)
        simulation.settle()
        return simulation

    def happen(self, event: Event) -> None:
        """An event, now, and everything that follows from it at once."""
        self._fold(event)
        self.settle()

    def run_to(self, until: datetime) -> None:
        """Let time pass, waking exactly where the plan asks for it."""
        wake_at = self.planning(self.book, self.incident, self.now).wake_at
        while wake_at is not None and wake_at <= until:
            self.now = wake_at
            wake_at = self.settle()
        self.now = max(self.now, until)

    def settle(self) -> datetime | None:
        """Everything that follows at once; returns when the plan wants to be looked at again."""
        for _ in range(RUNAWAY):
            present = self.planning(self.book, self.incident, self.now)
            for event in present.conclusions:
                self._fold(event)
            for demand in () if present.conclusions else present.due:
                self._send(demand)
            if not present.conclusions and not present.due:
                return present.wake_at
        raise RuntimeError(f"the runbook finds no rest at {self.now}: {present.due[0].key}")

    def _send(self, demand: Demand) -> None:
        self.sent.append((self.now, demand))
        if self.watch is not None:
            self.watch(self.incident, demand, self.now)
        self._fold(EffectStarted(at=self.now, demand=demand, real_at=self.now))
        outcome = self._outcome(demand)
        receipt = Receipt(reference=f"ref:{demand.key}") if outcome == "done" else Receipt()
        problem = "" if outcome == "done" else "simulated"
        late = max(self.now - demand.due_at, timedelta())
        settled = EffectSettled(
            at=self.now, demand=demand, outcome=outcome, receipt=receipt, problem=problem, route="route", late=late
        )
        self._fold(settled)

    def _outcome(self, demand: Demand) -> Outcome:
        if isinstance(demand.effect, Page) and demand.effect.to in self.fails:
            return self.fails[demand.effect.to]
        return self.fails.get(demand.duty) or self.fails.get(demand.effect.kind, "done")

    def _fold(self, event: Event) -> None:
        book = in_force(self.book, self.incident, event)
        self.incident = apply(self.book, self.incident, stamp(event, self.now))
        self.book = book


def simulate(
    opening: Opening, at: datetime, script: Iterable[tuple[datetime, Event]], until: datetime
) -> list[tuple[datetime, Demand]]:
    """Everything that is sent from `at` to `until`, with the script's events in between, in the order of sending."""
    simulation = Simulation.of(opening, at)
    for moment, event in sorted(script, key=lambda step: step[0]):
        simulation.run_to(moment)
        simulation.happen(event)
    simulation.run_to(until)
    return simulation.sent
