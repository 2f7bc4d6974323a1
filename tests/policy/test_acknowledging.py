"""An acknowledgement: where it may come from, what it hushes at the pager, and how long it counts."""

from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from tests.policy.builders import (
    at,
    happens,
    ladder,
    lines,
    minutes,
    opened,
    opening,
    pages,
    post,
    said,
    sends,
    tier,
    times,
)
from tests.policy.shell import NEVER, REJECTED, Fate, PolicyRunner, begun, fates, rings
from tocsin.view.incident import whole
from workflows.policy.effects.effects import Annotate, SyncPager
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    Escalated,
    Event,
    FlagChanged,
    HandedOff,
    Mitigated,
    Noted,
    Reopened,
    Resolved,
    RoleAssigned,
    SeverityChanged,
    Snoozed,
    Unacknowledged,
    UpdatePosted,
)
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.plan_view import as_markdown, plan_view
from workflows.policy.views.results import Status

TWO = ladder(tier("alice"), tier("bob", after=10))
EXPIRES = ladder(tier("alice"), tier("bob", after=10), expires_after=60)
FOREVER = ladder(tier("alice"), tier("bob", after=10, unless="resolved"))
LASTING = ladder(tier("alice"), tier("bob", after=10, unless="resolved"), expires_after=60)


def key_of(simulation: Simulation, duty: str) -> str:
    return simulation.incident.vendor_key(duty)


def syncs(simulation: Simulation) -> list[tuple[str, str]]:
    return [
        (d.effect.ring.rpartition("k7/")[2].removeprefix("simulation/preview/"), d.effect.become)
        for _, d in simulation.sent
        if isinstance(d.effect, SyncPager)
    ]


