"""What people do to a page at the pager besides answering it: it is told, and whoever hands it on has it no more."""

import pytest

from tests.policy.builders import at, happens, insistent, ladder, lines, minute, opened, pages, said, tier
from workflows.policy.communication.card import Prospects, card_facts
from workflows.policy.incident.events import Acknowledged, Resolved
from workflows.policy.incident.pager_alerts import PassedOn
from workflows.policy.incident.pager_events import ChangedAtPager
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.standing import standing

BOOK = ladder(insistent("alice"), tier("bob", after=30), within=10, expires_after=60)


def ring_of(simulation: Simulation, person: str = "alice") -> str:
    return next(key for key, ring in simulation.incident.rings.items() if ring.person == person)


def answered(there: bool = True) -> Simulation:
    """Alice has acknowledged after two minutes, at the pager or elsewhere."""
    simulation = opened(BOOK)
    ring = ring_of(simulation) if there else ""
    happens(simulation, 2, Acknowledged(by="Alice", via="pagerduty", ring=ring))
    return simulation


def passed_on(simulation: Simulation, **fields: object) -> ChangedAtPager:
    given = {"ring": ring_of(simulation), "by": "Alice", "text": "at PagerDuty: reassigned: to Eve"}
    return ChangedAtPager.model_validate(given | {"handed_to": ("Eve",), "unanswered": True, **fields})


def test_whoever_acknowledged_there_and_hands_it_on_has_it_no_more() -> None:
    simulation = answered()
    happens(simulation, 5, passed_on(simulation))
    assert simulation.incident.passed_on == PassedOn(at=at(5), by="Alice", to=("Eve",))
    assert simulation.incident.rings[ring_of(simulation)].assigned == ("Eve",)
    assert said(simulation.incident, "Alice: at PagerDuty: reassigned: to Eve")
    assert said(simulation.incident, "unless somebody answers within 10m, people are paged again")
    simulation.run_to(at(14))
    assert pages(simulation) == [(0, "alice")]
    simulation.run_to(at(15))
    assert pages(simulation) == [(0, "alice"), (15, "alice")]
    reason = "Alice handed it on to Eve at the pager, and nobody has answered: round 2 of the ladder, tier 1"
    assert simulation.sent[-1][1].reason == reason or reason in [demand.reason for _, demand in simulation.sent]


def test_whoever_gets_it_and_answers_is_on_it() -> None:
    simulation = answered()
    happens(simulation, 5, passed_on(simulation))
    happens(simulation, 8, Acknowledged(by="Eve", via="pagerduty", ring=ring_of(simulation)))
    assert (simulation.incident.acknowledged_by, simulation.incident.passed_on) == ("Eve", None)
    simulation.run_to(at(60))
    assert pages(simulation) == [(0, "alice")]


def test_a_note_of_whoever_handed_it_on_is_no_answer_of_the_others() -> None:
    simulation = answered()
    happens(simulation, 5, passed_on(simulation))
    happens(simulation, 6, ChangedAtPager(by="Alice", text="at PagerDuty: priority: P1", priority="P1"))
    simulation.run_to(at(15))
    assert pages(simulation) == [(0, "alice"), (15, "alice")]


@pytest.mark.parametrize("fields", [{"unanswered": False}, {"ring": "incident-1/other/escalate/1/alice/1"}])
def test_what_is_not_waiting_there_or_is_not_known_takes_nobody_off(fields: dict[str, object]) -> None:
    simulation = answered()
    happens(simulation, 5, passed_on(simulation, **fields))
    assert simulation.incident.passed_on is None
    assert simulation.incident.acknowledged_by == "Alice"


def test_an_acknowledgement_given_elsewhere_is_nobodys_to_hand_on_there() -> None:
    simulation = answered(there=False)
    happens(simulation, 5, passed_on(simulation, by="Eve"))
    assert simulation.incident.passed_on is None
    simulation.run_to(at(40))
    assert pages(simulation) == [(0, "alice")]


def test_before_an_answer_it_is_said_who_has_it_and_the_ladder_goes_on() -> None:
    simulation = opened(BOOK)
    happens(simulation, 5, passed_on(simulation))
    assert simulation.incident.rings[ring_of(simulation)].assigned == ("Eve",)
    simulation.run_to(at(10))
    assert pages(simulation) == [(0, "alice"), (10, "alice")]


def test_who_was_asked_to_help_and_what_they_said_is_known() -> None:
    simulation = opened(BOOK)
    ring = ring_of(simulation)
    happens(simulation, 1, ChangedAtPager(by="Alice", ring=ring, text="responder asked for: Eve", responder="Eve"))
    joined = ChangedAtPager(by="Eve", ring=ring, text="responder replied: Eve", responder="Eve", reply="joined")
    happens(simulation, 2, joined)
    assert simulation.incident.rings[ring].responders == {"Eve": "joined"}


def test_a_change_is_a_sign_of_life_only_if_a_person_made_it() -> None:
    for automatic, alive in ((False, 20), (True, 2)):
        simulation = answered()
        changed = ChangedAtPager(by="x", ring=ring_of(simulation), text="priority", automatic=automatic)
        happens(simulation, 20, changed)
        assert simulation.incident.alive_at is not None
        assert minute(simulation.incident.alive_at) == alive


def test_after_the_end_it_is_only_told() -> None:
    simulation = answered()
    event = passed_on(simulation)
    happens(simulation, 4, Resolved(by="Alice"))
    happens(simulation, 5, event)
    assert simulation.incident.passed_on is None
    assert "Alice: at PagerDuty: reassigned: to Eve" in lines(simulation.incident)


def test_what_people_read_says_that_it_was_handed_on_and_by_whom() -> None:
    simulation = answered()
    happens(simulation, 5, passed_on(simulation, handed_to=("Eve", "Bob", "Cho")))
    words = "Alice, who handed it on to Eve and 2 more at the pager: not answered yet"
    facts = card_facts(simulation.book, simulation.incident, Prospects(), simulation.now)
    assert facts.acknowledged_by == words
    assert standing(simulation.book, simulation.incident).acknowledged_by == words
    happens(simulation, 8, Acknowledged(by="Eve", via="pagerduty", ring=ring_of(simulation)))
    assert standing(simulation.book, simulation.incident).acknowledged_by == "Eve"
