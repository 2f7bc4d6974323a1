"""Whoever a page asked for help at the pager, and who says no, was not reached by it: the next people are called."""

from collections.abc import Callable

import pytest

from tests.policy.builders import (
    T0,
    at,
    happens,
    insistent,
    ladder,
    minute,
    minutes,
    opened,
    opening,
    pages,
    said,
    tier,
)
from tests.policy.shell import DONE, rings
from tests.policy.test_confirming import CALLED, SECOND, Proving
from workflows.policy.effects.effects import Receipt
from workflows.policy.effects.proof import RingProof
from workflows.policy.incident.events import Acknowledged, Resolved
from workflows.policy.incident.pager_alerts import PagerAlert
from workflows.policy.incident.pager_events import ChangedAtPager
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person
from workflows.policy.simulation.simulate import Simulation

BOOK = ladder(insistent("alice"), insistent("bob", after=5), tier("carol", after=30), within=60)
TWO = ladder(insistent("alice"), insistent("bob", "dave", after=5), tier("carol", after=30), within=60)


def _by(*ways: object) -> Runbook:
    bob = Person.model_validate({"name": "Bob", "reach": ways})
    return BOOK.model_copy(update={"people": {**BOOK.people, "bob": bob}})


BY_TWO_WAYS = _by("pagerduty", "ntfy")
BY_NTFY_LATER = _by("pagerduty", {"ntfy": None, "after": "4m"})
BY_NTFY_FIRST = _by("ntfy", {"pagerduty": None, "after": "1m"})


def rings_of(simulation: Simulation, person: str) -> list[tuple[str, PagerAlert]]:
    return [(key, ring) for key, ring in simulation.incident.rings.items() if ring.person == person]


def declines(simulation: Simulation, count: float, which: int = -1, who: str = "bob") -> None:
    ring, _ = rings_of(simulation, who)[which]
    happens(
        simulation, count, ChangedAtPager(by="Bob", ring=ring, text="at PagerDuty: responder replied", declined=True)
    )


def test_if_the_only_person_of_a_tier_declines_the_next_tier_is_called_at_once_and_it_is_said_aloud() -> None:
    simulation = opened(BOOK)
    simulation.run_to(at(6))
    declines(simulation, 7)
    simulation.run_to(at(8))
    assert pages(simulation) == [(0, "alice"), (5, "bob"), (7, "carol")]
    [(_, ring)] = rings_of(simulation, "bob")
    assert ring.standing == "nobody: Bob declined"
    told = "Bob's page reached nobody: Bob declined at the pager"
    assert [entry.loud for entry in simulation.incident.timeline if told in entry.text] == [True]
    assert (simulation.incident.tally.pages, simulation.incident.tally.lost) == (2, 1)


def test_if_somebody_else_of_that_tier_rings_the_next_keeps_its_time() -> None:
    simulation = opened(TWO)
    simulation.run_to(at(6))
    declines(simulation, 7)
    simulation.run_to(at(29))
    assert {who for _, who in pages(simulation)} == {"alice", "bob", "dave"}


def test_whoever_said_no_is_rung_by_no_other_way_for_that_page() -> None:
    simulation = opened(BY_NTFY_LATER)
    simulation.run_to(at(6))
    declines(simulation, 7)
    simulation.run_to(at(20))
    assert [ring.way for _, ring in rings_of(simulation, "bob")] == ["pagerduty"]


@pytest.mark.parametrize("book", [BY_TWO_WAYS, BY_NTFY_FIRST])
def test_a_no_counts_whatever_else_has_rung_them(book: Runbook) -> None:
    simulation = opened(book)
    simulation.run_to(at(6.5))
    declines(simulation, 7, which=[ring.way for _, ring in rings_of(simulation, "bob")].index("pagerduty"))
    simulation.run_to(at(8))
    assert (7, "carol") in pages(simulation)


def test_if_the_last_tier_declines_the_ladder_goes_on_as_if_it_had_not_been_reached() -> None:
    simulation = opened(ladder(insistent("alice"), insistent("bob", after=5), within=10, repeat_after=minutes(10)))
    simulation.run_to(at(6))
    declines(simulation, 7)
    simulation.run_to(at(30))
    assert pages(simulation) == [
        (0, "alice"), (5, "bob"), (10, "alice"), (20, "alice"), (25, "bob"), (30, "alice"),
    ]  # fmt: skip


@pytest.mark.parametrize("end", [lambda: Acknowledged(by="Alice"), lambda: Resolved(by="Alice")])
def test_a_no_after_somebody_has_answered_is_a_line_and_no_alarm(end: Callable[[], Acknowledged | Resolved]) -> None:
    simulation = opened(BOOK)
    simulation.run_to(at(5))
    ring, _ = rings_of(simulation, "bob")[0]
    happens(simulation, 6, end())
    told = simulation.incident.to_tell
    happens(simulation, 7, ChangedAtPager(by="Bob", ring=ring, text="responder replied: Bob declined", declined=True))
    assert said(simulation.incident, "responder replied: Bob declined")
    assert not any("reached nobody" in entry.text for entry in simulation.incident.timeline)
    assert simulation.incident.to_tell == told
    simulation.run_to(at(40))
    assert "carol" not in [who for _, who in pages(simulation)]


def test_a_no_to_an_older_page_says_nothing_of_the_newer_one() -> None:
    simulation = opened(ladder(insistent("alice"), insistent("bob", after=5), tier("carol", after=60), within=15))
    simulation.run_to(at(6))
    older, _ = rings_of(simulation, "bob")[0]
    simulation.run_to(at(31))
    assert [when for when, who in pages(simulation) if who == "bob"] == [5, 30]
    happens(simulation, 32, ChangedAtPager(by="Bob", ring=older, text="declined", declined=True))
    simulation.run_to(at(33))
    assert "carol" not in [who for _, who in pages(simulation)]


def test_a_look_that_finds_a_no_says_the_same_as_a_webhook() -> None:
    proof = RingProof(pager="PagerDuty", there=True, nobody=True, declined=True, why="Bob declined")
    Proving.found, Proving.receipt = [CALLED, proof], Receipt(followed=True)
    shell = Proving.of(opening(BY_TWO_WAYS), lambda _: DONE)
    shell.run_to(at(7))
    assert rings(shell)[-1] == (minute(T0 + minutes(5) + 10 * SECOND), "carol")
    assert said(shell.incident, "Bob's page reached nobody: PagerDuty took it, and Bob declined")