class TestAtThePager:
    def test_every_ring_is_acknowledged_there_and_told_by_whom(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 11, Acknowledged(by="Alice"))
        assert syncs(simulation) == [("escalate/1/alice/1", "acknowledged"), ("escalate/2/bob/1", "acknowledged")]
        noted = {d.effect.to for _, d in simulation.sent if isinstance(d.effect, Annotate)}
        assert noted == {"alice", "bob"}

    def test_a_ring_that_was_acknowledged_there_is_not_acknowledged_again(self) -> None:
        simulation = opened(TWO)
        simulation.run_to(at(11))
        happens(simulation, 12, Acknowledged(by="Bob", ring=key_of(simulation, "escalate/2/bob/1"), via="pagerduty"))
        assert syncs(simulation) == [("escalate/1/alice/1", "acknowledged")]

    @pytest.mark.parametrize("via", ["link", "slack"])
    def test_a_ring_that_was_answered_beside_its_pager_is_acknowledged_there(self, via: str) -> None:
        """By the page's link, or by its button in Slack: until it is told, PagerDuty goes on ringing them."""
        simulation = opened(TWO)
        simulation.run_to(at(11))
        happens(simulation, 12, Acknowledged(by="Bob", ring=key_of(simulation, "escalate/2/bob/1"), via=via))
        assert syncs(simulation) == [("escalate/1/alice/1", "acknowledged"), ("escalate/2/bob/1", "acknowledged")]

    def test_what_was_acknowledged_there_before_is_left_alone_by_the_next_acknowledgement(self) -> None:
        simulation = opened(EXPIRES)
        happens(simulation, 11, Acknowledged(by="Alice"))
        happens(simulation, 72, Acknowledged(by="Alice"))
        rung = ["escalate/1/alice/1", "escalate/2/bob/1", "escalate/1/alice/2"]
        assert syncs(simulation) == [(key, "acknowledged") for key in rung]

    def test_every_ring_is_resolved_there(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 11, Resolved())
        assert syncs(simulation) == [("escalate/1/alice/1", "resolved"), ("escalate/2/bob/1", "resolved")]
        assert simulation.incident.rings == {}

    def test_cancelling_resolves_them_too(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 1, Cancelled())
        assert syncs(simulation) == [("escalate/1/alice/1", "resolved")]

    def test_what_rings_in_spite_of_the_acknowledgement_keeps_ringing_until_the_end(self) -> None:
        simulation = opened(LASTING)
        happens(simulation, 5, Acknowledged())
        simulation.run_to(at(60))
        assert syncs(simulation) == [("escalate/1/alice/1", "acknowledged")]
        happens(simulation, 61, Resolved())
        assert syncs(simulation)[1:] == [("escalate/1/alice/1", "resolved"), ("escalate/2/bob/1", "resolved")]

    def test_a_delayed_acknowledgement_also_hushes_what_rang_meanwhile(self) -> None:
        """PagerDuty redelivers for hours: the event bears the time of the press, and Bob was rung after it."""
        simulation = opened(TWO)
        simulation.run_to(at(12))
        simulation.happen(Acknowledged(at=at(5), by="Alice", ring=key_of(simulation, "escalate/1/alice/1")))
        assert syncs(simulation) == [("escalate/2/bob/1", "acknowledged")]

    def test_a_page_in_flight_is_withdrawn_first_and_hushed_after(self) -> None:
        """A trigger that arrives after the acknowledgement would ring again."""
        shell = PolicyRunner.of(opening(TWO), fates(alice=NEVER))
        shell.happens(1, Acknowledged())
        order = [s.demand.key for s in shell.landed if s.demand.key.startswith(("escalate", "hush"))]
        assert order == ["escalate/1/alice/1", "hush/acknowledged/escalate/1/alice/1/1"]
        assert said(shell.incident, "withdrew the page to Alice")

    def test_a_hush_that_fails_is_said_and_not_repeated(self) -> None:
        simulation = opened(TWO, {"hush/acknowledged/escalate/1/alice/1": "rejected"})
        happens(simulation, 1, Acknowledged())
        simulation.run_to(at(600))
        told = post(sends(simulation, "tell/incident")[-1][1])
        assert said(simulation.incident, "could not mark Alice's page as acknowledged: simulated. At the pager it is")
        assert told.to.thread == "declaration/1"
        assert len(syncs(simulation)) == 1

    def test_a_hush_that_is_no_longer_wanted_is_no_failure(self) -> None:
        shell = PolicyRunner.of(opening(TWO), lambda d: NEVER if d.duty.startswith("hush/ack") else Fate())
        shell.happens(1, Acknowledged())
        shell.happens(2, Resolved())
        assert not said(shell.incident, "could not mark")
        assert begun(shell, "hush/resolved") == [2]

    def test_a_ring_that_the_reopening_overtook_is_superseded_by_the_next(self) -> None:
        """The resolution never reached the pager, so that alert still stands open there."""
        shell = PolicyRunner.of(opening(TWO), lambda d: NEVER if d.duty.startswith("hush/") else Fate())
        shell.happens(1, Resolved())
        shell.happens(2, Reopened())
        page = next(d.effect for _, d in shell.begun if d.key == "escalate/1/alice/2")
        assert page.kind == "page"
        assert page.supersedes == (shell.incident.vendor_key("escalate/1/alice/1"),)


