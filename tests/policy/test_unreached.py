"""Nobody reached is never silent (rule 4): rejected, undelivered and hanging pages."""

from tests.policy.builders import (
    at,
    happens,
    ladder,
    minute,
    opened,
    opening,
    page,
    pages,
    post,
    said,
    sends,
    tier,
    times,
)
from tests.policy.shell import NEVER, REJECTED, Fate, PolicyRunner, begun, fates, rings
from workflows.policy.effects.effects import Page, SyncPager
from workflows.policy.incident.events import Acknowledged, Escalated, Resolved

TWO = ladder(tier("alice"), tier("bob", after=30))
TARGET = ladder(tier("alice"), tier("bob", after=30), within=5)


class TestRejected:
    def test_the_next_tier_is_paged_at_once(self) -> None:
        simulation = opened(TWO, {"alice": "rejected"})
        assert pages(simulation) == [(0, "alice"), (0, "bob")]

    def test_it_has_rung_nobody_so_there_is_nothing_to_hush(self) -> None:
        simulation = opened(TWO, {"alice": "rejected"})
        happens(simulation, 1, Resolved())
        assert times(simulation, "hush/resolved/escalate/1/alice/1") == []
        assert len(times(simulation, "hush/resolved/escalate/2/bob/1")) == 1

    def test_and_is_told_why(self) -> None:
        simulation = opened(TWO, {"alice": "rejected"})
        assert sends(simulation, "escalate/2/bob")[0][1].reason == "tier 1 reached nobody"

    def test_it_is_shouted_at_home_with_the_person_named(self) -> None:
        simulation = opened(TWO, {"alice": "rejected"})
        assert said(simulation.incident, "Alice could not be paged: simulated")
        shouted = [post(d) for _, d in sends(simulation, "tell/") if post(d).template == "unreached"]
        assert [(p.to.channel, p.mention) for p in shouted] == [("#incidents", ("alice",))]

    def test_somebody_else_of_the_tier_suffices(self) -> None:
        simulation = opened(ladder(tier("alice", "dave"), tier("bob", after=30)), {"alice": "rejected"})
        simulation.run_to(at(29))
        assert pages(simulation) == [(0, "alice"), (0, "dave")]

    def test_when_all_are_rejected_the_rounds_are_five_minutes_apart(self) -> None:
        simulation = opened(TWO, {"alice": "rejected", "bob": "rejected"})
        simulation.run_to(at(11))
        assert pages(simulation) == [(m, who) for m in (0, 5, 10) for who in ("alice", "bob")]

    def test_the_missed_target_does_not_ring_them_twice_in_one_breath(self) -> None:
        simulation = opened(TARGET, {"alice": "rejected", "bob": "rejected"})
        simulation.run_to(at(4))
        assert pages(simulation) == [(0, "alice"), (0, "bob")]

    def test_the_missed_target_does_not_delay_the_next_round(self) -> None:
        simulation = opened(ladder(tier("alice"), within=60), {"alice": "rejected"})
        simulation.run_to(at(6))
        assert pages(simulation) == [(0, "alice"), (5, "alice")]

    def test_a_page_for_the_missed_target_that_is_rejected_calls_the_next_tier_at_once(self) -> None:
        once = iter([Fate(), REJECTED])
        shell = PolicyRunner.of(opening(TARGET), lambda d: next(once) if _rings(d.effect, "alice") else Fate())
        shell.run_to(at(6))
        assert rings(shell) == [(0, "alice"), (5, "alice"), (5, "bob")]

    def test_a_route_that_rejected_twice_is_not_tried_again(self) -> None:
        simulation = opened(ladder(tier("alice")), {"alice": "rejected"})
        simulation.run_to(at(11))
        given_up = [page(demand).not_through for _, demand in sends(simulation, "escalate/1/alice")]
        assert given_up == [(), (), ("route",)]

    def test_until_somebody_escalates_by_hand(self) -> None:
        simulation = opened(ladder(tier("alice")), {"alice": "rejected"})
        happens(simulation, 11, Escalated(to="alice"))
        assert page(sends(simulation, "call/alice")[0][1]).not_through == ()
        simulation.run_to(at(15))
        assert page(sends(simulation, "escalate/1/alice")[-1][1]).not_through == ()

    def test_or_a_page_gets_through(self) -> None:
        answers = iter([REJECTED, Fate(), REJECTED, REJECTED, Fate()])
        shell = PolicyRunner.of(opening(ladder(tier("alice"))), lambda d: next(answers) if _rings(d.effect) else Fate())
        shell.run_to(at(21))
        given_up = [page(d).not_through for _, d in shell.begun if _rings(d.effect)]
        assert given_up == [(), (), (), (), ("route",)]


