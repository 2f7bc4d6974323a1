"""Whether a ring reached anybody is found out after it, by looks that hold no page; what reaches nobody is lost."""

from datetime import timedelta

import pytest

from tests.policy.builders import T0, at, insistent, ladder, minute, opening, said, tier
from tests.policy.shell import DONE, Fate, PolicyRunner, rings
from workflows.durable.decoding import update_result
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt, SyncPager
from workflows.policy.effects.proof import Notified, RingProof
from workflows.policy.engine import plan
from workflows.policy.incident.events import Acknowledged, EffectSettled, Outcome, Resolved
from workflows.policy.incident.pager_alerts import Arrival
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person
from workflows.policy.views.coming_duties import coming_duties
from workflows.policy.views.plan_view import plan_view

BOOK = ladder(insistent("alice"), tier("bob", after=15), within=10)
SECOND = timedelta(seconds=1)
THERE = RingProof(pager="PagerDuty", there=True)
CALLED = THERE.model_copy(update={"notified": (Notified(who="Ann", way="phone", at=T0 + 8 * SECOND),)})
DROPPED = RingProof(pager="PagerDuty", there=False)
UNASSIGNED = RingProof(pager="PagerDuty", there=True, nobody=True)
FOLLOWED = Receipt(followed=True)


class Proving(PolicyRunner):
    """Every page can be followed; each look in its turn finds one of `found`."""

    found: list[RingProof | None]
    receipt: Receipt
    """Of each page."""

    def _settle(self, demand: Demand, outcome: Outcome) -> None:
        if not isinstance(demand.effect, Page | ConfirmRing) or outcome != "done":
            return super()._settle(demand, outcome)
        self.flying.pop(demand.key, None)
        receipt = self.receipt
        if isinstance(demand.effect, ConfirmRing):
            receipt = Receipt(proof=self.found.pop(0) if len(self.found) > 1 else self.found[0])
        settled = EffectSettled(demand=demand, outcome=outcome, receipt=receipt)
        self.landed.append(settled)
        self._apply(settled)
        return None


def proving(*found: RingProof | None, book: Runbook = BOOK, fate: Fate = DONE, receipt: Receipt = FOLLOWED) -> Proving:
    Proving.found, Proving.receipt = list(found), receipt
    return Proving.of(opening(book), lambda demand: fate if isinstance(demand.effect, ConfirmRing) else DONE)


def looks(shell: PolicyRunner) -> list[float]:
    """At which second."""
    return [(when - T0).total_seconds() for when, demand in shell.begun if isinstance(demand.effect, ConfirmRing)]


def test_a_ring_that_reached_somebody_is_looked_at_once_and_told() -> None:
    shell = proving(CALLED)
    shell.run_to(at(5))
    assert looks(shell) == [10]
    assert said(shell.incident, "PagerDuty called Ann at 09:00")
    assert shell.incident.reached == (Arrival(person="alice", who="Ann", way="phone", rung_at=T0, at=T0 + 8 * SECOND),)
    assert [ring.outcome for ring in shell.incident.rings.values()] == ["notified"]


def test_what_is_there_and_has_reached_nobody_yet_is_looked_at_twice_more_and_then_said_aloud() -> None:
    shell = proving(THERE)
    shell.run_to(at(9))
    assert looks(shell) == [10, 60, 180]
    told = "has not said in 3m that it reached anybody"
    assert [entry.loud for entry in shell.incident.timeline if told in entry.text] == [True]
    assert [ring.outcome for ring in shell.incident.rings.values()] == ["delivered"]


@pytest.mark.parametrize("proof", [DROPPED, UNASSIGNED])
def test_what_reaches_nobody_calls_the_next_tier_at_once(proof: RingProof) -> None:
    shell = proving(proof, CALLED)
    shell.run_to(at(5))
    assert rings(shell) == [(0, "alice"), (minute(T0 + 10 * SECOND), "bob")]
    assert "tier 1 reached nobody" in [demand.reason for _, demand in shell.begun]
    assert said(shell.incident, "Alice's page reached nobody: PagerDuty took it, and ")
    assert (shell.incident.tally.pages, shell.incident.tally.lost) == (1, 1)
    assert {ring.person: ring.followed for ring in shell.incident.rings.values()} == {"alice": False, "bob": True}


VOICE = Receipt(followed=True, reference="CA1")
IN_VAIN = RingProof(pager="Twilio", there=True, nobody=True, missed="phone", why="the phone rang, and nobody answered")
WAYS = ladder(insistent("alice"), tier("bob", after=15), within=10).model_copy(
    update={
        "people": {
            **BOOK.people,
            "alice": Person.model_validate({"name": "Alice", "reach": ["voice", {"ntfy": None, "after": "4m"}]}),
        }
    }
)


def test_a_telephone_that_rang_in_vain_is_said_and_the_next_way_goes_at_once() -> None:
    shell = proving(IN_VAIN, CALLED, book=WAYS)
    shell.run_to(at(2))
    pages = [((when - T0).total_seconds(), d.effect.way) for when, d in shell.begun if isinstance(d.effect, Page)]
    assert pages == [(0, "voice"), (10, "ntfy")]
    assert said(shell.incident, "Alice's page reached nobody: Twilio took it, and the phone rang, and nobody answered")
    [called, _] = shell.incident.rings.values()
    assert called.standing == "nobody: the phone rang, and nobody answered"
    missed = shell.incident.reached[0]
    assert (missed.who, missed.way, missed.missed, missed.answered) == ("Alice", "phone", True, False)