class TestFromThePager:
    def test_a_press_on_an_older_ring_counts(self) -> None:
        simulation = opened(ladder(tier("alice")))
        retired = key_of(simulation, "escalate/1/alice/1")
        simulation.run_to(at(6))
        assert retired not in simulation.incident.rings
        simulation.happen(Acknowledged(by="Alice", ring=retired, via="pagerduty"))
        simulation.run_to(at(60))
        assert pages(simulation) == [(0, "alice"), (5, "alice")]

    def test_resolving_an_older_ring_does_not(self) -> None:
        """We resolve it ourselves before we ring again: its echo must not end the incident."""
        simulation = opened(ladder(tier("alice")))
        retired = key_of(simulation, "escalate/1/alice/1")
        simulation.run_to(at(6))
        simulation.happen(Resolved(ring=retired, via="pagerduty"))
        assert not simulation.incident.resolved

    def test_resolving_the_present_ring_does(self) -> None:
        simulation = opened(TWO)
        simulation.happen(Resolved(by="Alice", ring=key_of(simulation, "escalate/1/alice/1"), via="pagerduty"))
        assert simulation.incident.resolved_by == "Alice"
        assert syncs(simulation) == []

    def test_the_echo_of_our_own_hush_is_no_sign_of_life(self) -> None:
        simulation = opened(EXPIRES)
        happens(simulation, 11, Acknowledged(by="Alice"))
        happens(simulation, 13, Acknowledged(by="Tocsin", ring=key_of(simulation, "escalate/2/bob/1")))
        assert simulation.incident.alive_at == at(11)

    def test_not_even_when_it_comes_before_the_pager_has_answered_us(self) -> None:
        shell = PolicyRunner.of(opening(EXPIRES), lambda d: NEVER if d.duty.startswith("hush/") else Fate())
        shell.happens(5, Acknowledged(by="Alice"))
        shell.happens(6, Acknowledged(by="Tocsin", ring=shell.incident.vendor_key("escalate/1/alice/1")))
        assert shell.incident.alive_at == at(5)

    def test_a_second_person_who_acknowledges_is_a_sign_of_life(self) -> None:
        simulation = opened(LASTING)
        happens(simulation, 5, Acknowledged(by="Alice"))
        happens(simulation, 15, Acknowledged(by="Bob", ring=key_of(simulation, "escalate/2/bob/1"), via="pagerduty"))
        assert simulation.incident.alive_at == at(15)
        assert simulation.incident.acknowledged_by == "Alice"
        assert said(simulation.incident, "Bob acknowledged as well through pagerduty")

    def test_a_press_on_a_hushed_ring_counts_once_the_acknowledgement_has_expired(self) -> None:
        simulation = opened(EXPIRES)
        happens(simulation, 11, Acknowledged(by="Alice"))
        simulation.run_to(at(72))
        simulation.happen(Acknowledged(by="Bob", ring=key_of(simulation, "escalate/2/bob/1"), via="pagerduty"))
        simulation.run_to(at(90))
        assert simulation.incident.acknowledged_by == "Bob"
        assert pages(simulation) == [(0, "alice"), (10, "bob"), (71, "alice")]

    def test_a_pager_whose_clock_is_behind_ours_is_believed(self) -> None:
        simulation = opened(TWO)
        simulation.happen(Acknowledged(at=at(-1), by="Alice", ring=key_of(simulation, "escalate/1/alice/1")))
        assert simulation.incident.acknowledged_at == at(0)

    def test_an_acknowledgement_from_before_the_reopening_changes_nothing(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 2, Resolved())
        happens(simulation, 9, Reopened())
        happens(simulation, 10, Acknowledged(at=at(1), by="Alice"))
        assert simulation.incident.acknowledged_at is None
        assert said(simulation.incident, "Alice acknowledged, too late to change anything")

    def test_one_for_a_ring_of_the_opening_before_comes_too_late_also_while_that_ring_is_known(self) -> None:
        shell = self.reopened_before_the_pager_was_told()
        shell.happens(9.5, Acknowledged(at=at(7), by="Bob", ring=shell.incident.vendor_key("escalate/2/bob/1")))
        assert shell.incident.acknowledged_at is None
        assert said(shell.incident, "Bob acknowledged, too late to change anything")

    def test_resolving_a_ring_of_the_opening_before_does_not_resolve_this_one(self) -> None:
        shell = self.reopened_before_the_pager_was_told()
        shell.happens(9.5, Resolved(at=at(7), by="Bob", ring=shell.incident.vendor_key("escalate/2/bob/1")))
        assert not shell.incident.resolved
        assert said(shell.incident, "an older ring was resolved: the incident stays open")

    def reopened_before_the_pager_was_told(self) -> PolicyRunner:
        shell = PolicyRunner.of(opening(ladder(tier("alice"), tier("bob", after=5))), fates(hush=NEVER))
        shell.happens(8, Resolved())
        shell.happens(9, Reopened())
        return shell

    @pytest.mark.parametrize("event", [Acknowledged(by="Bob"), Resolved(by="Bob")], ids=["acknowledged", "resolved"])
    def test_a_page_of_an_incident_before_this_one_says_nothing_about_this_one(self, event: Event) -> None:
        """The alerts of one group always find the same workflow id, incident after incident."""
        simulation = opened(TWO)
        ring = f"{simulation.incident.workflow_id}/20260101-0000-old/escalate/1/alice/1"
        happens(simulation, 1, event.model_copy(update={"ring": ring}))
        assert simulation.incident.acknowledged_at is None
        assert not simulation.incident.resolved
        assert said(simulation.incident, "a page of an incident before this one")


