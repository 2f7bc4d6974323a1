"""A pager that tells nobody of an answer is asked for one while the ring stands open; then it is an answer as any."""

from datetime import timedelta

import pytest

from tests.policy.builders import T0, at, insistent, ladder, opening, said, tier
from tests.policy.shell import DONE, Fate, PolicyRunner, rings
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt
from workflows.policy.effects.proof import RingProof
from workflows.policy.incident.events import Acknowledged, EffectSettled, Outcome, Resolved
from workflows.policy.runbook.model import Runbook

BOOK = ladder(tier("alice"), tier("bob", after=15))
OPEN = RingProof(pager="Opsgenie", there=True)
ACKNOWLEDGED = OPEN.model_copy(update={"answered_by": "Alice"})
CLOSED = ACKNOWLEDGED.model_copy(update={"closed": True})
GONE = RingProof(pager="Opsgenie", there=False)


class Polled(PolicyRunner):
    """Opsgenie has Alice's alert; from `since` on what has become of it."""

    proof = ACKNOWLEDGED
    since = at(5)

    def _settle(self, demand: Demand, outcome: Outcome) -> None:
        if not isinstance(demand.effect, Page | ConfirmRing) or outcome != "done":
            return super()._settle(demand, outcome)
        self.flying.pop(demand.key, None)
        receipt = Receipt(polled=True)
        if isinstance(demand.effect, ConfirmRing):
            receipt = Receipt(proof=self.proof if self.now >= self.since else OPEN)
        settled = EffectSettled(demand=demand, outcome=outcome, receipt=receipt)
        self.landed.append(settled)
        self._apply(settled)
        return None


def polled(proof: RingProof = ACKNOWLEDGED, fate: Fate = DONE, book: Runbook = BOOK) -> Polled:
    Polled.proof = proof
    return Polled.of(opening(book), lambda demand: fate if isinstance(demand.effect, ConfirmRing) else DONE)


def looks(shell: PolicyRunner) -> list[float]:
    return [(when - T0).total_seconds() for when, demand in shell.begun if isinstance(demand.effect, ConfirmRing)]


def test_an_answer_there_stops_the_ladder_and_the_asking() -> None:
    shell = polled()
    shell.run_to(at(60))
    assert looks(shell) == [10, *range(40, 311, 30)]
    assert [who for _, who in rings(shell)] == ["alice"]
    assert shell.incident.acknowledged_by == "Alice"
    assert said(shell.incident, "Alice acknowledged through Opsgenie")
    assert [ring.outcome for ring in shell.incident.rings.values()] == ["answered"]


def test_what_is_closed_there_is_over_here() -> None:
    shell = polled(CLOSED)
    shell.run_to(at(10))
    assert (shell.incident.resolved, shell.incident.resolved_by) == (True, "Alice")


def test_without_an_answer_it_is_asked_more_rarely_and_never_said_to_reach_nobody() -> None:
    shell = polled(OPEN, book=ladder(tier("alice")))
    shell.run_to(at(4.9))
    assert looks(shell) == [10, *range(40, 294, 30)]
    assert not said(shell.incident, "has reached for nobody")
    later = polled(OPEN, book=ladder(insistent("alice"), repeat_after="4h", within=240))
    later.run_to(at(60))
    pauses = {b - a for a, b in zip(looks(later), looks(later)[1:], strict=False)}
    assert {30, 120} <= pauses


def test_what_no_worker_asked_for_meanwhile_is_one_look() -> None:
    shell = polled(OPEN)
    shell.run_to(at(1))
    before = len(looks(shell))
    shell.sleep_to(at(4.5))
    shell.turn()
    assert len(looks(shell)) - before <= 1


@pytest.mark.parametrize("outcome", ["undelivered", "rejected"])
def test_a_pager_that_cannot_be_asked_is_asked_again_and_said_three_times(outcome: Outcome) -> None:
    shell = polled(fate=Fate(outcome))
    shell.run_to(at(4))
    assert len(looks(shell)) > 5
    told = [entry for entry in shell.incident.timeline if "could not be found out" in entry.text]
    assert sum(entry.count for entry in told) == 3


def test_what_is_gone_there_is_said_once_however_often_it_is_looked_for() -> None:
    shell = polled(GONE)
    shell.run_to(at(9))
    told = [entry for entry in shell.incident.timeline if "Alice's page reached nobody" in entry.text]
    assert sum(entry.count for entry in told) == 1
    assert len([when for when in looks(shell) if when > 310]) > 3
    assert [who for _, who in rings(shell)] == ["alice", "bob"]


def test_whoever_answered_here_meanwhile_is_not_answered_for_there() -> None:
    shell = polled()
    shell.happens(4, Acknowledged(by="Bob", via="Slack"))
    shell.run_to(at(60))
    assert shell.incident.acknowledged_by == "Bob"
    assert max(looks(shell)) < 240
    assert not said(shell.incident, "Alice acknowledged")


def test_the_end_ends_the_asking() -> None:
    shell = polled(OPEN)
    shell.happens(2, Resolved(by="Bob"))
    shell.run_to(at(20))
    assert max(looks(shell)) < 120 + timedelta(seconds=1).total_seconds()
