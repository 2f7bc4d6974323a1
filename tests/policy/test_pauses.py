"""Nobody is rung twice for one reason: rungs that fall due together do not ring the same person together."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.policy import strategies as any_
from tests.policy.builders import at, declared, ladder, minute, minutes, opening, runbook, severity, tier
from tests.policy.shell import DONE, NEVER, REJECTED, Fate, PolicyRunner, fates, rings
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page
from workflows.policy.engine import plan
from workflows.policy.incident.events import Acknowledged, Reopened, Resolved
from workflows.policy.runbook.model import Runbook, Severity

TARGET = ladder(tier("alice"), tier("bob", after=30, unless="resolved"), within=5)


def after_hours_away(book: Runbook, hours: int = 3) -> PolicyRunner:
    """No worker from the first moment on."""
    shell = PolicyRunner(book, declared(book), fates(), now=at(60 * hours))
    shell.turn()
    return shell


class SlowPager(PolicyRunner):
    """What is sent to Alice in the first ten minutes gets through after ten minutes."""

    def _begin(self, demand: Demand) -> None:
        self.fate = lambda d: Fate("done", max(at(10) - self.now, timedelta())) if _rings(d, "alice") else DONE
        super()._begin(demand)


def _rings(demand: Demand, person: str) -> bool:
    return isinstance(demand.effect, Page) and demand.effect.to == person


def reached(shell: PolicyRunner, person: str) -> list[float]:
    """When this person's telephone rang."""
    done = {s.demand.key: s for s in shell.landed if _rings(s.demand, person) and s.outcome == "done"}
    return sorted(minute(settled.demand.due_at + settled.late) for settled in done.values())


def test_after_an_outage_the_first_tier_is_called_once_and_again_when_its_target_is_missed_again() -> None:
    shell = after_hours_away(TARGET)
    assert rings(shell) == [(180, "alice"), (180, "bob")]
    shell.run_to(at(191))
    assert rings(shell)[2:] == [(185, "alice"), (190, "alice")]


def test_who_stands_on_two_tiers_is_called_for_the_first_and_later_for_the_second() -> None:
    shell = after_hours_away(ladder(tier("alice"), tier("alice", "bob", after=10)))
    assert rings(shell) == [(180, "alice"), (180, "bob")]
    shell.run_to(at(190))
    assert rings(shell)[2:] == [(190, "alice")]


def test_two_tiers_of_the_same_time_do_not_ring_their_common_member_twice_at_once() -> None:
    shell = PolicyRunner.of(opening(ladder(tier("alice"), tier("alice", "bob"))), fates())
    assert rings(shell) == [(0, "alice"), (0, "bob")]


def test_a_page_that_took_long_to_get_through_leaves_its_time_to_answer() -> None:
    shell = SlowPager.of(opening(TARGET), fates())
    shell.run_to(at(19))
    assert reached(shell, "alice") == [10, 15]


def test_a_new_round_leaves_its_pause_to_whoever_was_reached_late_in_the_old_one() -> None:
    shell = SlowPager.of(opening(ladder(tier("alice"), tier("bob", after=5))), fates())
    shell.run_to(at(19))
    assert reached(shell, "alice") == [10, 15]


def test_whoever_could_not_be_reached_is_not_spared() -> None:
    shell = PolicyRunner.of(opening(ladder(tier("alice"), tier("alice", "bob", after=10))), fates(alice=REJECTED))
    shell.run_to(at(4))
    assert rings(shell) == [(0, "alice"), (0, "alice"), (0, "bob")]


def test_a_reopened_incident_does_not_wait_for_the_pauses_of_the_opening_before() -> None:
    shell = PolicyRunner.of(opening(ladder(tier("alice"))), fates())
    shell.happens(1, Resolved())
    shell.happens(2, Reopened())
    assert rings(shell) == [(0, "alice"), (2, "alice")]


def test_a_page_that_is_on_its_way_keeps_its_time() -> None:
    """It would be withdrawn otherwise, and begun again and again."""
    shell = PolicyRunner.of(opening(TARGET), fates())
    shell.fate = fates(alice=NEVER)
    shell.run_to(at(20))
    assert [key for key in shell.flying if key.startswith("overdue")] == ["overdue/1/alice/1"]


def test_the_plan_shows_when_the_second_ring_will_come() -> None:
    shell = after_hours_away(TARGET)
    upcoming = {demand.key: minute(demand.due_at) for demand in plan(TARGET, shell.incident, shell.now).next}
    assert upcoming["overdue/1/alice/1"] == 185


@given(any_.rules(), st.sampled_from([0, 7, 200]), st.sampled_from([0, 3, 40]), st.booleans())
def test_no_telephone_rings_twice_in_one_moment(rules: Severity, asleep: int, slow: int, answered: bool) -> None:
    only = rules.model_copy(update={"updates": None, "status_page": None, "duties": (), "roles": ()})
    book = runbook(only)
    shell = PolicyRunner(book, declared(book), lambda d: Fate("done", minutes(slow)) if _rings(d, "alice") else DONE)
    shell.now = at(asleep)
    shell.turn()
    if answered:
        shell.happens(asleep + 2, Acknowledged(by="Dave"))
    shell.run_to(at(asleep + 200))
    for person in ("alice", "bob", "carol", "dave"):
        rung = [when for when, demand in shell.begun if _rings(demand, person)]
        assert _apart(rung) >= minutes(1) or len(rung) < 2


def _apart(moments: list[datetime]) -> timedelta:
    return min((later - earlier for earlier, later in pairwise(moments)), default=timedelta())


def test_two_tiers_that_are_held_until_one_moment_call_one_person_a_pause_apart() -> None:
    quiet = {"quiet_hours": {"begin": "08:00", "end": "12:00"}}
    rules = severity(tier("alice"), tier("alice", after=30), hold="quiet-hours", repeat_after="10m")
    shell = PolicyRunner.of(opening(runbook(rules, calendar=quiet)), fates())
    shell.run_to(at(195))
    assert rings(shell) == [(180, "alice"), (190, "alice")]