def test_a_look_asks_by_the_name_that_the_pager_gave_the_page() -> None:
    shell = proving(THERE, receipt=VOICE)
    shell.run_to(at(1))
    [look, *_] = [d.effect for _, d in shell.begun if isinstance(d.effect, ConfirmRing)]
    assert look.reference == "CA1"


@pytest.mark.parametrize("proof", [DROPPED, UNASSIGNED, IN_VAIN, THERE])
@pytest.mark.parametrize("end", [Acknowledged(by="Bob"), Resolved(by="Bob")])
def test_what_a_look_finds_when_somebody_has_answered_already_is_no_alarm(
    proof: RingProof, end: Acknowledged | Resolved
) -> None:
    shell = proving(proof, fate=Fate(None))
    shell.run_to(at(9))
    [look] = [each.demand for each in shell.flying.values() if isinstance(each.demand.effect, ConfirmRing)]
    before = apply(BOOK, shell.incident, end.model_copy(update={"at": at(9)}))
    after = apply(BOOK, before, EffectSettled(at=at(9.1), demand=look, outcome="done", receipt=Receipt(proof=proof)))
    told = [entry for entry in after.timeline if entry not in before.timeline]
    assert not any(entry.loud for entry in told)
    assert after.to_tell == before.to_tell
    assert after.tally == before.tally
    assert any("reached nobody" in entry.text for entry in told) == proof.reached_nobody


@pytest.mark.parametrize("proof", [DROPPED, UNASSIGNED])
def test_what_reached_nobody_is_ended_at_the_pager_too_for_it_may_come_there_later(proof: RingProof) -> None:
    shell = proving(proof, CALLED)
    shell.run_to(at(5))
    shell.happens(6, Acknowledged(by="Bob"))
    shell.happens(8, Resolved(by="Bob"))
    ended = [(d.effect.to, d.effect.become) for _, d in shell.begun if isinstance(d.effect, SyncPager)]
    assert ended.count(("alice", "acknowledged")) == 1
    assert ended.count(("alice", "resolved")) == 1
    assert looks(shell) == [10, 20]


def test_the_pagers_own_reason_is_said() -> None:
    shell = proving(RingProof(pager="Twilio", there=True, nobody=True, why="it could not be delivered (failed)"))
    shell.run_to(at(5))
    assert said(shell.incident, "Alice's page reached nobody: Twilio took it, and it could not be delivered (failed)")


def test_a_pager_that_knows_only_whom_we_rang_reached_them() -> None:
    shell = proving(RingProof(pager="Twilio", there=True, notified=(Notified(way="sms", at=T0 + 8 * SECOND),)))
    shell.run_to(at(5))
    assert said(shell.incident, "Twilio texted Alice at ")
    assert [arrival.who for arrival in shell.incident.reached] == ["Alice"]


def test_where_nobody_is_ever_reached_the_ladder_goes_round_as_where_pages_are_refused() -> None:
    shell = proving(DROPPED)
    shell.run_to(at(12))
    assert [who for _, who in rings(shell)][:4] == ["alice", "bob", "alice", "bob"]


@pytest.mark.parametrize("outcome", ["undelivered", "rejected"])
def test_a_look_that_fails_changes_nothing_and_is_told(outcome: Outcome) -> None:
    shell = proving(CALLED, fate=Fate(outcome))
    shell.run_to(at(9))
    assert rings(shell) == [(0, "alice")]
    assert looks(shell) == [10, 60, 180]
    assert said(shell.incident, "whether Alice's page reached anybody could not be found out: no route")


def test_a_look_is_nothing_that_lists_say_comes_next() -> None:
    shell = proving(CALLED)
    shell.run_to(at(0.05))
    [first] = coming_duties(BOOK, plan(BOOK, shell.incident, shell.now)).duties
    assert first.what.startswith("page Alice: ")
    held = proving(CALLED, fate=Fate(None))
    held.run_to(at(0.2))
    [first] = coming_duties(BOOK, plan(BOOK, held.incident, held.now)).duties
    assert first.what.startswith("page Alice: ")


def test_an_answer_says_nothing_of_looks() -> None:
    shell = proving(CALLED)
    shell.run_to(at(0.05))
    before = shell.incident
    shell.happens(0.1, Acknowledged(by="Alice"))
    view = plan_view(BOOK, shell.incident, plan(BOOK, shell.incident, shell.now), shell.now, 1.0, frozenset())
    assert "confirm" in [line.kind for line in view.lines]
    assert "confirm" not in [line.kind for line in update_result(before, shell.incident, view).next]


def test_a_look_that_hangs_holds_no_page() -> None:
    shell = proving(CALLED, fate=Fate(None))
    shell.run_to(at(15))
    assert rings(shell) == [(0, "alice"), (10, "alice"), (15, "bob")]


def test_a_pager_that_cannot_be_asked_is_not() -> None:
    shell = PolicyRunner.of(opening(BOOK), lambda demand: DONE)
    shell.run_to(at(9))
    assert looks(shell) == []
    assert [ring.outcome for ring in shell.incident.rings.values()] == ["sent"]


def test_how_long_an_answer_took_is_known_whatever_it_came_by() -> None:
    for by, via, ring in (("Eve", "pagerduty", True), ("Alice", "Slack", False)):
        shell = proving(CALLED)
        key = next(iter(shell.incident.rings)) if ring else ""
        shell.happens(4, Acknowledged(by=by, via=via, ring=key))
        *_, last = shell.incident.reached
        assert last == Arrival(person="alice", who=by, way=via, answered=True, rung_at=T0, at=at(4))


def test_whoever_answers_unasked_was_reached_by_no_page() -> None:
    shell = proving(CALLED)
    shell.happens(4, Acknowledged(by="Dave", via="Slack"))
    assert [arrival.answered for arrival in shell.incident.reached] == [False]
