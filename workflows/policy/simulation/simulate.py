"""Runs a runbook over virtual time, in which every send succeeds at once: behind the preview and most tests.

It is the runner without Temporal: the same `plan`, the same `apply`, no clock. A live incident does what it shows.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import AskOnCall, Card, Effect, Invite, OpenChannel, Page, Post, Receipt
from workflows.policy.engine import Plan, plan
from workflows.policy.incident.events import EffectSettled, EffectStarted, Event, Outcome, stamp
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident, declare
from workflows.policy.reducers.adopting import in_force
from workflows.policy.reducers.root import apply
from workflows.policy.review.engine import owes_review
from workflows.policy.review.engine import plan as plan_review
from workflows.policy.review.reducers import apply as apply_to_review
from workflows.policy.review.state import Review, open_review
from workflows.policy.rota.reached import Rosters
from workflows.policy.rota.shift import NOBODY, Shift
from workflows.policy.rota.shifts import SHIFT_KNOWN_FOR, at_moment, holder, open_ended
from workflows.policy.runbook.model import Runbook

Watch = Callable[["Simulation", Demand], None]
"""Sees each send, and how everything stood just before it."""

RUNAWAY = 1000
"""Turns in one moment: far above what any runbook may need; beyond it the engine would spin."""


@dataclass
class Simulation:
    """One incident, and then its review, in virtual time. `fails` maps a person, a duty or a kind of effect to what
    becomes of its sends: every way is connected, unless it says otherwise."""

    book: Runbook
    incident: Incident
    now: datetime
    fails: dict[str, Outcome] = field(default_factory=dict)
    sent: list[tuple[datetime, Demand]] = field(default_factory=list)
    watch: Watch | None = None
    keeps_cards: bool = True
    """Are messages brought up to date? A preview shows what is said, and that is said once."""
    rosters: Rosters = field(default_factory=dict)
    """Who holds which post; of those that the runbook writes itself only what it cannot know, such as a swap."""
    known_posts: Collection[str] = ()
    """Those whom a pager knows themselves: it rings them whoever holds them. A page to any other is refused while
    nobody does."""
    review: Review | None = None
    """Once the incident has closed, if it owes one; `incident` is then its record."""

    @classmethod
    def of(
        cls,
        opening: OpenRequest,
        at: datetime,
        fails: dict[str, Outcome] | None = None,
        watch: Watch | None = None,
        *,
        keeps_cards: bool = True,
        rosters: Rosters | None = None,
        known_posts: Collection[str] = (),
    ) -> "Simulation":
        incident = declare(opening, at, incident_id="preview", workflow_id="simulation")
        simulation = cls(
            opening.runbook, incident, at, fails or {}, watch=watch, keeps_cards=keeps_cards, rosters=rosters or {},
            known_posts=known_posts,
        )  # fmt: skip
        simulation.settle()
        return simulation

    def happen(self, event: Event) -> None:
        """An event, now, and everything that follows from it at once."""
        self._apply(event)
        self.settle()

    def run_to(self, until: datetime) -> None:
        """Let time pass, waking exactly where the plan asks for it."""
        present = self.plan()
        while present.wake_at is not None and present.wake_at <= until:
            self.now = present.wake_at
            for demand in self._simulated(present):
                self._send(demand)
            present = self.settle()
        self.now = max(self.now, until)

    def plan(self) -> Plan:
        if self.review is not None:
            return plan_review(self.book, self.review, self.now)
        return plan(self.book, self.incident, self.now)

    def _simulated(self, present: Plan) -> tuple[Demand, ...]:
        """Nothing has happened since the plan was made, so what it foresees comes: it need not be made again. What was
        resolved may end by time alone, which no plan foresees."""
        return () if self.incident.resolved_at else present.falls_due(self.now)

    def settle(self) -> Plan:
        """Everything that follows at once; returns the plan that is left, with nothing due."""
        for _ in range(RUNAWAY):
            present = self.plan()
            for event in present.conclusions:
                self._apply(event)
            for demand in () if present.conclusions else present.due:
                self._send(demand)
            if not present.conclusions and not present.due:
                return present
        raise RuntimeError(f"the runbook finds no rest at {self.now}: {present.due[0].key}")

    def _send(self, demand: Demand) -> None:
        if isinstance(demand.effect, Post) and not self.keeps_cards:
            demand = demand.model_copy(update={"effect": demand.effect.model_copy(update={"facts": None})})
        self.sent.append((self.now, demand))
        if self.watch is not None:
            self.watch(self, demand)
        self._apply(EffectStarted(at=self.now, demand=demand, real_at=self.now))
        refused = self._refused(demand.effect)
        outcome = "rejected" if refused else self._outcome(demand)
        name = f"#{demand.effect.name}" if isinstance(demand.effect, OpenChannel) else None
        made = None if isinstance(demand.effect, Card | Invite | AskOnCall) else f"ref:{demand.key}"
        receipt = Receipt(reference=made, name=name) if outcome == "done" else Receipt()
        if isinstance(demand.effect, AskOnCall) and outcome == "done":
            receipt = Receipt(on_call=self.holder(demand.effect.to))
        problem, route = (refused, None) if refused else ("" if outcome == "done" else "simulated", "route")
        late = max(self.now - demand.due_at, timedelta())
        settled = EffectSettled(
            at=self.now, demand=demand, outcome=outcome, receipt=receipt, problem=problem, route=route, late=late
        )
        self._apply(settled)

    def holder(self, post: str) -> Shift | None:
        """Who holds a post now; None: the runbook says that it stands elsewhere, and nobody has asked there."""
        if post in self.rosters:
            found = at_moment(self.rosters[post], self.now)
            return open_ended(found, self.now + SHIFT_KNOWN_FOR) if found else None
        terms = self.book.people[post].on_call if post in self.book.people else None
        return holder(terms, self.now) if terms and terms.is_written_here else None

    def holders(self, audience: Sequence[str]) -> tuple[str, ...] | None:
        """Of the posts among them, and of those that the roles among them fall to; None if nobody knows."""
        fallen_to = (self.book.roles[to].falls_to if to in self.book.roles else to for to in audience)
        held = [shift for post in fallen_to if post and (shift := self.holder(post))]
        people = (self.book.person_name(shift.who) for shift in held if shift.who != NOBODY)
        return tuple(dict.fromkeys(people)) if held else None

    def _refused(self, effect: Effect) -> str:
        """Why there is nobody to ring, if that is so."""
        if not isinstance(effect, Page) or effect.way or effect.to in self.known_posts:
            return ""
        held = self.holder(effect.to)
        return (
            f"nobody is on call as {self.book.person_name(effect.to)}"
            if held is not None and held.who == NOBODY
            else ""
        )

    def _outcome(self, demand: Demand) -> Outcome:
        if isinstance(demand.effect, Page) and demand.effect.to in self.fails:
            return self.fails[demand.effect.to]
        return self.fails.get(demand.duty) or self.fails.get(demand.effect.kind, "done")

    def _apply(self, event: Event) -> None:
        event = stamp(event, self.now)
        if self.review is not None:
            self.review = apply_to_review(self.book, self.review, event)
            self.incident = self.review.incident
            return
        book = in_force(self.book, self.incident, event)
        self.incident = apply(self.book, self.incident, event)
        self.book = book
        if owes_review(self.book, self.incident):
            self.review = open_review(self.incident)
