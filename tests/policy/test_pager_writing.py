"""What stands at the pager is kept true with what people report here, and with how grave it is; without echoes."""

from datetime import timedelta

import pytest

from tests.policy.builders import at, insistent, minute, opening, runbook, said, severity, tier
from tests.policy.shell import DONE, PolicyRunner
from tests.policy.test_confirming import CALLED, FOLLOWED, Proving
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Annotate, Page, Receipt, SyncPager
from workflows.policy.incident.events import (
    Acknowledged,
    EffectSettled,
    Event,
    FlagChanged,
    Outcome,
    Resolved,
    SeverityChanged,
    UpdatePosted,
)
from workflows.policy.incident.pager_events import ChangedAtPager

LADDER = severity(insistent("alice"), tier("bob", after=15), within=10)
BOOK = runbook({"sev1": LADDER, "sev2": LADDER, "sev3": LADDER, "sev4": LADDER})
NAMES = {"sev1": "P1", "sev2": "P2", "sev3": "P3", "sev4": "P4"}


class Writing(Proving):
    """A rating's receipt says what it is called there."""

    refuses: tuple[str, ...] = ()

    def _settle(self, demand: Demand, outcome: Outcome) -> None:
        effect = demand.effect
        if not isinstance(effect, Annotate):
            return super()._settle(demand, outcome)
        self.flying.pop(demand.key, None)
        if effect.what in self.refuses:
            self._apply(EffectSettled(demand=demand, outcome="rejected", problem="PagerDuty answered 402"))
            return None
        self._apply(EffectSettled(demand=demand, outcome="done", receipt=Receipt(reference=NAMES.get(effect.severity))))
        return None


def writing(grave: str = "sev1", refuses: tuple[str, ...] = (), **more: object) -> Writing:
    Writing.found, Writing.receipt, Writing.refuses = [CALLED], FOLLOWED, refuses
    return Writing.of(opening(BOOK, severity=grave, **more), lambda demand: DONE)


def written(shell: PolicyRunner, what: str) -> list[Annotate]:
    effects = [demand.effect for _, demand in shell.begun]
    return [each for each in effects if isinstance(each, Annotate) and each.what == what]


def ratings(shell: PolicyRunner) -> list[tuple[str, str]]:
    return [(each.severity, each.urgency) for each in written(shell, "rating")]


def updates(shell: PolicyRunner) -> list[Annotate]:
    return [each for each in written(shell, "note") if each.template == "noted_update"]


def ring_of(shell: PolicyRunner) -> str:
    return next(iter(shell.incident.rings))


def test_a_ring_that_is_there_is_rated_once() -> None:
    shell = writing()
    shell.run_to(at(9))
    assert ratings(shell) == [("sev1", "high")]


@pytest.mark.parametrize(("grave", "first"), [("sev2", "high"), ("sev3", ""), ("sev4", "")])
def test_a_page_that_rings_is_never_made_less_urgent(grave: str, first: str) -> None:
    shell = writing(grave)
    shell.run_to(at(2))
    assert ratings(shell) == [(grave, first)]
    shell.happens(3, Acknowledged(by="Alice"))
    assert ratings(shell)[-1] == (grave, first or "low")


def test_another_severity_is_said_there_again() -> None:
    shell = writing()
    shell.happens(2, Acknowledged(by="Alice", ring=ring_of(shell)))
    shell.happens(3, SeverityChanged(severity="sev3", by="Alice"))
    assert ratings(shell) == [("sev1", "high"), ("sev3", "low")]


def changed(shell: PolicyRunner, priority: str) -> Event:
    return ChangedAtPager(by="Tocsin", ring=ring_of(shell), text=f"priority: {priority}", priority=priority)


def test_the_echo_of_our_own_rating_is_not_told_and_rates_nothing_again() -> None:
    shell = writing()
    before = shell.incident.timeline
    shell.happens(0.5, changed(shell, "P1"))
    shell.run_to(at(5))
    assert not said(shell.incident, "priority: P1")
    assert len(before) <= len(shell.incident.timeline)
    assert ratings(shell) == [("sev1", "high")]


def test_what_a_person_calls_it_there_is_told_and_stays() -> None:
    shell = writing()
    shell.happens(2, changed(shell, "P3"))
    shell.run_to(at(9))
    assert said(shell.incident, "priority: P3")
    assert ratings(shell) == [("sev1", "high")]


def test_an_update_is_noted_on_each_persons_last_page_and_told_once_to_those_who_follow_it_there() -> None:
    shell = writing()
    shell.happens(20, UpdatePosted(by="Bob", text="the cache is cold"))
    assert sorted(each.to for each in updates(shell)) == ["alice", "bob"]
    assert len(written(shell, "status update")) == 1
    shell.happens(25, UpdatePosted(by="Bob", text="it warms up"))
    assert len(updates(shell)) == 4
    assert len(written(shell, "status update")) == 2


def test_a_page_that_came_after_the_update_says_it_itself() -> None:
    shell = writing()
    shell.happens(2, UpdatePosted(by="Bob", text="the cache is cold"))
    shell.run_to(at(16))
    assert [each.to for each in updates(shell)] == ["alice"]


def test_of_what_is_private_nothing_is_told_to_those_who_follow_it_there() -> None:
    shell = writing()
    shell.happens(1, FlagChanged(flag="security"))
    shell.happens(2, UpdatePosted(by="Bob", text="the key is gone"))
    assert written(shell, "status update") == []
    assert [each.to for each in updates(shell)] == ["alice"]


def test_what_cannot_be_written_there_is_said_once() -> None:
    shell = writing(refuses=("status update",))
    for count in (2, 4, 6):
        shell.happens(count, UpdatePosted(by="Bob", text=f"update {count}"))
    told = [entry for entry in shell.incident.timeline if "402" in entry.text]
    assert [(entry.text, entry.count) for entry in told] == [
        ("a status update could not be written at the pager: PagerDuty answered 402", 1)
    ]


def test_where_the_pager_cannot_be_asked_nothing_is_written() -> None:
    shell = PolicyRunner.of(opening(BOOK), lambda demand: DONE)
    shell.happens(2, UpdatePosted(by="Bob", text="the cache is cold"))
    assert (ratings(shell), updates(shell), written(shell, "status update")) == ([], [], [])


def test_nothing_is_written_after_the_end() -> None:
    shell = writing()
    shell.happens(2, Resolved(by="Bob", text="restarted"))
    count = len(shell.begun)
    shell.happens(3, UpdatePosted(by="Bob", text="all is well"))
    assert [demand for _, demand in shell.begun[count:] if isinstance(demand.effect, Annotate | Page)] == []
    assert minute(shell.now) == minute(at(0) + timedelta(minutes=3))


@pytest.mark.parametrize(
    ("called", "known"), [("D0ANN:1764183000.000100", "D0ANN:1764183000.000100"), ("x" * 61, ""), (None, "")]
)
def test_what_ends_a_ring_knows_what_its_page_is_called_there(called: str | None, known: str) -> None:
    """Whole, or not at all."""
    Writing.found, Writing.receipt = [CALLED], Receipt(reference=called)
    shell = Writing.of(opening(BOOK), lambda demand: DONE)
    shell.happens(2, Resolved(by="Bob", text="restarted"))
    ended = [demand.effect for _, demand in shell.begun if isinstance(demand.effect, SyncPager)]
    assert [each.reference for each in ended] == [known]
