"""Webhooks of the pager come in any order, and twice: what counts is when it happened there."""

from collections.abc import Callable
from itertools import permutations

import pytest

from tests.policy.builders import at, happens, insistent, ladder, opened, pages, said, tier
from workflows.policy.incident.events import Acknowledged, Event, Unacknowledged, stamp
from workflows.policy.incident.pager_events import ChangedAtPager
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.root import apply
from workflows.policy.simulation.simulate import Simulation

BOOK = ladder(insistent("alice"), tier("bob", after=30), within=10, expires_after=60)
ARRIVES = 9
"""The minute in which all of them arrive: nobody has been rung again."""


def ring_of(simulation: Simulation) -> str:
    return next(iter(simulation.incident.rings))


def acknowledges(ring: str, who: str, when: float) -> Event:
    return Acknowledged(id=f"ack-{who}", at=at(when), by=who, via="pagerduty", ring=ring)


def takes_back(ring: str, when: float) -> Event:
    return Unacknowledged(id=f"unack-{when}", at=at(when), by="PagerDuty", via="pagerduty", ring=ring)


def hands_on(ring: str, to: str, when: float) -> Event:
    handed = {"handed_to": (to,), "unanswered": True, "text": f"reassigned: to {to}"}
    return ChangedAtPager.model_validate({"id": f"to-{to}", "at": at(when), "by": "Ada", "ring": ring, **handed})


def helps(ring: str, reply: str, when: float) -> Event:
    said_so = {"responder": "Eve", "reply": reply, "text": f"responder: Eve {reply}"}
    return ChangedAtPager.model_validate({"id": f"eve-{reply}", "at": at(when), "by": "Ada", "ring": ring, **said_so})


def ended(simulation: Simulation, events: tuple[Event, ...]) -> tuple[object, ...]:
    """Who is on it, who has it at the pager, who helps there: after these, each of them twice."""
    incident: Incident = simulation.incident
    for event in events + events:
        incident = apply(simulation.book, incident, stamp(event, at(ARRIVES)))
    ring = incident.rings[ring_of(simulation)]
    passed_on = incident.passed_on and incident.passed_on.to
    return incident.acknowledged_by, passed_on, ring.assigned, dict(ring.responders)


STORIES = [
    ("answered, and taken back", lambda r: (acknowledges(r, "Ada", 1), takes_back(r, 2))),
    ("taken back, and answered", lambda r: (takes_back(r, 2), acknowledges(r, "Eve", 3))),
    ("taken back, and answered by another", lambda r: (
        acknowledges(r, "Ada", 1), takes_back(r, 2), acknowledges(r, "Eve", 3))),
    ("handed on, and answered", lambda r: (
        acknowledges(r, "Ada", 1), hands_on(r, "Eve", 2), acknowledges(r, "Eve", 3))),
    ("handed on twice", lambda r: (hands_on(r, "Eve", 1), hands_on(r, "Bob", 2))),
    ("asked to help, and joined", lambda r: (helps(r, "pending", 1), helps(r, "joined", 2))),
]  # fmt: skip
"""As they happened."""


@pytest.mark.parametrize("story", [row[1] for row in STORIES], ids=[row[0].replace(" ", "-") for row in STORIES])
def test_nobody_counts_as_on_it_who_is_not_whatever_comes_first(story: Callable[[str], tuple[Event, ...]]) -> None:
    """At worst somebody is rung once more who need not be: where two answers come before what lay between them."""
    simulation = opened(BOOK)
    events = story(ring_of(simulation))
    in_order = ended(simulation, events)
    for order in permutations(events):
        found = ended(simulation, order)
        assert found == in_order or not _is_on_it(found), [event.id for event in order]
        assert found[2:] == in_order[2:]


def _is_on_it(found: tuple[object, ...]) -> bool:
    acknowledged_by, passed_on, *_ = found
    return bool(acknowledged_by) and passed_on is None


def test_an_answer_that_comes_after_it_was_handed_on_leaves_nobody_silent() -> None:
    """Ada acknowledged and handed it on to Eve, who has not answered: the ladder goes on, whichever came first."""
    simulation = opened(BOOK)
    ring = ring_of(simulation)
    simulation.run_to(at(3))
    for event in (hands_on(ring, "Eve", 2), acknowledges(ring, "Ada", 1)):
        simulation.happen(event)
    assert simulation.incident.acknowledged_by == ""
    assert said(
        simulation.incident, "Ada acknowledged through pagerduty, before that was handed on or taken back there"
    )
    simulation.run_to(at(10))
    assert pages(simulation) == [(0, "alice"), (10, "alice")]


def test_an_answer_by_a_clock_that_is_behind_counts() -> None:
    """The pager's clock is two minutes behind ours: what happens there seems to be before the declaration."""
    simulation = opened(BOOK)
    ring = ring_of(simulation)
    happens(simulation, 1, hands_on(ring, "Eve", -1))
    happens(simulation, 1.5, acknowledges(ring, "Eve", -0.5))
    assert simulation.incident.acknowledged_by == "Eve"


def test_an_answer_by_a_link_counts_whatever_the_pagers_clock_says() -> None:
    simulation = opened(BOOK)
    ring = ring_of(simulation)
    happens(simulation, 2, hands_on(ring, "Eve", 2))
    happens(simulation, 2, Acknowledged(at=at(1.9), by="Eve", via="link", ring=ring))
    assert simulation.incident.acknowledged_by == "Eve"
