"""A page about a legal clock goes by all ways of its person, as every page does, until they have seen it."""

from datetime import datetime, timedelta

import pytest

from tests.policy.builders import PEOPLE, T0, happens, opened, runbook, said, severity, tier
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt, SyncPager
from workflows.policy.effects.proof import RingProof
from workflows.policy.incident.events import Acknowledged, EffectSettled, Event, FlagChanged, Outcome, Resolved
from workflows.policy.incident.obligation_events import ObligationSent
from workflows.policy.review import engine, reducers, refusals
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
GDPR = {
    "id": "gdpr", "when": {"flags": ["security"]}, "from": "detected", "within": "100h", "owner": "commander",
    "deputy": "carol",
}  # fmt: skip
REACH = ("pagerduty", {"ntfy": "ann-phone", "after": "2m"}, {"webhook": None, "after": "4m"})
FIRST_PAGE = T0 + 97.5 * HOUR


def owing() -> Runbook:
    people: dict[str, object] = {name: {"name": written} for name, written in PEOPLE.items()}
    people["alice"] = {"name": "Alice", "reach": REACH}
    return runbook(severity(tier("dave"), verify_for="15m"), obligations=[GDPR], people=people)


def lived(until: datetime, *, resolved: bool = False, fails: dict[str, Outcome] | None = None) -> Simulation:
    simulation = opened(owing(), fails)
    simulation.happen(FlagChanged(flag="security"))
    happens(simulation, 1, Acknowledged(by="Dave"))
    if resolved:
        happens(simulation, 60, Resolved(by="Dave"))
    simulation.run_to(until)
    return simulation


def rung(simulation: Simulation, since: datetime = FIRST_PAGE) -> list[tuple[float, str]]:
    """To Alice: so many minutes after the first page was due, by which way."""
    pages = [(when, d.effect) for when, d in simulation.sent if isinstance(d.effect, Page) and when >= since]
    return [((when - since) / MINUTE, page.way) for when, page in pages if page.to == "alice"]


@pytest.mark.parametrize("resolved", [False, True])
def test_it_goes_by_each_way_at_its_time_whatever_became_of_the_incident(resolved: bool) -> None:
    simulation = lived(FIRST_PAGE + 10 * MINUTE, resolved=resolved)
    assert rung(simulation) == [(0, "pagerduty"), (2, "ntfy"), (4, "webhook")]


def test_each_says_what_is_owed() -> None:
    simulation = lived(FIRST_PAGE + 10 * MINUTE)
    pages = [d.effect for _, d in simulation.sent if isinstance(d.effect, Page) and d.effect.to == "alice"]
    assert {page.template for page in pages if page.way} == {"obligation_page"}


def test_what_the_first_way_refuses_goes_by_the_others_at_once() -> None:
    simulation = lived(FIRST_PAGE + 10 * MINUTE, fails={"obliged/alice": "rejected"})
    assert [each for each in rung(simulation) if each[0] < 1][:1] == [(0, "pagerduty")]
    assert {way for when, way in rung(simulation) if when == 0} == {"pagerduty", "ntfy", "webhook"}


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize(
    ("answer", "at_the_pager"),
    [
        (Acknowledged(by="Alice", via="link"), False),
        (Acknowledged(by="Alice", via="slack"), False),
        (Acknowledged(by="Alice", via="pagerduty"), True),
        (Acknowledged(by="Alice", via="sms"), True),
        (Resolved(by="Alice", via="pagerduty"), True),
    ],
    ids=lambda given: f"{type(given).__name__} {given.via}" if isinstance(given, Event) else "",
)
@pytest.mark.parametrize("way", ["pagerduty", "ntfy"])
def test_seen_by_one_way_it_goes_by_no_other_and_the_clock_and_the_incident_go_on(
    way: str, answer: Acknowledged | Resolved, at_the_pager: bool, closed: bool
) -> None:
    """Where it was pressed beside its pager, that is told, too; the timeline of the incident or its review has it."""
    simulation = lived(FIRST_PAGE + 3 * MINUTE, resolved=closed)
    assert (simulation.review is not None) == closed
    before = simulation.incident.acknowledged_by
    ring = next(key for key, each in simulation.incident.rings.items() if each.way == way)
    simulation.happen(answer.model_copy(update={"ring": ring}))
    simulation.run_to(FIRST_PAGE + HOUR)
    assert rung(simulation) == [(0, "pagerduty"), (2, "ntfy")]
    assert simulation.incident.acknowledged_by == before
    hushed = [d.effect for _, d in simulation.sent if isinstance(d.effect, SyncPager) and d.effect.to == "alice"]
    told = {"pagerduty", "ntfy"} - ({way} if at_the_pager else set())
    assert {(each.way, each.become) for each in hushed} == {(each, "acknowledged") for each in told}
    assert said(simulation.incident, "the page about what is owed")


