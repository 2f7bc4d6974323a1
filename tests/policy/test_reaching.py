"""Several ways to a person: when each goes, what stops them, and that nobody is rung twice for what came late."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from tests.policy.builders import at, happens, insistent, minute, runbook, severity, tier
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page, Receipt, SyncPager
from workflows.policy.engine import plan
from workflows.policy.incident.events import (
    Acknowledged,
    EffectAbandoned,
    EffectSettled,
    EffectStarted,
    Escalated,
    Outcome,
    Resolved,
    stamp,
)
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident, declare
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person
from workflows.policy.simulation.simulate import Simulation

T0 = at(0)
REACH = ("pagerduty", "slack", {"ntfy": "ann-phone", "after": "2m"}, {"webhook": None, "after": "4m"})
WAYS_OF_ALICE = ["pagerduty", "slack", "ntfy", "webhook"]


def book(*tiers: object, reach: object = REACH, **people: object) -> Runbook:
    everybody = {"alice": {"name": "Alice", "reach": reach}, "bob": {"name": "Bob"}, **people}
    ladder = severity(*(tiers or (tier("alice"), tier("bob", after=10))))  # type: ignore[arg-type]  # tiers
    return runbook(ladder, people=everybody, roles={})


def live(of: Runbook, **fails: Outcome) -> Simulation:
    opening = OpenRequest(runbook=of, severity="sev1", title="Checkout fails")
    return Simulation.of(opening, T0, fails={key.replace("__", "/"): outcome for key, outcome in fails.items()})


def rung(simulation: Simulation, to: str = "alice") -> list[tuple[float, str]]:
    """At which minute, by which way."""
    pages = [(when, d.effect) for when, d in simulation.sent if isinstance(d.effect, Page)]
    return [(minute(when), effect.way) for when, effect in pages if effect.to == to]


class TestInOrder:
    def test_each_way_goes_at_its_time_while_nobody_answers(self) -> None:
        simulation = live(book())
        simulation.run_to(at(9))
        assert rung(simulation) == [(0, "pagerduty"), (0, "slack"), (2, "ntfy"), (4, "webhook")]

    def test_each_is_a_ring_of_its_own_under_a_key_that_names_the_page(self) -> None:
        simulation = live(book())
        simulation.run_to(at(5))
        keys = [d.key for _, d in simulation.sent if isinstance(d.effect, Page)]
        assert keys == [
            "escalate/1/alice/1",
            "reach/2/escalate/1/alice/1",
            "reach/3/escalate/1/alice/1",
            "reach/4/escalate/1/alice/1",
        ]
        assert [ring.way for ring in simulation.incident.rings.values()] == WAYS_OF_ALICE
        assert [ring.address for ring in simulation.incident.rings.values()] == ["", "", "ann-phone", ""]

    def test_the_plan_shows_what_comes(self) -> None:
        simulation = live(book())
        simulation.run_to(at(1))
        coming = [(minute(d.due_at), d.key) for d in plan(simulation.book, simulation.incident, simulation.now).next]
        assert coming[:2] == [(2, "reach/3/escalate/1/alice/1"), (4, "reach/4/escalate/1/alice/1")]

    def test_whoever_has_no_ways_is_rung_as_ever(self) -> None:
        simulation = live(book(reach=()))
        simulation.run_to(at(5))
        assert rung(simulation) == [(0, "")]

    def test_the_next_ring_begins_with_the_first_way_again(self) -> None:
        simulation = live(book(insistent("alice")))
        simulation.run_to(at(8))
        assert rung(simulation) == [
            *((0, "pagerduty"), (0, "slack"), (2, "ntfy"), (4, "webhook")),
            *((5, "pagerduty"), (5, "slack"), (7, "ntfy")),
        ]

    def test_a_step_after_the_next_ring_does_not_go(self) -> None:
        simulation = live(book(insistent("alice"), reach=("pagerduty", {"ntfy": None, "after": "7m"})))
        simulation.run_to(at(12))
        assert [way for _, way in rung(simulation)] == ["pagerduty", "pagerduty", "pagerduty"]

    def test_whoever_is_called_by_hand_is_reached_by_all_their_ways(self) -> None:
        simulation = live(book(tier("bob")))
        happens(simulation, 1, Escalated(to="alice", by="Bob"))
        simulation.run_to(at(4))
        assert rung(simulation) == [(1, "pagerduty"), (1, "slack"), (3, "ntfy")]

    def test_called_although_somebody_has_acknowledged_the_ways_go_on_until_they_answer(self) -> None:
        simulation = live(book(tier("bob")))
        happens(simulation, 1, Acknowledged(by="Bob"))
        happens(simulation, 2, Escalated(to="alice", by="Bob"))
        simulation.run_to(at(4))
        ring = next(key for key, ring in simulation.incident.rings.items() if ring.way == "ntfy")
        happens(simulation, 5, Acknowledged(by="Alice", ring=ring))
        simulation.run_to(at(20))
        assert rung(simulation) == [(2, "pagerduty"), (2, "slack"), (4, "ntfy")]


class TestAnswers:
    @pytest.mark.parametrize("way", ["pagerduty", "slack", "ntfy"])
    def test_an_answer_by_any_way_stops_all_steps_and_the_ladder(self, way: str) -> None:
        simulation = live(book())
        simulation.run_to(at(3))
        ring = next(key for key, ring in simulation.incident.rings.items() if ring.way == way)
        happens(simulation, 3, Acknowledged(by="Alice", ring=ring, via="link"))
        simulation.run_to(at(60))
        assert [way for _, way in rung(simulation)] == ["pagerduty", "slack", "ntfy"]
        assert rung(simulation, "bob") == []

    def test_what_still_rings_elsewhere_is_hushed_at_its_own_pager(self) -> None:
        simulation = live(book())
        simulation.run_to(at(3))
        ring = next(key for key, ring in simulation.incident.rings.items() if ring.way == "ntfy")
        happens(simulation, 3, Acknowledged(by="Alice", ring=ring, via="link"))
        synced = [d.effect for _, d in simulation.sent if isinstance(d.effect, SyncPager)]
        assert sorted((each.way, each.address, each.become) for each in synced) == [
            ("ntfy", "ann-phone", "acknowledged"),  # the link says nothing to the pager that carried it
            ("pagerduty", "", "acknowledged"),
            ("slack", "", "acknowledged"),
        ]

    def test_the_end_stops_them(self) -> None:
        simulation = live(book())
        happens(simulation, 1, Resolved(by="Bob"))
        simulation.run_to(at(10))
        assert [way for _, way in rung(simulation)] == ["pagerduty", "slack"]

    def test_a_new_round_after_an_acknowledgement_that_expired_begins_from_the_start(self) -> None:
        of = runbook(
            severity(tier("alice"), expires_after=10),
            people={"alice": Person(name="Alice", reach=REACH)},
            roles={},
        )
        simulation = live(of)
        happens(simulation, 1, Acknowledged(by="Alice"))
        simulation.run_to(at(14))
        assert rung(simulation)[2:] == [(11, "pagerduty"), (11, "slack"), (13, "ntfy")]


class TestRefused:
    def test_what_the_first_way_refuses_goes_by_the_others_at_once(self) -> None:
        simulation = live(book(), escalate__1__alice="rejected")
        assert rung(simulation) == [(0, "pagerduty"), (0, "slack"), (0, "ntfy"), (0, "webhook")]

    def test_whoever_was_rung_by_another_way_is_reached_so_the_next_tier_keeps_its_time(self) -> None:
        simulation = live(book(), escalate__1__alice="rejected")
        simulation.run_to(at(10))
        assert rung(simulation, "bob") == [(10, "")]

    def test_if_all_ways_are_refused_the_next_tier_is_called_at_once(self) -> None:
        simulation = live(book(), alice="rejected")
        assert rung(simulation, "bob") == [(0, "")]

    def test_a_message_that_wakes_nobody_does_not_count_as_a_ring(self) -> None:
        simulation = live(book(reach=("pagerduty", "slack")), escalate__1__alice="rejected")
        assert rung(simulation) == [(0, "pagerduty"), (0, "slack")]
        assert rung(simulation, "bob") == [(0, "")]

    def test_whoever_has_no_other_way_is_lost_as_ever(self) -> None:
        simulation = live(book(reach=("pagerduty",)), escalate__1__alice="rejected")
        assert rung(simulation, "bob") == [(0, "")]


class Flying:
    """An incident whose sends are let through one by one, as a pager that is away does not."""

    def __init__(self, of: Runbook) -> None:
        self.book = of
        opening = OpenRequest(runbook=of, severity="sev1", title="Checkout fails")
        self.incident: Incident = declare(opening, T0, incident_id="20260302-0900-k7", workflow_id="incident-1")
        self.flying: dict[str, Demand] = {}
        self.now = T0

    def at(self, count: float) -> list[str]:
        """The keys of the pages that are wanted then. What is no longer wanted is withdrawn, as the runner does it."""
        self.now = at(count)
        while True:
            wanted = {d.key: d for d in plan(self.book, self.incident, self.now).due}
            for key in [key for key in self.flying if key not in wanted]:
                self._apply(EffectSettled(demand=self.flying.pop(key), outcome="superseded"))
            new = [d for key, d in wanted.items() if key not in self.flying]
            if not new:
                return [key for key, d in wanted.items() if isinstance(d.effect, Page)]
            for demand in new:
                self._apply(EffectStarted(demand=demand, real_at=self.now))
                self.flying[demand.key] = demand
                if not isinstance(demand.effect, Page):
                    self.ends(demand.key)

    def ends(self, key: str, outcome: Outcome = "done") -> None:
        self._apply(EffectSettled(demand=self.flying.pop(key), outcome=outcome, receipt=Receipt(reference="x")))

    def _apply(self, event: EffectStarted | EffectSettled) -> None:
        self.incident = apply(self.book, self.incident, stamp(event, self.now))


BASE, SLACK, NTFY, HOOK = "escalate/1/alice/1", *(f"reach/{n}/escalate/1/alice/1" for n in (2, 3, 4))


class TestAway:
    def test_after_a_minute_the_other_ways_go_at_once(self) -> None:
        flight = Flying(book())
        assert flight.at(0) == [BASE, SLACK]
        flight.ends(SLACK)
        assert flight.at(0.9) == [BASE]
        assert sorted(flight.at(1)) == [BASE, NTFY, HOOK]

    def test_the_plan_wakes_for_it(self) -> None:
        flight = Flying(book())
        flight.at(0)
        flight.ends(SLACK)
        assert plan(flight.book, flight.incident, at(0.9)).wake_at == T0 + timedelta(seconds=60)

    def test_what_was_queued_there_is_withdrawn_once_another_way_has_rung(self) -> None:
        flight = Flying(book())
        flight.at(0)
        flight.ends(SLACK)
        flight.at(1)
        flight.ends(NTFY)
        assert flight.at(1.1) == [HOOK]
        assert "escalate/2/bob/1" not in flight.at(9.9)
        assert "escalate/2/bob/1" in flight.at(10)

    def test_a_run_that_begins_when_another_way_has_rung_does_not_ring_by_what_it_was_left(self) -> None:
        """Continued as new while the first way was tried: the new run gives that up, and begins it no second time."""
        flight = Flying(book())
        flight.at(0)
        flight.ends(SLACK)
        flight.at(1)
        flight.ends(NTFY)
        flight.flying.pop(BASE)
        flight.incident = apply(flight.book, flight.incident, stamp(EffectAbandoned(key=BASE), at(1.1)))
        assert flight.at(1.1) == flight.at(4) == [HOOK]

    @pytest.mark.parametrize("withdrawn", [True, False], ids=["withdrawn", "given-up-by-a-run"])
    def test_what_ends_after_a_later_page_of_its_tier_does_not_make_that_ring_once_more(self, withdrawn: bool) -> None:
        flight = Flying(book())
        flight.at(0)
        flight.ends(SLACK)
        flight.at(1)
        flight.ends(NTFY)
        first = flight.flying.pop(BASE)
        later = first.model_copy(update={"occurrence": 2})
        given_up = EffectSettled(demand=first, outcome="superseded") if withdrawn else EffectAbandoned(key=BASE)
        ended = EffectSettled(demand=later, outcome="done")
        for event in (EffectStarted(demand=later, real_at=at(1)), ended, given_up):
            flight.incident = apply(flight.book, flight.incident, stamp(event, at(1)))
        assert flight.incident.settled[first.duty].occurrence == 2

    def test_it_is_not_rung_when_it_is_back_and_the_next_round_asks_it_first(self) -> None:
        flight = Flying(book(insistent("alice")))
        flight.at(0)
        flight.ends(SLACK)
        flight.at(1)
        flight.ends(NTFY)
        flight.ends(HOOK)
        assert flight.at(1.1) == flight.at(5) == []
        assert flight.at(6.1) == ["escalate/1/alice/2", "reach/2/escalate/1/alice/2"]
        page = flight.flying["escalate/1/alice/2"].effect
        assert isinstance(page, Page)
        assert page.way == "pagerduty"

    def test_a_message_that_wakes_nobody_withdraws_nothing(self) -> None:
        flight = Flying(book(reach=("pagerduty", "slack")))
        flight.at(0)
        flight.ends(SLACK)
        assert flight.at(1.5) == [BASE]
        assert "escalate/2/bob/1" in flight.at(2)  # as it is for who has one way

    def test_the_next_tier_is_called_in_two_minutes_if_nothing_gets_through(self) -> None:
        flight = Flying(book())
        flight.at(0)
        assert "escalate/2/bob/1" not in flight.at(1.9)
        assert "escalate/2/bob/1" in flight.at(2)

    def test_a_step_that_is_on_its_way_keeps_its_time_although_the_first_way_is_back(self) -> None:
        flight = Flying(book())
        flight.at(0)
        flight.ends(SLACK)
        flight.at(1)
        flight.ends(BASE)
        assert sorted(flight.at(1.1)) == [NTFY, HOOK]

    def test_refused_there_it_is_lost_only_when_the_others_had_their_minute(self) -> None:
        flight = Flying(book())
        flight.at(0)
        flight.ends(BASE, "rejected")
        assert "escalate/2/bob/1" not in flight.at(0.9)
        assert "escalate/2/bob/1" in flight.at(1)


TURNS = {"rota": ["ann"], "every": "1d", "from": T0.date()}


class TestPosts:
    def people(self) -> dict[str, object]:
        ann = {"name": "Ann", "reach": ["ntfy", {"webhook": None, "after": "2m"}]}
        return {"on-call": {"name": "On-call Engineer", "on_call": TURNS}, "ann": ann}

    def test_whoever_was_rung_for_a_post_is_reached_by_their_own_ways(self) -> None:
        flight = Flying(book(tier("on-call"), **self.people()))
        flight.at(0)
        receipt = Receipt(reference="x", rang="ann")
        base = flight.flying.pop("escalate/1/on-call/1")
        flight._apply(EffectSettled(demand=base, outcome="done", receipt=receipt))
        [ring] = flight.incident.rings.values()
        assert (ring.rang, ring.way) == ("ann", "ntfy")
        assert flight.at(2) == ["reach/2/escalate/1/on-call/1"]
        step = flight.flying["reach/2/escalate/1/on-call/1"].effect
        assert isinstance(step, Page)
        assert (step.to, step.way) == ("ann", "webhook")

    def test_where_the_post_itself_was_rung_it_is_nobodys_business_who_holds_it(self) -> None:
        flight = Flying(book(tier("on-call"), **self.people()))
        flight.at(0)
        flight.ends("escalate/1/on-call/1")
        assert flight.at(4) == []


class TestWritten:
    @pytest.mark.parametrize(
        ("reach", "said"),
        [
            ([{"ntfy": None, "after": "2m"}], "the first way goes at once"),
            (
                ["ntfy", {"slack": None, "after": "4m"}, {"webhook": None, "after": "2m"}],
                "in the order in which they go",
            ),
            (["ntfy", "ntfy"], "the same way is there twice"),
            (["pigeon"], "Input should be 'pagerduty'"),
            ([{"pigeon": "ann", "after": "2m"}], "Input should be 'pagerduty'"),
            (["slack"] * 9, "at most 8"),
            ([{"ntfy": "https://ntfy.sh/secret"}], "should match pattern"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(self, reach: object, said: str) -> None:
        with pytest.raises(ValidationError, match=said):
            Person.model_validate({"name": "Ann", "reach": reach})

    def test_the_short_and_the_long_form_say_the_same(self) -> None:
        short = Person.model_validate({"name": "Ann", "reach": ["ntfy", {"ntfy": "two", "after": "2m"}]})
        whole = [{"way": "ntfy"}, {"way": "ntfy", "address": "two", "after": "2m"}]
        assert short == Person.model_validate({"name": "Ann", "reach": whole})
        assert short == Person.model_validate_json(short.model_dump_json())
