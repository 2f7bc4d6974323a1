"""After hours without a worker (rule 7): what is overdue happens once, in order, and says how late it is."""

from tests.policy.builders import at, ladder, opening, page, runbook, said, severity, tier
from tests.policy.shell import DONE, NEVER, PolicyRunner, begun, fates, rings
from workflows.policy.incident.events import Acknowledged, Resolved

THREE = ladder(tier("alice"), tier("bob", after=10), tier("carol", after=30))


def test_every_overdue_tier_is_paged_once_and_in_order() -> None:
    shell = PolicyRunner.of(opening(THREE), lambda _: DONE)
    shell.sleep_to(at(200))
    shell.turn()
    assert rings(shell) == [(0, "alice"), (200, "bob"), (200, "carol")]


def test_the_next_round_counts_from_when_the_late_pages_went_out() -> None:
    shell = PolicyRunner.of(opening(THREE), lambda _: DONE)
    shell.sleep_to(at(200))
    shell.turn()
    shell.run_to(at(210))
    assert rings(shell)[3:] == [(205, "alice")]


def test_a_page_that_is_a_little_late_does_not_move_what_follows() -> None:
    shell = PolicyRunner.of(opening(ladder(tier("alice"), tier("bob", after=10))), lambda _: DONE)
    shell.sleep_to(at(10.5))
    shell.turn()
    shell.run_to(at(15))
    assert rings(shell) == [(0, "alice"), (10.5, "bob"), (15, "alice")]


def test_the_channel_is_told_how_late_a_page_was() -> None:
    shell = PolicyRunner.of(opening(THREE), lambda _: DONE)
    shell.sleep_to(at(52))
    shell.turn()
    assert said(shell.incident, "paged Bob: not acknowledged within 10m (42m late)")


def test_missed_updates_and_nags_collapse_into_one() -> None:
    demanding = runbook(
        severity(tier("alice"), updates={"every": "15m", "owner": "communications"}, roles=["commander"])
    )
    shell = PolicyRunner.of(opening(demanding), lambda _: DONE)
    shell.sleep_to(at(200))
    shell.turn()
    assert begun(shell, "update/") == [200]
    assert begun(shell, "nag/roles") == [200]
    shell.run_to(at(216))
    assert begun(shell, "update/") == [200, 210]
    assert begun(shell, "nag/roles") == [200, 205, 215]


def test_what_arrived_meanwhile_is_heard_before_anybody_is_paged() -> None:
    shell = PolicyRunner.of(opening(THREE), lambda _: DONE)
    shell.sleep_to(at(200))
    shell.happens(200, Acknowledged())
    assert rings(shell) == [(0, "alice")]


def test_a_send_that_a_dead_worker_left_behind_is_begun_again_with_the_same_key() -> None:
    shell = PolicyRunner.of(opening(THREE), fates(alice=NEVER))
    shell.restart()
    first, again = (d for _, d in shell.begun if d.duty == "escalate/1/alice")
    assert first.key == again.key
    assert shell.incident.started[first.key].started_at == at(0)
    assert page(again).supersedes == ()


def test_a_send_that_a_dead_worker_left_behind_is_not_begun_again_when_nobody_wants_it() -> None:
    shell = PolicyRunner.of(opening(THREE), fates(alice=NEVER))
    shell.sleep_to(at(1))
    shell.happens(1, Resolved())
    assert rings(shell) == [(0, "alice")]
    assert shell.incident.started == {}


def test_but_as_it_may_have_rung_it_is_hushed() -> None:
    shell = PolicyRunner.of(opening(THREE), fates(alice=NEVER))
    shell.sleep_to(at(1))
    shell.happens(1, Resolved())
    assert begun(shell, "hush/resolved/escalate/1/alice/1") == [1]


def test_nor_is_its_person_asked_elsewhere_when_somebody_has_answered() -> None:
    shell = PolicyRunner.of(opening(THREE), fates(alice=NEVER))
    shell.sleep_to(at(5))
    shell.happens(5, Acknowledged())
    assert begun(shell, "fallback") == []