class TestWhatRingsInSpiteOfIt:
    """A tier that only the resolution stops, and a call by hand."""

    def test_a_page_that_is_on_its_way_is_not_hushed(self) -> None:
        shell = PolicyRunner.of(
            opening(LASTING), lambda d: Fate(after=minutes(1)) if d.duty.endswith("bob") else Fate()
        )
        shell.happens(10.5, Acknowledged(by="Alice"))
        shell.run_to(at(30))
        assert shell.incident.rings[shell.incident.vendor_key("escalate/2/bob/1")].state == "ringing"
        assert begun(shell, "hush/acknowledged/escalate/2") == []

    def test_nor_is_one_that_somebody_asked_for(self) -> None:
        shell = PolicyRunner.of(opening(TWO), lambda d: Fate(after=minutes(1)) if d.duty.startswith("call") else Fate())
        shell.happens(1, Escalated(to="carol", by="Dave"))
        shell.happens(1.5, Acknowledged(by="Alice"))
        shell.run_to(at(9))
        assert rings(shell) == [(0, "alice"), (1, "carol")]
        assert begun(shell, "hush/acknowledged/call") == []

    def test_what_had_got_through_before_is_hushed_all_the_same(self) -> None:
        simulation = opened(LASTING)
        happens(simulation, 11, Acknowledged(by="Alice"))
        assert syncs(simulation) == [("escalate/1/alice/1", "acknowledged"), ("escalate/2/bob/1", "acknowledged")]

    @pytest.mark.parametrize(
        ("fate", "again"),
        [(Fate("undelivered", minutes(30)), 10 + 30 + 5), (REJECTED, 10 + 5)],
        ids=["undelivered", "rejected"],
    )
    def test_a_page_that_did_not_get_through_is_tried_again_after_the_pause_between_rounds(
        self, fate: Fate, again: float
    ) -> None:
        shell = PolicyRunner.of(opening(FOREVER), lambda d: fate if d.key == "escalate/2/bob/1" else Fate())
        shell.happens(5, Acknowledged(by="Alice"))
        shell.run_to(at(600))
        assert rings(shell) == [(0, "alice"), (10, "bob"), (again, "bob")]
        reason = next(d.reason for _, d in shell.begun if d.key == "escalate/2/bob/2")
        assert reason == "the page before this one did not get through"

    def test_and_again_until_it_does(self) -> None:
        shell = PolicyRunner.of(opening(FOREVER), fates(bob=REJECTED))
        shell.happens(5, Acknowledged(by="Alice"))
        shell.run_to(at(26))
        assert rings(shell) == [(0, "alice"), (10, "bob"), (15, "bob"), (20, "bob"), (25, "bob")]

    def test_of_a_tier_only_those_who_were_not_reached(self) -> None:
        book = ladder(tier("alice"), tier("bob", "carol", after=10, unless="resolved"))
        shell = PolicyRunner.of(opening(book), fates(bob=REJECTED))
        shell.happens(5, Acknowledged(by="Alice"))
        shell.run_to(at(21))
        assert rings(shell) == [(0, "alice"), (10, "bob"), (10, "carol"), (15, "bob"), (20, "bob")]

    def test_so_is_a_call_by_hand(self) -> None:
        shell = PolicyRunner.of(opening(TWO), lambda d: REJECTED if d.key == "call/carol/1" else Fate())
        shell.happens(1, Acknowledged(by="Alice"))
        shell.happens(2, Escalated(to="carol", by="Dave"))
        shell.run_to(at(600))
        assert rings(shell) == [(0, "alice"), (2, "carol"), (7, "carol")]

    def test_a_new_call_is_no_repeat_of_the_last(self) -> None:
        shell = PolicyRunner.of(opening(TWO), fates(carol=REJECTED))
        shell.happens(1, Acknowledged(by="Alice"))
        shell.happens(2, Escalated(to="carol", by="Dave"))
        shell.run_to(at(8))
        shell.happens(9, Escalated(to="carol", by="Dave"))
        assert rings(shell)[1:] == [(2, "carol"), (7, "carol"), (9, "carol")]

    def test_the_round_after_the_acknowledgement_has_expired_is_a_round_of_its_own(self) -> None:
        shell = PolicyRunner.of(opening(LASTING), fates(bob=Fate("undelivered", minutes(30))))
        shell.happens(5, Acknowledged(by="Alice"))
        shell.run_to(at(76))
        assert rings(shell) == [(0, "alice"), (10, "bob"), (45, "bob"), (65, "alice"), (75, "bob")]


