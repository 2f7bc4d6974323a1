"""What whoever has just declared an incident is told of its first page: a row is a rule."""

import pytest

from tests.policy.builders import T0, declared, ladder, opening, tier
from tests.policy.shell import DONE, NEVER, REJECTED, Fate, PolicyRunner
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Receipt
from workflows.policy.engine import plan
from workflows.policy.incident.events import EffectSettled, Escalated
from workflows.policy.incident.settlements import Settlement
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.first_page import FirstPage, first_page, page_of
from workflows.policy.views.plan_view import lines

TWO = ladder(tier("alice"), tier("bob", after=30))
Fates = dict[str, Fate]


def told(book: Runbook, fates: Fates, *labels: tuple[str, str]) -> FirstPage:
    def fate(demand: Demand) -> Fate:
        return fates.get(getattr(demand.effect, "to", ""), DONE) if demand.effect.kind == "page" else DONE

    shell = PolicyRunner.of(opening(book, labels=dict(labels)), fate)
    return first_page(book, shell.incident, list(lines(book, shell.look(), set(shell.flying))))


HELD = ladder(tier("alice"), hold="business-hours")
"""T0 is a Monday, 09:00 UTC."""
ROWS = [
    pytest.param(TWO, {}, "ringing", "Alice is ringing", id="the first tier has it"),
    pytest.param(
        ladder(tier("alice", "bob")), {}, "ringing", "Alice and Bob are ringing", id="all who were reached are named"
    ),
    pytest.param(
        ladder(tier("alice", "bob")), {"alice": REJECTED}, "ringing", "Bob is ringing", id="one of a tier is enough"
    ),
    pytest.param(TWO, {"alice": REJECTED}, "ringing", "Bob is ringing", id="the next tier took over at once"),
    pytest.param(TWO, {"alice": NEVER}, "trying", "still trying: page Alice", id="it is on its way"),
    pytest.param(
        TWO, {"alice": REJECTED, "bob": NEVER}, "trying", "Alice could not be paged", id="the refusal is not hidden"
    ),
    pytest.param(
        TWO, {"alice": REJECTED, "bob": REJECTED}, "refused", "; next: page Alice at 2026-03-02 09:05 UTC",
        id="all refused: the next round is named",
    ),
    pytest.param(
        ladder(tier("alice", after=15)), {}, "held", "nobody is paged before 2026-03-02 09:15 UTC: page Alice",
        id="the first tier comes later",
    ),
    pytest.param(ladder(tier()), {}, "nobody", "SEV-1 pages nobody", id="no tier calls anybody"),
]  # fmt: skip


@pytest.mark.parametrize(("book", "fates", "fate", "says"), ROWS)
def test_it_says_who_rings_or_why_nobody_does(book: Runbook, fates: Fates, fate: str, says: str) -> None:
    found = told(book, fates)
    assert found.fate == fate
    assert says in found.text


def test_a_name_with_a_slash_in_it_is_a_name() -> None:
    """Whoever holds a role is paged by the name that somebody gave them."""
    rung = Settlement(occurrence=1, due_at=T0, sent_at=T0, settled_at=T0, outcome="done")
    incident = declared(TWO).model_copy(update={"settled": {"escalate/1/Alice/Bob": rung}})
    assert first_page(TWO, incident, []).text == "Alice/Bob is ringing"


@pytest.mark.parametrize(
    ("fate", "well", "decided"),
    [
        ("ringing", True, True),
        ("held", True, True),
        ("trying", False, False),
        ("refused", False, True),
        ("nobody", False, True),
    ],
)
def test_only_what_is_as_the_runbook_has_it_is_well(fate: str, well: bool, decided: bool) -> None:
    found = FirstPage.model_validate({"fate": fate, "text": ""})
    assert (found.well, found.decided) == (well, decided)


CALLS = [
    pytest.param({}, "ringing", "Bob is ringing", id="whoever was called, and nobody who rang before"),
    pytest.param({"bob": NEVER}, "trying", "still trying: page Bob", id="it is on its way"),
    pytest.param({"bob": REJECTED}, "refused", "Bob could not be paged", id="refused: although another rings"),
]


@pytest.mark.parametrize(("fates", "fate", "says"), CALLS)
def test_of_a_call_by_hand_it_says_what_became_of_that(fates: Fates, fate: str, says: str) -> None:
    def answer(demand: Demand) -> Fate:
        return fates.get(getattr(demand.effect, "to", ""), DONE) if demand.effect.kind == "page" else DONE

    shell = PolicyRunner.of(opening(TWO), answer)
    shell.happens(1, Escalated(by="Carol", to="bob"))
    found = page_of(shell.incident.calls[-1], TWO, shell.incident, list(lines(TWO, shell.look(), set(shell.flying))))
    assert found.fate == fate
    assert says in found.text


def test_a_page_that_went_with_less_in_it_says_so_on_the_timeline() -> None:
    incident = declared(TWO)
    (demand,) = [each for each in plan(TWO, incident, T0).due if each.effect.kind == "page"]
    receipt = Receipt(note="rang all the same: without links and details, for PagerDuty answered 400", warns=True)
    after = apply(TWO, incident, EffectSettled(at=T0, demand=demand, outcome="done", receipt=receipt))
    assert after.timeline[-1].text == f"Alice's page {receipt.note}"


def test_what_is_the_same_for_several_people_is_said_once() -> None:
    text = told(ladder(tier("alice", "bob")), {"alice": REJECTED, "bob": REJECTED}).text
    assert text.startswith("refused: Alice could not be paged, Bob could not be paged: no route; next: page Alice")
