"""What holds for every runbook, every course of events and every fate of the sends."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from starter.runbooks.library import load
from tests.policy import strategies as any_
from tests.policy.builders import T0, alert, alerts, at, declared, minute, minutes, opened, opening, runbook
from tests.policy.shell import DONE, NEVER, REJECTED, Fate, PolicyRunner
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Card, Page, Post
from workflows.policy.engine import Plan, plan
from workflows.policy.escalation.ladder import PAGE_BUDGET
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.alert_state import AlertState
from workflows.policy.incident.events import AlertsReceived, Event, Noted, Outcome, Resolved, SeverityChanged, stamp
from workflows.policy.incident.rules import end_held_until
from workflows.policy.incident.signals import INCIDENT_SIGNALS
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.refusals import refusal
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.plan_view import as_markdown, plan_view
from workflows.texts.render import words

settings.register_profile("quick", max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("ci", settings.get_profile("quick"), derandomize=True)
settings.register_profile("long", settings.get_profile("quick"), max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "quick"))

RUNBOOKS = Path(__file__).parents[2] / "runbooks"


@dataclass
class Watched(PolicyRunner):
    """A shell that checks at every look what must hold at every look."""

    settled_keys: set[str] = field(default_factory=set)
    rejected: set[tuple[str, str]] = field(default_factory=set)
    """Key and place: what one place rejects is said in the next."""

    def look(self) -> Plan:
        before = self.incident.model_dump_json()
        present = super().look()
        assert present == super().look(), "the same question, another answer"
        assert self.incident.model_dump_json() == before, "planning changed the facts"
        assert present.wake_at is None or present.wake_at > self.now
        keys = [d.key for d in (*present.due, *present.next)] + [w.demand.key for w in present.waiting]
        assert len(keys) == len(set(keys)), "a key is demanded twice"
        assert all(d.due_at <= self.now for d in present.due)
        assert all(d.due_at > self.now for d in present.next)
        if self.incident.resolved:
            assert not any(isinstance(d.effect, Page) for d in (*present.due, *present.next))
        return present

    def _begin(self, demand: Demand) -> None:
        assert demand.key not in self.settled_keys, f"{demand.key} is sent although it has settled"
        assert (demand.key, _place(demand)) not in self.rejected, f"{demand.key} goes where it was rejected"
        words(self.book, self.incident, demand, self.now)
        super()._begin(demand)

    def _settle(self, demand: Demand, outcome: Outcome) -> None:
        if outcome == "rejected" and isinstance(demand.effect, Post):
            self.rejected.add((demand.key, _place(demand)))
        elif outcome != "superseded":
            self.settled_keys.add(demand.key)
        super()._settle(demand, outcome)


def _place(demand: Demand) -> str:
    return demand.effect.to.model_dump_json() if isinstance(demand.effect, Post) else ""


def fates(table: list[Fate]) -> Callable[[Demand], Fate]:
    """The same key meets the same fate; different keys meet different ones."""
    return lambda demand: table[crc32(demand.key.encode()) % len(table)]


def live(shell: PolicyRunner, script: list[tuple[float, Event]], restarts: list[int]) -> None:
    """The script, with the worker killed before some of its steps, and half an hour of nobody saying anything."""
    moment = 0.0
    for step, (pause, event) in enumerate(script):
        moment += pause
        if step in restarts:
            shell.restart()
        shell.happens(moment, event)
    shell.run_to(at(moment + 31))


@given(any_.runbooks(), any_.scripts, st.lists(any_.outcomes, min_size=1, max_size=6), st.lists(st.integers(0, 7)))
def test_whatever_happens_the_engine_answers(
    book: Runbook, script: list[tuple[float, Event]], table: list[Fate], restarts: list[int]
) -> None:
    """It never raises, never contradicts itself, never spins, never sends a settled key, never pages when resolved."""
    shell = Watched.of(opening(book), fates(table))
    live(shell, script, restarts)
    incident = shell.incident
    assert Incident.model_validate_json(incident.model_dump_json()) == incident
    view = plan_view(book, incident, shell.look(), shell.now, 1.0, shell.flying.keys())
    assert incident.id in as_markdown(book, incident, view)


@given(any_.runbooks(), any_.scripts)
def test_when_all_sends_succeed_nothing_is_left_in_the_air(book: Runbook, script: list[tuple[float, Event]]) -> None:
    shell = Watched.of(opening(book), lambda _: DONE)
    live(shell, script, [])
    assert shell.incident.started == {}
    present = shell.look()
    assert present.due == ()
    assert present.waiting == ()


@given(any_.runbooks(), any_.scripts)
def test_what_is_foreseen_comes(book: Runbook, script: list[tuple[float, Event]]) -> None:
    """What people are told comes next does come, in time and in every particular, if nothing else happens first."""
    simulation = Simulation.of(opening(book), T0)
    moment = 0.0
    for pause, event in [*script, (180.0, Noted())]:
        moment += pause
        while (foreseen := simulation.plan()).wake_at is not None and foreseen.wake_at <= at(moment):
            simulation.now = foreseen.wake_at
            if not simulation.incident.resolved:
                due = tuple(each for each in simulation.plan().due if not isinstance(each.effect, Card))
                assert foreseen.falls_due(simulation.now) == due
            simulation.settle()
        simulation.run_to(at(moment))
        simulation.happen(event)


@dataclass
class Foreseeing(Watched):
    """A shell that checks before each moment what the plan says of it."""

    def run_to(self, until: datetime) -> None:
        while (moment := self._next_moment()) is not None and moment <= until:
            if moment == self.look().wake_at and not self.incident.resolved and not self._lands(moment):
                self._foresees(moment)
            super().run_to(moment)
        super().run_to(until)

    def _lands(self, moment: datetime) -> bool:
        return any(flight.lands_at is not None and flight.lands_at <= moment for flight in self.flying.values())

    def _foresees(self, moment: datetime) -> None:
        before = self.look()
        known = {demand.key for demand in before.due}
        due = plan(self.book, self.incident, moment).due
        assert before.falls_due(moment) == tuple(
            each for each in due if each.key not in known and not isinstance(each.effect, Card)
        )


@given(any_.runbooks(), any_.scripts, st.lists(any_.outcomes, min_size=1, max_size=6))
def test_what_is_foreseen_comes_while_sends_take_time_or_fail(
    book: Runbook, script: list[tuple[float, Event]], table: list[Fate]
) -> None:
    live(Foreseeing.of(opening(book), fates(table)), script, [])


@given(any_.rules(), st.dictionaries(any_.people, st.sampled_from([NEVER, REJECTED, Fate("undelivered", minutes(30))])))
def test_while_nobody_answers_somebody_who_can_be_reached_is_paged_again_and_again(
    rules: Severity, unreachable: dict[str, Fate]
) -> None:
    """The bound: the last rung's time, the pause between rounds, a page's patience for each rung, and the time after
    which a page that does not get through is given up, and the round that it belongs to goes on."""
    tiers = [tier for tier in rules.escalation if not tier.when.flags]
    assume(any(person not in unreachable for tier in tiers for person in tier.page))
    within = rules.acknowledge.within
    last = max(within if isinstance(within, timedelta) else timedelta(), *(tier.after for tier in tiers))
    bound = last + rules.repeat_after + PAGE_BUDGET * (len(tiers) + 2) + minutes(30)
    shell = Watched.of(opening(runbook(_only_the_ladder(rules))), _by_person(unreachable))
    shell.run_to(at(480))
    moments = [T0, *_reached(shell), at(480)]
    assert max(later - earlier for earlier, later in pairwise(moments)) <= bound


@given(any_.rules())
def test_while_nobody_answers_no_stretch_without_a_ring_is_longer_than_the_time_to_answer(rules: Severity) -> None:
    """Once the first has been called: `acknowledge.within`, or `repeat_after` where the runbook does not say."""
    within = rules.acknowledge.within
    longest = within if isinstance(within, timedelta) else rules.repeat_after
    tiers = tuple(tier.model_copy(update={"again": "while-unanswered"}) for tier in rules.escalation)
    assume(any(tier.page for tier in tiers))
    insistent = rules.model_copy(update={"escalation": tiers})
    shell = Watched.of(opening(runbook(_only_the_ladder(insistent))), lambda _: DONE)
    shell.run_to(at(240))
    moments = [*_reached(shell), at(240)]
    assert max(later - earlier for earlier, later in pairwise(moments)) <= longest


RAISES = [
    SeverityChanged(severity="sev1", by="the alerts", via="alerts"),
    SeverityChanged(severity="sev1", by="Zoe", via="pagerduty"),
    SeverityChanged(severity="sev1", by="Zoe"),
    alerts(alert("graver", severity="sev1")),
]


@given(any_.rules(), any_.rules(), any_.scripts, st.sampled_from(RAISES))
def test_a_raise_rings(graver: Severity, lesser: Severity, script: list[tuple[float, Event]], event: Event) -> None:
    """Whoever is on the first tier of the graver ladder is rung there and then, acknowledged or not."""
    assume(any(tier.page for tier in graver.escalation))
    shell = Watched.of(opening(runbook({"sev1": graver, "sev2": lesser}), severity="sev2"), lambda _: DONE)
    live(shell, script, [])
    assume(not shell.incident.resolved and shell.incident.severity == "sev2")
    assume(end_held_until(shell.book, shell.incident) is None)  # it may be over: nobody is rung for that
    before = len(shell.begun)
    shell.happens(minute(shell.now), event)
    rung = [demand for _, demand in shell.begun[before:] if isinstance(demand.effect, Page)]
    assert rung


def _only_the_ladder(rules: Severity) -> Severity:
    return rules.model_copy(update={"updates": None, "status_page": None, "duties": (), "roles": ()})


def _by_person(unreachable: dict[str, Fate]) -> Callable[[Demand], Fate]:
    return lambda d: unreachable.get(d.effect.to, DONE) if isinstance(d.effect, Page) else DONE


def _reached(shell: PolicyRunner) -> list[datetime]:
    """When pages that got through were begun: here, those are the ones that take no time."""
    done = {s.demand.key for s in shell.landed if isinstance(s.demand.effect, Page) and s.outcome == "done"}
    return [when for when, demand in shell.begun if demand.key in done]


@given(any_.runbooks(), any_.scripts, st.lists(st.integers(0, 7)))
def test_after_a_hand_resolve_without_an_end_nothing_rings_by_itself(
    book: Runbook, script: list[tuple[float, Event]], restarts: list[int]
) -> None:
    """Whatever came before, and whatever its senders repeat of that: nobody is rung until something new happens."""
    shell = Watched.of(opening(book), lambda _: DONE)
    live(shell, [(pause, _without_an_end(event)) for pause, event in script], restarts)
    shell.happens(199, alerts(alert("new", since=199, ends="never")))
    assume(not shell.incident.successor)
    shell.happens(200, Resolved(by="Ann"))
    rung = len(_reached(shell))
    repeats = [_repeat(known) for known in shell.incident.alerts.values()]
    shell.happens(203, AlertsReceived(alerts=tuple(repeats), via="alerts"))
    shell.run_to(at(203 + 24 * 60))
    assert len(_reached(shell)) == rung
    assert shell.incident.successor == ()


def _without_an_end(event: Event) -> Event:
    if not isinstance(event, AlertsReceived):
        return event
    return event.model_copy(update={"alerts": tuple(a.model_copy(update={"ends": "never"}) for a in event.alerts)})


def _repeat(known: AlertState) -> Alert:
    return Alert(fingerprint=known.fingerprint, name=known.name, starts_at=known.starts_at, ends="never")


@given(any_.runbooks(), any_.scripts, any_.writings, any_.batches)
def test_what_people_write_and_what_alerts_say_in_one_instant_may_come_in_any_order(
    book: Runbook, script: list[tuple[float, Event]], writing: Event, batch: Event
) -> None:
    shell = Watched.of(opening(book), lambda _: DONE)
    live(shell, script, [])
    one, other = _apply(shell, writing, batch), _apply(shell, batch, writing)
    assert _facts(one) == _facts(other)
    assert _demands(book, one, shell.now) == _demands(book, other, shell.now)


def _apply(shell: PolicyRunner, *events: Event) -> Incident:
    incident = shell.incident
    for event in events:
        incident = apply(shell.book, incident, stamp(event, shell.now))
    return incident


def _facts(incident: Incident) -> Incident:
    """Without what is told, which is told in the order in which it came."""
    return incident.model_copy(update={"timeline": (), "timeline_weight": 0, "timeline_dropped": 0, "to_tell": ()})


def _demands(book: Runbook, incident: Incident, now: datetime) -> set[str]:
    return {demand.key for demand in plan(book, incident, now).due if not demand.duty.startswith("tell/")}


@given(any_.runbooks(), any_.scripts, st.lists(any_.raw_commands, max_size=6), any_.later)
def test_whatever_can_be_parsed_can_be_folded_in_any_state_and_planned_upon(
    book: Runbook, script: list[tuple[float, Event]], raw: list[tuple[str, dict[str, object]]], now: datetime
) -> None:
    shell = Watched.of(opening(book), lambda _: DONE)
    live(shell, script, [])
    incident, now = shell.incident, max(now, shell.now)
    for name, data in raw:
        try:
            event = INCIDENT_SIGNALS[name].model_validate(data)
        except ValidationError:
            continue
        refusal(book, incident, event)
        incident = apply(book, incident, stamp(event, now))
        present = plan(book, incident, now)
        assert present.wake_at is None or present.wake_at > now
    assert Incident.model_validate_json(incident.model_dump_json()) == incident


@given(any_.runbooks(), any_.events)
def test_an_event_that_is_heard_twice_counts_once(book: Runbook, event: Event) -> None:
    incident = declared(book)
    event = stamp(event.model_copy(update={"id": "webhook-1"}), T0)
    once = apply(book, incident, event)
    assert apply(book, once, event) == once


def test_a_sev_1_that_nobody_answers_for_15_days_stays_small() -> None:
    """What an incident carries over continue-as-new; Temporal warns at 512 KiB and refuses at 2 MiB."""
    company = load(RUNBOOKS / "company.yaml").runbooks["company"]
    simulation = opened(company)
    simulation.run_to(T0 + timedelta(days=15))
    pages = [demand for _, demand in simulation.sent if isinstance(demand.effect, Page)]
    assert len(pages) > 1000
    assert len(simulation.incident.model_dump_json().encode()) < 256 * 1024
