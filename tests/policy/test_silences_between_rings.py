"""Nobody is left in silence: while nobody has answered, somebody is rung again and again, evenly."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.policy.builders import (
    alert,
    alerts,
    at,
    happens,
    insistent,
    ladder,
    minutes,
    opened,
    opening,
    page,
    pages,
    post,
    runbook,
    said,
    sends,
    severity,
    tier,
    times,
)
from tests.policy.shell import NEVER, Fate, PolicyRunner, fates, rings
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page
from workflows.policy.incident.events import Acknowledged, Escalated, FlagChanged, Resolved, SeverityChanged
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Condition
from workflows.policy.runbook.terms import Tier

A, B, C = "alice", "bob", "carol"


def every(minutes: int, who: str, *, of: int, to: int) -> list[tuple[float, str]]:
    return [(moment, who) for moment in range(of, to + 1, minutes)]


RULES = [
    pytest.param(
        ladder(insistent(A), insistent(B, after=30), within=5), 34, [*every(5, A, of=0, to=25), (30, B)],
        id="the tier that was reached last rings every `within` until the next one's time",
    ),
    pytest.param(
        ladder(insistent(A), insistent(B, after=12)), 16, [(0, A), (5, A), (10, A), (12, B)],
        id="every `repeat_after` where no `within` is given",
    ),
    pytest.param(
        ladder(insistent(A), within=60), 250, every(60, A, of=0, to=240),
        id="rounds are even",
    ),
    pytest.param(
        ladder(insistent(A), insistent(B, after=60), within=120), 420,
        [(0, A), (60, B), (120, A), (240, A), (300, B), (360, A)],
        id="with a second tier before the target too",
    ),
    pytest.param(
        ladder(insistent(A), insistent(B, after=30), within=15), 120,
        [(0, A), (15, A), (30, B), (45, A), (60, A), (75, B), (90, A), (105, A), (120, B)],
        id="the last tier has its time to answer as well",
    ),
    pytest.param(
        ladder(insistent(A), insistent(B, after=10), within=5, repeat_after="30m"), 44,
        [(0, A), (5, A), (10, B), (15, B), (20, B), (25, B), (30, B), (35, B), (40, A)],
        id="a long pause between rounds is no silence",
    ),
    pytest.param(
        ladder(insistent(A), insistent(B, C, after=10), repeat_after="20m"), 29, [(0, A), (10, B), (10, C)],
        id="whoever is called last is left in peace for as long",
    ),
    pytest.param(
        ladder(insistent(A), insistent(B, C, after=6), within=10, repeat_after="30m"), 26,
        [(0, A), (6, B), (6, C), (10, A), (20, B), (20, C)],
        id="all of the tier are rung again",
    ),
    pytest.param(
        ladder(tier(A), insistent(B, after=30), within=5), 34, [(0, A), (5, A), (30, B)],
        id="a tier may opt out: but for its target it is called once a round",
    ),
    pytest.param(
        ladder(insistent(A), insistent(B, after=30, unless="resolved")), 29, every(5, A, of=0, to=25),
        id="also before a tier that only the resolution stops",
    ),
    pytest.param(
        ladder(Tier(page=(A,)), Tier(page=(B,), after="7m", once=True), repeat_after="5m"), 17,
        [(0, A), (5, A), (7, B), (10, A), (15, A)],
        id="whoever is called once is called once",
    ),
    pytest.param(
        ladder(insistent(A), Tier(page=(B,), after="3m", once=True), insistent(C, after=30)), 19,
        [(0, A), (3, B), (8, A), (13, A), (18, A)],
        id="and it is the tier before that which rings again",
    ),
    pytest.param(
        ladder(Tier(page=(A,), once=True)), 11, [(0, A), (5, A), (10, A)],
        id="unless nobody else is on the ladder",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("book", "until", "expected"), RULES)
def test_who_is_rung_while_nobody_answers(book: Runbook, until: float, expected: list[tuple[float, str]]) -> None:
    simulation = opened(book)
    simulation.run_to(at(until))
    assert pages(simulation) == expected


LONG = ladder(insistent(A), insistent(B, after=30), within=5)


@pytest.mark.parametrize("event", [Acknowledged(by="Alice"), Resolved(by="Alice")], ids=lambda event: event.kind)
def test_an_answer_ends_it(event: Acknowledged | Resolved) -> None:
    simulation = opened(LONG)
    happens(simulation, 12, event)
    simulation.run_to(at(29))
    assert pages(simulation) == [(0, A), (5, A), (10, A)]


def test_each_ring_says_why_and_supersedes_the_one_before() -> None:
    simulation = opened(LONG)
    simulation.run_to(at(15))
    (_, third), (_, fourth) = sends(simulation, "repeat/1/alice")
    assert (third.reason, fourth.reason) == (
        "nobody has answered for 10m: tier 1 again",
        "nobody has answered for 15m: tier 1 again",
    )
    assert page(fourth).supersedes == (simulation.incident.vendor_key(third.key),)
    assert list(simulation.incident.rings) == [simulation.incident.vendor_key(fourth.key)]


def test_in_a_later_round_a_ring_does_not_say_that_the_silence_has_just_begun() -> None:
    """After an hour `nobody has answered for 10m` would be false."""
    simulation = opened(ladder(insistent(A), insistent(B, after=30), within=5))
    simulation.run_to(at(46))
    reasons = [(when, demand.reason) for when, demand in sends(simulation, "repeat/1/alice")]
    assert (45, "still nobody, 10m later: round 2 of the ladder, tier 1 again") in reasons


def test_after_hours_away_it_is_made_up_for_once() -> None:
    shell = PolicyRunner.of(opening(LONG), fates())
    shell.sleep_to(at(20))
    shell.turn()
    assert rings(shell) == [(0, A), (20, A)]
    shell.run_to(at(29))
    assert rings(shell) == [(0, A), (20, A), (25, A)]


def test_and_not_beside_the_tier_that_is_due_by_then() -> None:
    shell = PolicyRunner.of(opening(ladder(insistent(A), insistent(B, after=30))), fates())
    shell.sleep_to(at(31))
    shell.turn()
    assert rings(shell) == [(0, A), (31, B)]


def test_one_that_does_not_get_through_goes_on_trying_and_calls_the_next_tier() -> None:
    shell = PolicyRunner.of(opening(ladder(insistent(A), insistent(B, after=30))), _first_only)
    shell.run_to(at(14))
    assert rings(shell) == [(0, A), (5, A), (5, B), (10, A)]


def _first_only(demand: Demand) -> Fate:
    return Fate("rejected") if isinstance(demand.effect, Page) and demand.duty == "repeat/1/alice" else Fate()


def test_while_one_page_hangs_whoever_was_reached_is_rung_again() -> None:
    shell = PolicyRunner.of(opening(ladder(insistent(A), insistent(B, after=10))), fates(bob=NEVER))
    shell.run_to(at(14))
    assert rings(shell) == [(0, A), (5, A), (10, B), (12, A)]
    shell.run_to(at(60))
    alice = [when for when, who in rings(shell) if who == A]
    assert max(later - earlier for earlier, later in pairwise(alice)) <= 10


def test_a_ring_that_hangs_is_begun_once_and_withdrawn_with_the_answer() -> None:
    shell = PolicyRunner.of(opening(LONG), lambda demand: NEVER if demand.duty.startswith("repeat/") else Fate())
    shell.run_to(at(29))
    assert rings(shell) == [(0, A), (5, A), (10, A)]
    shell.happens(29, Acknowledged(by="Dave"))
    assert not [key for key in shell.flying if key.startswith("repeat")]


def test_a_ring_of_before_the_raise_is_withdrawn() -> None:
    sev2 = severity(insistent(A), insistent(B, after=60))
    book = runbook({"sev1": severity(insistent(A)), "sev2": sev2})
    shell = PolicyRunner.of(
        opening(book, severity="sev2"), lambda demand: NEVER if demand.duty.startswith("repeat/") else Fate()
    )
    shell.run_to(at(31))
    assert [key for key in shell.flying if key.startswith("repeat")]
    shell.happens(31, SeverityChanged(by="x", via="alerts", severity="sev1"))
    assert not [key for key in shell.flying if key.startswith("repeat")]
    assert rings(shell)[-1] == (31, A)


def test_held_pages_stay_held() -> None:
    quiet = {"quiet_hours": {"begin": "09:12", "end": "12:00"}}
    simulation = opened(runbook(severity(insistent(A), hold="quiet-hours"), calendar=quiet))
    simulation.run_to(at(189))
    assert pages(simulation) == [(0, A), (5, A), (10, A), (180, A), (185, A)]


def test_in_an_emergency_everybody_is_called_every_few_minutes() -> None:
    book = runbook(severity(insistent(A), insistent(B, after=30), within=60), emergency=Condition(flags=("security",)))
    simulation = opened(book, flags=("security",))
    simulation.run_to(at(9))
    assert pages(simulation) == [(0, A), (0, B), (5, A), (5, B)]


def test_whoever_was_called_by_hand_is_not_called_again_at_once() -> None:
    simulation = opened(LONG)
    happens(simulation, 9, Escalated(by="Dave", to=A))
    simulation.run_to(at(15))
    assert pages(simulation) == [(0, A), (5, A), (9, A), (14, A)]


def test_a_call_of_before_the_raise_that_is_given_up_later_keeps_nobody_in_peace() -> None:
    level = severity(insistent(A), insistent(B, after=60))
    book = runbook({"sev1": level, "sev2": level})
    by_hand = Fate("undelivered", after=minutes(30))
    shell = PolicyRunner.of(
        opening(book, severity="sev2"), lambda demand: by_hand if demand.duty.startswith("call/") else Fate()
    )
    shell.happens(1, Escalated(by="Dave", to=A))
    shell.happens(21, SeverityChanged(by="x", via="alerts", severity="sev1"))
    shell.run_to(at(35))
    assert [ring for ring in rings(shell) if ring[0] > 20] == every(5, A, of=21, to=35)


def test_where_there_are_no_business_days_a_target_of_one_is_no_target() -> None:
    holidays = [(at(0) + timedelta(days=day)).date() for day in range(-1, 40)]
    book = runbook(severity(insistent(A), acknowledge={"within": "next-business-day"}), calendar={"holidays": holidays})
    simulation = opened(book)
    simulation.run_to(at(11))
    assert pages(simulation) == every(5, A, of=0, to=10)


class TestHoles:
    """A ladder whose first tiers all have a condition, of which none holds."""

    TEAMS = ladder(
        Tier(page=(A,), when=Condition(labels={"team": "payments"})),
        Tier(page=(B,), when=Condition(labels={"team": "platform"})),
        insistent(C, after=15),
        insistent("dave", after=30),
    )

    def test_the_first_tier_that_has_anybody_is_called_at_once(self) -> None:
        simulation = opened(self.TEAMS)
        simulation.run_to(at(31))
        assert [ring for ring in pages(simulation) if ring[0] in (0, 15, 30)] == [(0, C), (15, C), (30, "dave")]

    def test_and_it_is_said_aloud(self) -> None:
        simulation = opened(self.TEAMS)
        ((when, demand),) = sends(simulation, "gap")
        assert when == 0
        assert post(demand).to.channel == simulation.book.home
        assert demand.reason == (
            "no tier of SEV-1 that comes first calls anybody for this incident, so tier 3 is called at once"
        )
        assert said(
            simulation.incident, "paged Carol: SEV-1 declared: no tier before it calls anybody for this incident"
        )
        simulation.run_to(at(100))
        assert times(simulation, "gap") == [0]

    def test_nothing_of_it_where_one_applies(self) -> None:
        simulation = opened(self.TEAMS, labels={"team": "platform"})
        simulation.run_to(at(4))
        assert pages(simulation) == [(0, B)]
        assert times(simulation, "gap") == []

    def test_where_no_tier_applies_at_all_the_first_is_called(self) -> None:
        flagged = ladder(insistent(A, after=10, flags=("security",)), insistent(B, after=20, flags=("security",)))
        simulation = opened(flagged)
        assert pages(simulation) == [(0, A)]
        assert times(simulation, "gap") == [0]

    def test_nor_where_nobody_is_on_those_that_do(self) -> None:
        simulation = opened(ladder(Tier(roles=("scribe",)), insistent(A, after=10, flags=("security",))))
        assert pages(simulation) == [(0, A)]
        assert times(simulation, "gap") == [0]

    def test_when_one_comes_to_apply_it_is_called_as_well(self) -> None:
        book = ladder(insistent(A, flags=("security",)), insistent(B, after=15))
        simulation = opened(book)
        happens(simulation, 3, FlagChanged(flag="security"))
        assert pages(simulation) == [(0, B), (3, A)]

    def test_who_is_called_in_the_place_of_others_is_called_again_although_it_says_once(self) -> None:
        payments = Tier(page=(A,), when=Condition(labels={"team": "payments"}))
        simulation = opened(ladder(payments, Tier(page=(B,), after="5m", once=True), insistent(C, after=15)))
        simulation.run_to(at(14))
        assert pages(simulation) == [(0, B), (5, B), (10, B)]

    def test_what_comes_to_apply_and_was_called_already_keeps_its_times(self) -> None:
        payments = Tier(roles=("scribe",), when=Condition(labels={"team": "payments"}))
        simulation = opened(ladder(payments, tier(B, after=10, flags=("security",))))
        happens(simulation, 7, FlagChanged(flag="security"))
        simulation.run_to(at(21))
        assert pages(simulation) == every(5, B, of=0, to=20)

    def test_a_ladder_that_begins_late_begins_late(self) -> None:
        simulation = opened(ladder(insistent(A, after=10), insistent(B, after=12, flags=("security",))))
        simulation.run_to(at(11))
        assert pages(simulation) == [(10, A)]


def test_the_state_stays_small() -> None:
    simulation = opened(ladder(insistent(A), insistent(B, after=60 * 24), within=1))
    simulation.happen(alerts(alert()))
    simulation.run_to(at(60 * 23))
    assert len(pages(simulation)) == 60 * 23 + 1
    assert len(simulation.incident.model_dump_json()) < 100_000
