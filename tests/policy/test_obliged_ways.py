"""A page about a legal clock goes by all ways of its person, as every page does, until they have seen it."""

from datetime import datetime, timedelta

import pytest

from tests.policy.builders import PEOPLE, T0, happens, opened, runbook, severity, tier
from workflows.policy.effects.effects import Page, SyncPager
from workflows.policy.incident.events import Acknowledged, FlagChanged, Outcome, Resolved
from workflows.policy.incident.obligation_events import ObligationSent
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


@pytest.mark.parametrize("way", ["pagerduty", "ntfy"])
def test_seen_by_one_way_it_goes_by_no_other_and_the_clock_and_the_incident_go_on(way: str) -> None:
    simulation = lived(FIRST_PAGE + 3 * MINUTE)
    before = simulation.incident.acknowledged_by
    ring = next(key for key, each in simulation.incident.rings.items() if each.way == way)
    simulation.happen(Acknowledged(by="Alice", ring=ring, via="link"))
    simulation.run_to(FIRST_PAGE + HOUR)
    assert rung(simulation) == [(0, "pagerduty"), (2, "ntfy")]
    assert simulation.incident.acknowledged_by == before
    hushed = [d.effect for _, d in simulation.sent if isinstance(d.effect, SyncPager) and d.effect.to == "alice"]
    other = {"pagerduty": "ntfy", "ntfy": "pagerduty"}[way]
    assert [(each.way, each.become) for each in hushed] == [(other, "acknowledged")]


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