SIGNS_OF_LIFE = [
    Acknowledged(), Noted(text="looking"), Escalated(to="bob"), FlagChanged(flag="security"),
    RoleAssigned(role="commander", person="alice"), HandedOff(to="bob"), UpdatePosted(text="we know more"),
    Mitigated(), Snoozed.model_validate({"duration": "1h"}), SeverityChanged(severity="sev2"),
]  # fmt: skip


@pytest.mark.parametrize("event", SIGNS_OF_LIFE, ids=lambda event: event.kind)
def test_a_sign_of_life_prolongs_the_acknowledgement(event: Event) -> None:
    simulation = opened(EXPIRES)
    happens(simulation, 5, Acknowledged())
    happens(simulation, 60, event)
    simulation.run_to(at(119))
    assert times(simulation, "escalate/1/alice") == [0]
    simulation.run_to(at(120))
    assert times(simulation, "escalate/1/alice") == [0, 120]


def test_a_sign_of_life_that_arrives_late_does_not_shorten_the_acknowledgement() -> None:
    simulation = opened(EXPIRES)
    happens(simulation, 5, Acknowledged())
    happens(simulation, 50, Noted(text="looking"))
    happens(simulation, 51, Noted(text="looked", at=at(10)))
    simulation.run_to(at(109))
    assert times(simulation, "escalate/1/alice") == [0]


@pytest.mark.parametrize("event", SIGNS_OF_LIFE[1:], ids=lambda event: event.kind)
def test_only_an_acknowledgement_renews_one_that_has_expired(event: Event) -> None:
    """A bystander's note must not silence a ladder that is ringing for want of an answer."""
    simulation = opened(ladder(tier("alice"), tier("carol", after=20), expires_after=60))
    happens(simulation, 5, Acknowledged())
    happens(simulation, 66, event)
    simulation.run_to(at(85))
    assert times(simulation, "escalate/2/carol") == [85]


def test_an_acknowledgement_says_how_long_it_took_and_through_what() -> None:
    simulation = opened(TWO)
    happens(simulation, 7, Acknowledged(by="Alice", via="pagerduty"))
    assert said(simulation.incident, "Alice acknowledged through pagerduty, 7m after declaration")
    assert lines(simulation.incident)[0] == "declared SEV-1: Checkout fails"
    assert sends(simulation, "hush/acknowledged/escalate/1/alice/1")[0][1].reason == "acknowledged by Alice"


def test_the_plan_is_looked_at_again_when_an_acknowledgement_expires_though_nothing_is_due_then() -> None:
    book = ladder(tier("alice"), acknowledge={"expires_after": "10m"}, repeat_after="30m")
    simulation = opened(book)
    simulation.happen(Acknowledged(by="Alice"))
    simulation.run_to(at(1))
    assert simulation.plan().wake_at == at(10)
    assert [later.due_at for later in simulation.plan().next] == [at(30)]  # she was rung a moment ago


class TestTakenBack:
    """The pager counts nobody as being on it any more, for one reason or another."""

    def acknowledged(self) -> Simulation:
        simulation = opened(TWO)
        happens(simulation, 2, Acknowledged(by="Alice", ring=key_of(simulation, "escalate/1/alice/1")))
        return simulation

    def taken_back(self, simulation: Simulation, minutes: float, **fields: str) -> None:
        happens(simulation, minutes, Unacknowledged(by="PagerDuty", via="pagerduty", **fields))

    def test_the_ladder_begins_again_at_once(self) -> None:
        simulation = self.acknowledged()
        self.taken_back(simulation, 30, ring=key_of(simulation, "escalate/1/alice/1"))
        simulation.run_to(at(41))
        assert pages(simulation) == [(0, "alice"), (30, "alice"), (40, "bob")]
        assert simulation.incident.acknowledged_at is None
        reason = sends(simulation, "escalate/1/alice")[1][1].reason
        assert reason == "the acknowledgement was taken back: round 2 of the ladder, tier 1"
        assert said(simulation.incident, "Alice's acknowledgement was taken back through pagerduty by PagerDuty")

    def test_somebody_may_acknowledge_again(self) -> None:
        simulation = self.acknowledged()
        self.taken_back(simulation, 30)
        happens(simulation, 31, Acknowledged(by="Bob"))
        simulation.run_to(at(60))
        assert pages(simulation) == [(0, "alice"), (30, "alice")]

    @pytest.mark.parametrize("ring", ["", "incident-1/20260101-0000-old/escalate/1/alice/1"])
    def test_what_nobody_had_acknowledged_goes_on_as_it_was(self, ring: str) -> None:
        simulation = opened(TWO)
        self.taken_back(simulation, 5, ring=ring)
        simulation.run_to(at(11))
        assert pages(simulation) == [(0, "alice"), (10, "bob")]

    def test_an_older_ring_takes_nothing_back(self) -> None:
        simulation = self.acknowledged()
        self.taken_back(simulation, 30, ring=f"{simulation.incident.workflow_id}/20260101-0000-old/escalate/1/alice/1")
        simulation.run_to(at(41))
        assert pages(simulation) == [(0, "alice")]

    def test_nor_after_the_end(self) -> None:
        simulation = self.acknowledged()
        happens(simulation, 5, Resolved(by="Alice"))
        self.taken_back(simulation, 6)
        simulation.run_to(at(10))
        assert pages(simulation) == [(0, "alice")]


