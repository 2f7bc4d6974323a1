"""The ladder: who is paged, when, and what stops it. Every send succeeds at once here; see `test_unreached`."""

import pytest

from tests.policy.builders import (
    at,
    happens,
    ladder,
    minute,
    opened,
    page,
    pages,
    runbook,
    said,
    sends,
    severity,
    tier,
    times,
)
from workflows.policy.escalation.pages import tier_reached
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    Escalated,
    Event,
    FlagChanged,
    Reopened,
    Resolved,
    RoleAssigned,
)
from workflows.policy.reducers.refusals import refusal
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person
from workflows.policy.runbook.terms import Tier

ACK = Acknowledged(by="Alice")
TWO = ladder(tier("alice"), tier("bob", after=30))

Script = tuple[tuple[float, Event], ...]

RULES = [
    pytest.param(
        TWO, (), 34, [(0, "alice"), (30, "bob")],
        id="each tier is paged at its time",
    ),
    pytest.param(
        TWO, (), 40, [(0, "alice"), (30, "bob"), (35, "alice")],
        id="when the last tier is exhausted the ladder starts again five minutes later",
    ),
    pytest.param(
        ladder(tier("alice"), repeat_after="20m"), (), 45, [(0, "alice"), (20, "alice"), (40, "alice")],
        id="a runbook may leave more time between two rounds",
    ),
    pytest.param(
        TWO, ((7, ACK),), 600, [(0, "alice")],
        id="an acknowledgement stops the ladder",
    ),
    pytest.param(
        ladder(tier("alice"), tier("bob", after=30, unless="resolved")), ((7, ACK),), 600, [(0, "alice"), (30, "bob")],
        id="a tier that stops only at the resolution is paged although somebody acknowledged",
    ),
    pytest.param(
        ladder(tier("alice"), tier("bob", after=30, unless="resolved")), ((7, ACK), (29, Resolved())), 40,
        [(0, "alice")],
        id="a tier that stops only at the resolution is not paged once it is resolved",
    ),
    pytest.param(
        ladder(tier("alice"), tier("bob", after=30, unless="resolved")), ((31, ACK),), 600, [(0, "alice"), (30, "bob")],
        id="a tier that was paged before the acknowledgement is not paged again after it",
    ),
    pytest.param(
        TWO, ((7, Resolved()),), 600, [(0, "alice")],
        id="resolving stops the ladder",
    ),
    pytest.param(
        TWO, ((7, Cancelled()),), 600, [(0, "alice")],
        id="cancelling stops the ladder",
    ),
    pytest.param(
        TWO, ((10, Resolved()), (20, Reopened())), 54, [(0, "alice"), (20, "alice"), (50, "bob")],
        id="reopening starts the ladder anew and counts from there",
    ),
    pytest.param(
        TWO, ((5, ACK), (10, Resolved()), (20, Reopened())), 54, [(0, "alice"), (20, "alice"), (50, "bob")],
        id="reopening forgets the acknowledgement",
    ),
    pytest.param(
        ladder(tier("alice", "bob"), tier("carol", after=10)), (), 14, [(0, "alice"), (0, "bob"), (10, "carol")],
        id="everybody of a tier is paged at once",
    ),
    pytest.param(
        ladder(tier("alice", "alice")), (), 4, [(0, "alice")],
        id="somebody who is named twice in a tier is paged once",
    ),
    pytest.param(
        ladder(tier(), tier("bob", after=30)), (), 4, [(0, "bob")],
        id="a tier with nobody in it is skipped at once",
    ),
    pytest.param(
        ladder(tier("alice"), tier(after=30), tier("carol", after=60)), (), 34, [(0, "alice"), (30, "carol")],
        id="an empty tier hands over when its own time has come, not before",
    ),
    pytest.param(
        ladder(tier("alice"), tier("bob", after=10), tier("carol", after=5)), (), 14,
        [(0, "alice"), (5, "carol"), (10, "bob")],
        id="tiers are climbed in the order of their times",
    ),
    pytest.param(
        ladder(tier("alice"), tier("bob", after=30), within=5), (), 34, [(0, "alice"), (5, "alice"), (30, "bob")],
        id="a missed acknowledgement target pages the first tier again",
    ),
    pytest.param(
        ladder(tier("alice"), tier("bob", after=30), within=5), ((4, ACK),), 60, [(0, "alice")],
        id="a met acknowledgement target pages nobody",
    ),
    pytest.param(
        ladder(tier("alice"), tier("bob", after=3, flags=("security",))), (), 4, [(0, "alice")],
        id="a tier whose condition does not hold is not paged",
    ),
    pytest.param(
        ladder(tier("alice"), tier("bob", after=3, flags=("security",))), ((4, FlagChanged(flag="security")),), 4,
        [(0, "alice"), (4, "bob")],
        id="a tier whose condition comes to hold late is paged at once",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("book", "script", "until", "expected"), RULES)
def test_the_ladder(book: Runbook, script: Script, until: float, expected: list[tuple[float, str]]) -> None:
    simulation = opened(book)
    for moment, event in script:
        happens(simulation, moment, event)
    simulation.run_to(at(until))
    assert pages(simulation) == expected


def test_a_ladder_with_nobody_on_it_says_so_again_and_again_instead_of_being_silent() -> None:
    simulation = opened(ladder(tier(), tier(after=5), repeat_after="10m"))
    simulation.run_to(at(39))
    assert pages(simulation) == []
    assert times(simulation, "nobody") == [0, 10, 20, 30]


def test_until_somebody_has_answered_without_being_called() -> None:
    simulation = opened(ladder(tier(), repeat_after="10m"))
    happens(simulation, 15, ACK)
    simulation.run_to(at(60))
    assert times(simulation, "nobody") == [0, 10]


def test_and_again_when_whoever_answered_has_fallen_silent() -> None:
    simulation = opened(ladder(tier(), repeat_after="10m", acknowledge={"expires_after": "30m"}))
    happens(simulation, 15, ACK)
    assert simulation.plan().wake_at == at(45)
    simulation.run_to(at(60))
    assert times(simulation, "nobody") == [0, 10, 45, 55]


def test_a_ladder_of_which_no_tier_applies_any_more_goes_on_and_says_so() -> None:
    simulation = opened(ladder(tier("alice", flags=("security",)), repeat_after="10m"), flags=("security",))
    happens(simulation, 25, FlagChanged(flag="security", on=False))
    simulation.run_to(at(39))
    assert pages(simulation) == [(0, "alice"), (10, "alice"), (20, "alice"), (30, "alice")]
    assert times(simulation, "gap") == [25]


def test_each_ring_has_a_key_of_its_own_and_supersedes_the_older_one() -> None:
    simulation = opened(ladder(tier("alice")))
    simulation.run_to(at(5))
    (_, first), (_, second) = sends(simulation, "escalate/1/alice")
    assert (first.key, second.key) == ("escalate/1/alice/1", "escalate/1/alice/2")
    assert page(first).supersedes == ()
    assert page(second).supersedes == (simulation.incident.vendor_key(first.key),)
    assert list(simulation.incident.rings) == [simulation.incident.vendor_key(second.key)]


def test_a_round_says_that_it_is_one() -> None:
    simulation = opened(ladder(tier("alice"), tier("bob", after=10)))
    simulation.run_to(at(25))
    reasons = {demand.key: demand.reason for _, demand in simulation.sent}
    assert reasons["escalate/1/alice/1"] == "SEV-1 declared: first to be called"
    assert reasons["escalate/2/bob/1"] == "not acknowledged within 10m"
    assert reasons["escalate/1/alice/2"] == "nobody answered in round 1: round 2 of the ladder, tier 1"
    assert reasons["escalate/2/bob/2"] == "still nobody, 10m later: round 2 of the ladder, tier 2"


def test_a_reopened_incident_says_that_it_is_one() -> None:
    simulation = opened(ladder(tier("alice"), tier("bob", after=10)))
    happens(simulation, 1, Resolved())
    happens(simulation, 2, Reopened())
    simulation.run_to(at(12))
    reasons = {demand.key: demand.reason for _, demand in simulation.sent}
    assert reasons["escalate/1/alice/2"] == "SEV-1 reopened: first to be called"
    assert reasons["escalate/2/bob/2"] == "not acknowledged within 10m"


def test_the_reached_tier_is_the_highest_that_was_rung_in_this_opening() -> None:
    simulation = opened(TWO)
    assert tier_reached(simulation.incident) == 1
    simulation.run_to(at(30))
    assert tier_reached(simulation.incident) == 2
    happens(simulation, 31, Resolved())
    happens(simulation, 32, Reopened())
    assert tier_reached(simulation.incident) == 1


def called_as(second: dict[str, object]) -> Runbook:
    """Alice stands in for the commander and Bob is her manager; nobody is scribe; Bob, who has no manager, stands in
    for communications."""
    people = {"alice": Person(name="Alice", manager="bob"), "bob": Person(name="Bob"), "carol": Person(name="Carol")}
    return runbook(severity(tier("alice"), Tier.model_validate(second | {"after": "6h"})), people=people)


TIERS_BY_HAND = [
    pytest.param({"roles": ["communications"]}, (), ["bob"], id="whoever stands in for its role"),
    pytest.param(
        {"roles": ["scribe"]}, ((1, RoleAssigned(role="scribe", person="carol")),), ["carol"], id="who holds its role"
    ),
    pytest.param({"managers_of": ["commander"]}, (), ["bob"], id="the manager of who holds it"),
    pytest.param(
        {"page": ["carol"], "roles": ["commander"], "managers_of": ["commander"]}, (), ["alice", "bob", "carol"],
        id="all of them, each once",
    ),
    pytest.param(
        {"page": ["carol"], "when": {"flags": ["security"]}}, (), ["carol"], id="whether its condition holds or not"
    ),
]  # fmt: skip

CALLS_NOBODY = [
    ({"roles": ["scribe"]}, "nobody is Scribe: give that to somebody first"),
    ({"managers_of": ["scribe"]}, "nobody is Scribe: give that to somebody first"),
    ({"managers_of": ["communications"]}, "whoever is Communications Lead has no manager in the runbook"),
    ({}, "the runbook names nobody in it"),
]


class TestByHand:
    def test_a_person_is_paged_at_once(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 3, Escalated(by="Dave", to="carol", reason="the database"))
        assert pages(simulation) == [(0, "alice"), (3, "carol")]
        assert sends(simulation, "call/carol")[0][1].reason == "Dave asked for Carol: the database"

    def test_a_tier_is_called_by_its_number(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 3, Escalated(to="2"))
        assert pages(simulation) == [(0, "alice"), (3, "bob")]

    def test_it_rings_even_when_somebody_acknowledged(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 1, ACK)
        happens(simulation, 3, Escalated(to="carol"))
        assert pages(simulation) == [(0, "alice"), (3, "carol")]

    def test_the_same_person_can_be_called_twice(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 3, Escalated(to="carol"))
        happens(simulation, 4, Escalated(to="carol"))
        assert pages(simulation) == [(0, "alice"), (3, "carol"), (4, "carol")]
        assert page(sends(simulation, "call/carol")[1][1]).supersedes == (
            simulation.incident.vendor_key("call/carol/1"),
        )

    def test_the_ladder_goes_on_beside_it(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 3, Escalated(to="carol"))
        simulation.run_to(at(30))
        assert pages(simulation) == [(0, "alice"), (3, "carol"), (30, "bob")]

    def test_a_call_from_before_the_reopening_is_not_repeated(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 3, Escalated(to="carol"))
        happens(simulation, 4, Resolved())
        happens(simulation, 5, Reopened())
        assert pages(simulation) == [(0, "alice"), (3, "carol"), (5, "alice")]

    def test_a_name_that_nobody_knows_is_said_and_pages_nobody(self) -> None:
        """A signal cannot be refused: the command line sends one when no worker answers."""
        simulation = opened(TWO)
        happens(simulation, 3, Escalated(by="Dave", to="zoe"))
        assert pages(simulation) == [(0, "alice")]
        assert said(simulation.incident, "Dave called 'zoe', who is neither a tier nor a person of this runbook")

    @pytest.mark.parametrize(("second", "given", "expected"), TIERS_BY_HAND)
    def test_a_tier_calls_whom_it_calls(self, second: dict[str, object], given: Script, expected: list[str]) -> None:
        simulation = opened(called_as(second))
        for moment, event in given:
            happens(simulation, moment, event)
        happens(simulation, 3, Escalated(to="2"))
        assert [who for when, who in pages(simulation) if when == 3] == expected

    @pytest.mark.parametrize(("second", "sentence"), CALLS_NOBODY)
    def test_a_tier_that_calls_nobody_at_present_is_refused_with_the_reason(
        self, second: dict[str, object], sentence: str
    ) -> None:
        simulation = opened(called_as(second))
        refused = refusal(simulation.book, simulation.incident, Escalated(to="2"))
        assert refused == f"tier 2 of SEV-1 calls nobody at present: {sentence}"
        simulation.happen(Escalated(by="Dave", to="2"))
        assert said(simulation.incident, f"Dave called '2': {refused}")


class TestTheAcknowledgementExpires:
    BOOK = ladder(tier("alice"), tier("bob", after=10), expires_after=60)

    def test_and_a_new_round_starts_there_and_then(self) -> None:
        simulation = opened(self.BOOK)
        happens(simulation, 5, ACK)
        simulation.run_to(at(76))
        assert pages(simulation) == [(0, "alice"), (65, "alice"), (75, "bob")]

    def test_a_tier_that_stops_only_at_the_resolution_keeps_its_time_from_the_opening(self) -> None:
        book = ladder(tier("alice"), tier("bob", after=90, unless="resolved"), expires_after=60)
        simulation = opened(book)
        happens(simulation, 5, ACK)
        simulation.run_to(at(94))
        assert pages(simulation) == [(0, "alice"), (65, "alice"), (90, "bob")]

    def test_and_whoever_is_called_is_told_why(self) -> None:
        simulation = opened(self.BOOK)
        happens(simulation, 5, Acknowledged(by="Alice"))
        simulation.run_to(at(76))
        reasons = [demand.reason for _, demand in sends(simulation, "escalate/")]
        assert reasons == [
            "SEV-1 declared: first to be called",
            "Alice acknowledged, then fell silent for 1h: round 2 of the ladder, tier 1",
            "still nobody, 10m later: round 2 of the ladder, tier 2",
        ]

    def test_a_second_acknowledgement_stops_the_new_round(self) -> None:
        simulation = opened(self.BOOK)
        happens(simulation, 5, ACK)
        happens(simulation, 66, ACK)
        simulation.run_to(at(125))
        assert pages(simulation) == [(0, "alice"), (65, "alice")]

    def test_and_expires_in_its_turn(self) -> None:
        simulation = opened(self.BOOK)
        happens(simulation, 5, ACK)
        happens(simulation, 66, ACK)
        simulation.run_to(at(126))
        assert pages(simulation) == [(0, "alice"), (65, "alice"), (126, "alice")]

    def test_never_where_the_runbook_does_not_say_so(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 5, ACK)
        simulation.run_to(at(100_000))
        assert pages(simulation) == [(0, "alice")]


def test_a_tier_that_stops_at_the_resolution_rings_everybody_in_it() -> None:
    simulation = opened(ladder(tier("alice"), tier("bob", "carol", after=30, unless="resolved")))
    happens(simulation, 5, ACK)
    simulation.run_to(at(600))
    assert pages(simulation) == [(0, "alice"), (30, "bob"), (30, "carol")]


def test_the_target_to_acknowledge_is_not_missed_before_the_first_tier_is_called() -> None:
    simulation = opened(runbook(severity(tier("alice", after=10), within=5)))
    simulation.run_to(at(14))
    assert pages(simulation) == [(10, "alice")]


def test_every_page_is_told_with_its_reason() -> None:
    simulation = opened(TWO)
    simulation.run_to(at(30))
    assert said(simulation.incident, "paged Bob: not acknowledged within 30m")
    assert minute(simulation.now) == 30