class TestHanging:
    """The pager does not answer: the page goes on trying, and the ladder does not wait for it."""

    def test_within_its_budget_nobody_else_is_called(self) -> None:
        shell = PolicyRunner.of(opening(TWO), fates(alice=NEVER))
        shell.run_to(at(1.9))
        assert rings(shell) == [(0, "alice")]

    def test_beyond_its_budget_the_next_tier_is_paged(self) -> None:
        shell = PolicyRunner.of(opening(TWO), fates(alice=NEVER))
        shell.run_to(at(2))
        assert rings(shell) == [(0, "alice"), (2, "bob")]
        reasons = [d.reason for _, d in shell.begun if _rings(d.effect, "bob")]
        assert reasons == ["tier 1 reached nobody"]

    def test_and_the_person_is_asked_for_where_they_may_read_it(self) -> None:
        shell = PolicyRunner.of(opening(TWO), fates(alice=NEVER))
        shell.run_to(at(2))
        ((when, fallback),) = [(w, d) for w, d in shell.begun if d.duty == "fallback/escalate/1/alice"]
        assert (minute(when), post(fallback).to.channel, post(fallback).mention) == (2, "#incidents", ("alice",))

    def test_while_it_goes_on_trying(self) -> None:
        shell = PolicyRunner.of(opening(TWO), fates(alice=NEVER))
        shell.run_to(at(60))
        assert "escalate/1/alice/1" in shell.flying
        assert rings(shell).count((0, "alice")) == 1
        assert [who for _, who in rings(shell)].count("alice") == 1

    def test_the_rounds_go_on_for_those_who_can_be_reached(self) -> None:
        shell = PolicyRunner.of(opening(TWO), fates(alice=NEVER))
        shell.run_to(at(13))
        assert rings(shell) == [(0, "alice"), (2, "bob"), (7, "bob"), (12, "bob")]

    def test_a_page_that_gets_through_within_its_budget_leaves_the_next_tier_its_time(self) -> None:
        shell = PolicyRunner.of(opening(TWO), fates(alice=Fate("done", after=at(1) - at(0))))
        shell.run_to(at(29))
        assert rings(shell) == [(0, "alice")]
        assert begun(shell, "fallback") == []

    def test_an_acknowledgement_withdraws_it(self) -> None:
        shell = PolicyRunner.of(opening(TWO), fates(alice=NEVER))
        shell.happens(1, Acknowledged())
        assert "escalate/1/alice/1" not in shell.flying

    def test_a_page_that_may_still_arrive_is_not_superseded_by_a_call_by_hand(self) -> None:
        """Otherwise it would ring after all, under a key that nobody hushes any more."""
        shell = PolicyRunner.of(opening(TWO), fates(alice=Fate("done", after=at(5) - at(0))))
        shell.happens(1, Escalated(to="alice"))
        assert _last_page(shell).supersedes == ()
        shell.run_to(at(7))
        shell.happens(8, Resolved())
        hushed = {d.effect.ring for _, d in shell.begun if isinstance(d.effect, SyncPager) and d.effect.to == "alice"}
        assert hushed == {shell.incident.vendor_key(key) for key in ("escalate/1/alice/1", "call/alice/1")}


class TestUndelivered:
    def test_given_up_at_last_it_is_said_and_the_next_round_tries_again(self) -> None:
        shell = PolicyRunner.of(opening(ladder(tier("alice"))), fates(alice=Fate("undelivered", after=at(30) - at(0))))
        shell.run_to(at(31))
        assert said(shell.incident, "Alice could not be paged: no route")
        assert rings(shell) == [(0, "alice"), (30, "alice")]

    def test_it_counts_as_no_rejection_of_the_route(self) -> None:
        simulation = opened(ladder(tier("alice")), {"alice": "undelivered"})
        simulation.run_to(at(20))
        assert {page(d).not_through for _, d in sends(simulation, "escalate/1/alice")} == {()}

    def test_it_may_have_rung_so_it_is_hushed_in_the_end(self) -> None:
        simulation = opened(TWO, {"alice": "undelivered"})
        happens(simulation, 1, Resolved())
        assert len(times(simulation, "hush/resolved/escalate/1/alice/1")) == 1


def _rings(effect: object, person: str = "alice") -> bool:
    return isinstance(effect, Page) and effect.to == person


def _last_page(shell: PolicyRunner) -> Page:
    return [d.effect for _, d in shell.begun if isinstance(d.effect, Page)][-1]
