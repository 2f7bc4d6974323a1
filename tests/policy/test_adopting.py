"""A running incident takes up the runbook as it is now, when somebody says so."""

from tests.policy.builders import at, happens, minute, opened, pages, runbook, said, severity, tier, times
from workflows.policy.engine import plan
from workflows.policy.incident.events import Acknowledged, Resolved, RunbookAdopted
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.refusals import refusal
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.difference import PlanChange, changes
from workflows.policy.views.plan_view import plan_view

LATE = runbook(severity(tier("alice"), tier("bob", after=30, unless="resolved"), duties=[]))
SOON = runbook(severity(tier("alice"), tier("bob", after=10, unless="resolved"), tier("carol", after=40)), version="2")
OTHER = runbook(severity(tier("alice")), runbook="other")
MILD = runbook({"sev2": severity(tier("alice"))})


def test_until_it_is_adopted_the_incident_keeps_the_runbook_it_was_opened_with() -> None:
    simulation = opened(LATE)
    simulation.run_to(at(31))
    assert pages(simulation) == [(0, "alice"), (30, "bob")]


def test_from_then_on_the_new_one_is_followed_with_times_from_the_same_start() -> None:
    simulation = opened(LATE)
    happens(simulation, 5, RunbookAdopted(runbook=SOON, by="Alice"))
    simulation.run_to(at(41))
    assert pages(simulation) == [(0, "alice"), (10, "bob"), (40, "carol")]


def test_what_the_new_one_wanted_earlier_is_due_at_once() -> None:
    simulation = opened(LATE)
    happens(simulation, 20, RunbookAdopted(runbook=SOON, by="Alice"))
    assert pages(simulation)[-1] == (20, "bob")


def test_it_is_told_with_its_version() -> None:
    simulation = opened(LATE)
    happens(simulation, 5, RunbookAdopted(runbook=SOON, by="Alice"))
    assert said(simulation.incident, "Alice adopted the runbook acme as it is now, version 2")
    assert times(simulation, "tell/incident") or times(simulation, "tell")


def test_it_is_a_sign_of_life() -> None:
    book = runbook(severity(tier("alice"), expires_after=60))
    simulation = opened(book)
    happens(simulation, 5, Acknowledged(by="Alice"))
    happens(simulation, 50, RunbookAdopted(runbook=book, by="Alice"))
    assert simulation.incident.alive_at == at(50)


def test_another_runbook_or_one_without_the_severity_is_refused_and_as_a_signal_changes_nothing() -> None:
    for book, no in {
        "other": (OTHER, "follows the runbook acme, and cannot go on by other"),
        "mild": (MILD, "is a sev1, which this version of acme does not have"),
    }.values():
        simulation = opened(LATE)
        event = RunbookAdopted(runbook=book, by="Alice")
        assert no in (refusal(LATE, simulation.incident, event) or "")
        happens(simulation, 5, event)
        assert simulation.book == LATE
        assert said(simulation.incident, no)


def test_a_resolved_incident_may_adopt_and_a_cancelled_one_not() -> None:
    simulation = opened(LATE)
    happens(simulation, 5, Resolved())
    assert refusal(LATE, simulation.incident, RunbookAdopted(runbook=SOON)) is None
    cancelled = simulation.incident.model_copy(update={"cancelled": True})
    assert refusal(LATE, cancelled, RunbookAdopted(runbook=SOON)) is not None


def test_an_adoption_that_arrives_again_does_not_take_back_a_later_one() -> None:
    simulation = opened(LATE)
    first = RunbookAdopted(runbook=SOON, by="Alice", id="first")
    happens(simulation, 5, first)
    happens(simulation, 6, RunbookAdopted(runbook=LATE, by="Bob", id="second"))
    happens(simulation, 7, first)
    assert simulation.book == LATE


def foreseen(old: Runbook, new: Runbook, incident: Incident, count: float) -> list[PlanChange]:
    now = at(count)
    view = plan_view(old, incident, plan(old, incident, now), now, 1.0, frozenset())
    return list(changes(view.lines, new, incident, now))


def told(found: list[PlanChange]) -> set[tuple[str, str, float, float | None]]:
    return {(c.kind, c.line.what, minute(c.line.at), None if c.before is None else minute(c.before)) for c in found}


def test_what_would_change_is_what_appears_disappears_or_moves() -> None:
    incident = opened(LATE).incident
    assert told(foreseen(LATE, SOON, incident, 0)) == {
        ("moves", "page Bob", 10, 30),
        ("appears", "page Carol", 40, None),
    }
    assert told(foreseen(SOON, LATE, incident, 0)) == {
        ("moves", "page Bob", 30, 10),
        ("disappears", "page Carol", 40, None),
    }


def test_the_same_runbook_changes_nothing() -> None:
    assert foreseen(SOON, SOON, opened(SOON).incident, 3) == []