class TestWhenItWas:
    """An acknowledgement is of what it acknowledges: clocks differ, and webhooks come late."""

    def test_of_others_incident_before_we_heard_of_it_counts(self) -> None:
        simulation = opened(TWO, detected_at=at(-30))
        simulation.happen(Acknowledged(at=at(-25), by="Ada", via="pagerduty"))
        assert simulation.incident.acknowledged_at == at(0)

    def test_of_others_incident_before_this_one_does_not(self) -> None:
        simulation = opened(TWO, detected_at=at(-30))
        simulation.happen(Acknowledged(at=at(-31), by="Ada", via="pagerduty"))
        assert simulation.incident.acknowledged_at is None

    def test_of_a_ring_that_is_not_known_any_more_counts_by_its_round(self) -> None:
        simulation = opened(TWO)
        simulation.run_to(at(20))
        gone = simulation.incident.vendor_key("escalate/1/nobody/1")
        simulation.happen(Acknowledged(at=at(-1), by="Alice", ring=gone))
        assert simulation.incident.acknowledged_at is not None

    def test_of_a_ring_of_the_opening_before_does_not_whatever_its_time(self) -> None:
        simulation = opened(TWO)
        gone = simulation.incident.vendor_key("escalate/1/nobody/1")
        happens(simulation, 2, Resolved())
        happens(simulation, 9, Reopened())
        happens(simulation, 10, Acknowledged(by="Alice", ring=gone))
        assert simulation.incident.acknowledged_at is None

    def test_what_nobody_did_prolongs_no_acknowledgement(self) -> None:
        simulation = opened(TWO)
        happens(simulation, 1, Acknowledged(by="Alice"))
        happens(simulation, 5, Noted(by="PagerDuty", text="escalated", automatic=True))
        assert simulation.incident.alive_at == at(1)
        happens(simulation, 6, Noted(by="Alice", text="looking"))
        assert simulation.incident.alive_at == at(6)


def test_of_several_rings_of_one_person_the_last_is_annotated() -> None:
    """The first may have rung too: it was given up after the second had."""
    slow = Fate("undelivered", after=minutes(3))
    shell = PolicyRunner.of(opening(ladder(tier("alice"))), lambda d: slow if d.key == "escalate/1/alice/1" else Fate())
    shell.happens(1, Escalated(by="Dave", to="alice"))
    shell.happens(3.5, Acknowledged(by="Bob"))
    noted = [d.effect.ring for _, d in shell.begun if isinstance(d.effect, Annotate)]
    assert noted == [shell.incident.vendor_key("call/alice/1")]


@pytest.mark.parametrize(("minute", "expected"), [(30, False), (62, True)])
def test_who_looks_sees_that_an_acknowledgement_has_lapsed(minute: int, expected: bool) -> None:
    simulation = opened(EXPIRES)
    happens(simulation, 1, Acknowledged(by="Alice"))
    simulation.run_to(at(minute))
    incident = simulation.incident
    view = plan_view(EXPIRES, incident, simulation.plan(), simulation.now, 1, set())
    assert ("lapsed at" in as_markdown(EXPIRES, incident, view)) is expected
    console = Console(file=(screen := StringIO()), width=80)
    console.print(whole(Status(incident=incident, verification=timedelta()), view))
    assert ("lapsed at" in screen.getvalue()) is expected
