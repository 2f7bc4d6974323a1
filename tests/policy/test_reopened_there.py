"""A person reopens one of our pages at the pager: it is not over, and whoever rings there already is not rung twice."""

from itertools import permutations

import pytest

from tests.policy.builders import at, happens, insistent, ladder, opened, pages, said, tier
from workflows.policy.effects.effects import Receipt
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    Closed,
    EffectSettled,
    EffectStarted,
    Event,
    Noted,
    Reopened,
    Resolved,
    stamp,
)
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation

BOOK = ladder(insistent("alice"), tier("bob", after=30), within=10, expires_after=60)
TWO_AT_ONCE = ladder(tier("alice", "dave"), tier("bob", after=30), within=10)


def ring_of(simulation: Simulation, person: str = "alice") -> str:
    return next(key for key, ring in simulation.incident.rings.items() if ring.person == person)


def over(book: Runbook = BOOK, minute: float = 5) -> tuple[Simulation, str]:
    """Alice was rung, and the incident was resolved here after five minutes: her page was resolved there, too."""
    simulation = opened(book)
    ring = ring_of(simulation)
    happens(simulation, minute, Resolved(by="Alice"))
    simulation.run_to(at(minute + 1))
    assert not simulation.incident.rings
    return simulation, ring


def reopens(ring: str, when: float, by: str = "Ada") -> Reopened:
    return Reopened(id=f"reopened-{when}", at=at(when), by=by, via="pagerduty", ring=ring)


def resolves(ring: str, when: float) -> Resolved:
    return Resolved(id=f"resolved-{when}", at=at(when), by="Ada", via="pagerduty", ring=ring)


def test_a_person_who_reopens_there_reopens_here_and_it_is_said_who() -> None:
    simulation, ring = over()
    happens(simulation, 8, reopens(ring, 8))
    incident = simulation.incident
    assert (incident.phase, incident.opening, incident.opened_at) == ("investigating", 2, at(8))
    assert said(incident, "reopened by Ada through pagerduty, which rings Alice there again")


def test_whoever_rings_there_is_not_rung_for_the_same_reopening() -> None:
    """The page at the pager stands for the first of the ladder, and is followed by what follows that one."""
    simulation, ring = over()
    happens(simulation, 8, reopens(ring, 8))
    simulation.run_to(at(17))
    assert pages(simulation) == [(0, "alice")]
    simulation.run_to(at(38))
    assert pages(simulation)[1:3] == [(18, "alice"), (28, "alice")]
    assert (38, "bob") in pages(simulation)


def ending(minute: float = 5) -> tuple[Simulation, EffectStarted]:
    """Resolved here, and the pager is just told so: its answer is not there yet."""
    simulation = opened(BOOK)
    simulation.run_to(at(minute))
    simulation.incident = apply(BOOK, simulation.incident, stamp(Resolved(by="Alice"), at(minute)))
    told = next(each for each in simulation.plan().due if each.duty.startswith("hush/resolved/"))
    begun = EffectStarted(at=at(minute), demand=told, real_at=at(minute))
    simulation.incident = apply(BOOK, simulation.incident, begun)
    return simulation, begun


def got_through(begun: EffectStarted, minute: float) -> EffectSettled:
    return EffectSettled(at=at(minute), demand=begun.demand, outcome="done", receipt=Receipt())


@pytest.mark.parametrize("first", ["the webhook", "the answer to our resolve"])
def test_a_page_that_our_own_resolve_may_have_closed_again_stands_for_nobodys(first: str) -> None:
    """It was tried anew when somebody had reopened the page: nobody knows which came last, and silence is worse."""
    simulation, begun = ending()
    ring = ring_of(simulation)
    events = [reopens(ring, 6), got_through(begun, 6.5)]
    for event in events if first == "the webhook" else reversed(events):
        simulation.incident = apply(BOOK, simulation.incident, stamp(event, at(6.5)))
    happens(simulation, 7, Noted(text="a turn"))
    assert simulation.incident.opening == 2
    assert len(pages(simulation)) == 2
    assert not said(simulation.incident, "which rings Alice there again")
    assert [page.person for page in simulation.incident.rings.values()] == ["alice"]


def test_that_another_page_is_still_being_resolved_rings_nobody_twice() -> None:
    """Reopened after that of its own page had got through."""
    simulation, ring = over(TWO_AT_ONCE)
    happens(simulation, 8, reopens(ring, 8))
    assert pages(simulation)[2:] == [(8, "dave")]


def test_whoever_else_is_called_first_is_rung_at_once() -> None:
    simulation, ring = over(TWO_AT_ONCE)
    happens(simulation, 8, reopens(ring, 8))
    simulation.run_to(at(9))
    assert pages(simulation) == [(0, "alice"), (0, "dave"), (8, "dave")]


def test_a_page_of_the_next_tier_that_is_reopened_holds_nobody_back() -> None:
    simulation = opened(BOOK)
    simulation.run_to(at(31))
    ring = ring_of(simulation, "bob")
    happens(simulation, 32, Resolved(by="Bob"))
    happens(simulation, 40, reopens(ring, 40))
    assert pages(simulation)[-1] == (40, "alice")


