"""What would become of the plan, line by line, and who would be paged at once."""

import pytest

from tests.policy.builders import at, happens, opened, runbook, severity, tier
from workflows.policy.engine import plan
from workflows.policy.incident.events import Acknowledged, Event, Resolved, SeverityChanged, stamp
from workflows.policy.reducers.root import apply
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.difference import PlanChange, compared
from workflows.policy.views.foreseen import paged_at_once
from workflows.policy.views.plan_view import lines

BOOK = runbook(
    {
        "sev1": severity(tier("alice"), tier("bob", after=10), tier("carol", after=60)),
        "sev2": severity(tier("alice"), tier("bob", after=30)),
    }
)

BOOK_WITH_CHANNEL = runbook(
    {name: severity(tier("alice"), tier("bob", after=30), own_channel=True) for name in ("sev1", "sev2")}
)


def foreseen(simulation: Simulation, event: Event) -> tuple[list[PlanChange], tuple[str, ...]]:
    book, incident, now = simulation.book, simulation.incident, simulation.now
    before, after = plan(book, incident, now), plan(book, apply(book, incident, stamp(event, now)), now)
    shown = compared(lines(book, before, frozenset()), lines(book, after, frozenset()))
    return list(shown), paged_at_once(book, before, after)


def pages(changes: list[PlanChange]) -> list[tuple[str, str]]:
    return [(change.kind, change.line.what) for change in changes if change.line.kind == "page"]


def test_a_graver_severity_pages_at_once_whom_its_ladder_would_have_called_by_now() -> None:
    simulation = opened(BOOK, severity="sev2")
    simulation.run_to(at(20))
    changes, people = foreseen(simulation, SeverityChanged(severity="sev1", via="alerts"))
    assert people == ("Alice", "Bob")
    assert ("moves", "page Bob") in pages(changes)
    assert ("appears", "page Carol") in pages(changes)


def test_what_is_withdrawn_is_seen_and_nobody_is_paged() -> None:
    simulation = opened(BOOK, severity="sev2")
    simulation.run_to(at(20))
    changes, people = foreseen(simulation, Acknowledged(by="Alice"))
    assert people == ()
    assert ("disappears", "page Bob") in pages(changes)


def test_who_is_being_paged_already_is_not_paged_because_of_it() -> None:
    simulation = opened(BOOK, severity="sev2")
    happens(simulation, 20, Acknowledged(by="Alice"))
    _, people = foreseen(simulation, SeverityChanged(severity="sev2", by="Alice"))
    assert people == ()


@pytest.mark.parametrize("event", [Acknowledged(by="Alice"), SeverityChanged(severity="sev1"), Resolved(by="Alice")])
def test_that_people_and_pagers_hear_of_it_is_no_change_of_the_plan(event: Event) -> None:
    simulation = opened(BOOK_WITH_CHANNEL, severity="sev2")
    simulation.run_to(at(20))
    changes, _ = foreseen(simulation, event)
    assert changes
    told = {change.line.kind for change in changes} & {"card", "topic", "hush", "annotate"}
    assert (told, [change.line.what for change in changes if change.line.duty.startswith("tell/")]) == (set(), [])