def test_once_it_is_sent_no_way_rings_any_more_and_all_fall_silent() -> None:
    simulation = lived(FIRST_PAGE + 3 * MINUTE)
    simulation.happen(ObligationSent(obligation="gdpr", reference="LfD-17", by="Alice"))
    simulation.run_to(FIRST_PAGE + HOUR)
    assert rung(simulation) == [(0, "pagerduty"), (2, "ntfy")]
    hushed = {(d.effect.way, d.effect.become) for _, d in simulation.sent if isinstance(d.effect, SyncPager)}
    assert {("pagerduty", "resolved"), ("ntfy", "resolved")} <= hushed


def test_an_acknowledgement_of_the_incident_is_no_answer_to_it() -> None:
    simulation = lived(FIRST_PAGE + MINUTE)
    simulation.happen(Acknowledged(by="Alice"))
    simulation.run_to(FIRST_PAGE + 5 * MINUTE)
    assert rung(simulation) == [(0, "pagerduty"), (2, "ntfy"), (4, "webhook")]


def at_opsgenie(simulation: Simulation) -> tuple[Review, str]:
    """The review, when a page of its is at a pager that has to be asked; and the key of that ring."""
    assert simulation.review is not None
    incident = simulation.incident
    key = next(key for key, ring in incident.rings.items() if ring.person == "alice")
    asked = incident.rings[key].model_copy(update={"polled": True, "through_at": FIRST_PAGE})
    rings = {"rings": {**incident.rings, key: asked}}
    return simulation.review.model_copy(update={"incident": incident.model_copy(update=rings)}), key


@pytest.mark.parametrize("closed", [False, True])
def test_a_pager_that_tells_nobody_is_asked_by_the_review_too(closed: bool) -> None:
    review, key = at_opsgenie(lived(FIRST_PAGE + MINUTE, resolved=True))
    due = engine.plan(owing(), review, FIRST_PAGE + MINUTE).due
    [look] = [each for each in due if isinstance(each.effect, ConfirmRing)]
    proof = RingProof(pager="Opsgenie", there=True, answered_by="Alice", closed=closed)
    after = reducers.apply(owing(), review, settled(look, proof))
    assert "ringing" not in {ring.state for ring in after.incident.rings.values() if ring.person == "alice"}
    assert after.incident.rings[key].state == "acknowledged"
    assert not after.incident.acknowledged_ring


def test_a_legal_page_that_reaches_nobody_is_news_after_the_end_of_its_incident() -> None:
    review, _ = at_opsgenie(lived(FIRST_PAGE + MINUTE, resolved=True))
    due = engine.plan(owing(), review, FIRST_PAGE + MINUTE).due
    [look] = [each for each in due if isinstance(each.effect, ConfirmRing)]
    after = reducers.apply(owing(), review, settled(look, RingProof(pager="Opsgenie", there=False)))
    assert [entry.loud for entry in after.incident.timeline if "reached nobody" in entry.text] == [True]


def settled(look: Demand, proof: RingProof) -> EffectSettled:
    return EffectSettled(at=FIRST_PAGE + MINUTE, demand=look, outcome="done", receipt=Receipt(proof=proof))


def test_a_review_takes_an_acknowledgement_of_a_legal_page_and_of_nothing_else() -> None:
    review, key = at_opsgenie(lived(FIRST_PAGE + MINUTE, resolved=True))
    assert refusals.refusal(owing(), review, Acknowledged(by="Alice", ring=key)) is None
    for ring in ("", f"{review.incident.workflow_id}/{review.incident.id}/escalate/1/dave/1"):
        refused = refusals.refusal(owing(), review, Acknowledged(by="Alice", ring=ring))
        assert refused is not None
        assert "is over" in refused