def test_what_rings_there_again_can_be_answered_there_and_is_resolved_in_the_end() -> None:
    simulation, ring = over()
    happens(simulation, 8, reopens(ring, 8))
    happens(simulation, 9, Acknowledged(by="Alice", via="pagerduty", ring=ring))
    assert simulation.incident.acknowledged_by == "Alice"
    simulation.run_to(at(20))
    assert pages(simulation) == [(0, "alice")]
    happens(simulation, 21, Resolved(by="Alice"))
    simulation.run_to(at(22))
    assert len([demand for _, demand in simulation.sent if demand.duty.startswith("hush/resolved/")]) == 2
    assert not simulation.incident.rings


def test_an_answer_of_before_it_was_reopened_is_no_answer_to_that() -> None:
    simulation, ring = over()
    happens(simulation, 8, reopens(ring, 8))
    happens(simulation, 9, Acknowledged(by="Alice", via="pagerduty", ring=ring, at=at(3)))
    assert simulation.incident.acknowledged_by == ""


def test_reopened_twice_it_is_reopened_once() -> None:
    simulation, ring = over()
    happens(simulation, 8, reopens(ring, 8))
    happens(simulation, 8.5, reopens(ring, 8))
    happens(simulation, 9, reopens(ring, 8.7, by="Eve"))
    assert simulation.incident.opening == 2
    assert said(simulation.incident, "Eve reopened the page to Alice through pagerduty, which rings there again")
    simulation.run_to(at(17))
    assert pages(simulation) == [(0, "alice")]


def test_what_is_reopened_while_the_incident_is_open_is_known_to_ring_and_resolved_with_it() -> None:
    simulation = opened(BOOK)
    ring = ring_of(simulation)
    simulation.run_to(at(11))
    assert ring not in simulation.incident.rings  # Alice was rung anew
    happens(simulation, 12, Acknowledged(by="Alice"))
    happens(simulation, 13, reopens(ring, 13))
    assert (simulation.incident.acknowledged_by, simulation.incident.opening) == ("Alice", 1)
    assert simulation.incident.rings[ring].state == "ringing"
    happens(simulation, 14, Resolved(by="Alice"))
    simulation.run_to(at(15))
    assert not simulation.incident.rings


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (Closed(at=at(7)), "Ada reopened, too late: the incident is closed"),
        (Cancelled(by="Bob", at=at(5)), "Ada reopened, which changes nothing"),
    ],
)
def test_what_is_closed_or_was_cancelled_stays_so(end: Event, words: str) -> None:
    simulation = opened(BOOK)
    ring = ring_of(simulation)
    if isinstance(end, Closed):
        happens(simulation, 5, Resolved(by="Alice"))
    incident = apply(BOOK, simulation.incident, end)
    incident = apply(BOOK, incident, reopens(ring, 8))
    assert incident.opening == 1
    assert incident.resolved
    assert said(incident, words)


def test_a_page_of_the_incident_before_this_one_reopens_nothing() -> None:
    simulation, _ = over()
    happens(simulation, 8, reopens("incident-1/20200101-0000-aa/escalate/1/alice/1", 8))
    assert simulation.incident.resolved
    assert said(simulation.incident, "Ada reopened a page of an incident before this one")


def test_a_key_that_is_nobodys_page_reopens_and_rings_as_ever() -> None:
    """Whoever reopens it wants people: what it was about does not matter."""
    simulation, _ = over()
    happens(simulation, 8, reopens(simulation.incident.vendor_key("nonsense"), 8))
    assert simulation.incident.opening == 2
    assert pages(simulation)[-1] == (8, "alice")


@pytest.mark.parametrize("lag", [0.5, 1])
def test_a_pagers_clock_that_is_a_little_behind_loses_no_reopening(lag: float) -> None:
    simulation, ring = over()
    happens(simulation, 6, reopens(ring, 5 - lag))
    assert simulation.incident.opening == 2


def test_what_was_reopened_long_before_it_was_resolved_here_is_old() -> None:
    simulation, ring = over(minute=30)
    happens(simulation, 40, reopens(ring, 8))
    assert simulation.incident.resolved
    assert said(simulation.incident, "Ada reopened through pagerduty, before the incident was resolved here")


def ended(simulation: Simulation, events: tuple[Event, ...]) -> bool:
    """Is it over, after these, each of them twice?"""
    incident: Incident = simulation.incident
    for event in events + events:
        incident = apply(simulation.book, incident, stamp(event, at(9)))
    return incident.resolved


STORIES = [
    ("resolved, and reopened", (resolves, reopens)),
    ("resolved, reopened, and resolved again", (resolves, reopens, resolves)),
    ("and reopened once more", (resolves, reopens, resolves, reopens)),
]


@pytest.mark.parametrize("story", [row[1] for row in STORIES], ids=[row[0].replace(" ", "-") for row in STORIES])
def test_in_whatever_order_webhooks_come_what_happened_last_there_counts(story: tuple[object, ...]) -> None:
    simulation = opened(BOOK)
    ring = ring_of(simulation)
    events = tuple(make(ring, number + 1) for number, make in enumerate(story))  # type: ignore[operator]  # see STORIES
    for order in permutations(events):
        assert ended(simulation, order) == (story[-1] is resolves), [event.id for event in order]
