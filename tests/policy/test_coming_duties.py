"""What lists show of what comes next, without being told at each step."""

from datetime import timedelta

from tests.policy.builders import (
    at,
    happens,
    insistent,
    ladder,
    minute,
    minutes,
    opened,
    opening,
    runbook,
    severity,
    tier,
)
from tests.policy.shell import NEVER, PolicyRunner
from tests.workflows.incidents import shipped
from workflows.policy.engine import plan
from workflows.policy.incident.events import Acknowledged, UpdatePosted
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.coming_duties import FORESEEN_STEPS, ComingDuties, coming_duties
from workflows.policy.views.standing import HEAVIEST_DUTY

BOOK = shipped("company")


def ahead(simulation: Simulation | PolicyRunner, steps: int = FORESEEN_STEPS) -> ComingDuties:
    return coming_duties(simulation.book, plan(simulation.book, simulation.incident, simulation.now), steps)


def shown(row: ComingDuties, count: float) -> tuple[float, str]:
    """So many minutes after the declaration a list shows this: its minute, and what it is."""
    duty = row.next(at(count))
    assert duty is not None
    return minute(duty.at), duty.what.partition(":")[0]


def attended() -> Simulation:
    every = {"every": minutes(15), "remind": minutes(3), "owner": "commander"}
    simulation = opened(runbook(severity(tier("alice"), updates=every)))
    happens(simulation, 1, Acknowledged(by="Ada"))
    happens(simulation, 7, UpdatePosted(by="Ada", text="looking"))
    return simulation


def test_the_next_duty_is_the_one_whose_time_comes_first_with_its_reason() -> None:
    simulation = opened(BOOK)
    simulation.run_to(at(1))
    present = plan(BOOK, simulation.incident, at(1))
    duty = ahead(simulation).next(at(1))
    assert duty is not None
    assert duty.at == min(demand.due_at for demand in (*present.due, *present.next))
    assert duty.what.partition(": ")[2]
    assert len(duty.what) <= HEAVIEST_DUTY


def test_a_step_that_was_foreseen_needs_no_other_word() -> None:
    """A reminder, the update that is due after it; and that this is late, if nothing is written then."""
    simulation = attended()
    row = ahead(simulation)
    assert [minute(each.at) for each in row.duties] == [19, 22]
    assert [shown(row, count)[0] for count in (8, 18.9, 19, 21.9, 22, 600)] == [19, 19, 22, 22, 22, 22]
    for count in (18.9, 19, 21.9):
        simulation.run_to(at(count))
        assert shown(ahead(simulation), count) == shown(row, count)


def test_nothing_is_shown_in_the_place_of_a_page_before_it_is_out() -> None:
    simulation = opened(ladder(insistent("alice"), tier("bob", after=9), within=5))
    row = ahead(simulation)
    assert [shown(row, count) for count in (1, 5, 60)] == [(5, "page Alice")] * 3


def test_what_is_late_stands_alone() -> None:
    held = PolicyRunner.of(opening(ladder(insistent("alice"), tier("bob", after=9))), lambda _: NEVER)
    held.run_to(at(3))
    assert [shown(ahead(held), count) for count in (3, 10)] == [(0, "page Alice")] * 2


def test_of_a_drill_only_the_next_is_said() -> None:
    row = ahead(attended(), steps=1)
    assert len(row.duties) == 1
    assert shown(row, 600) == shown(row, 8)


def test_what_has_nothing_to_do_shows_nothing() -> None:
    assert ComingDuties().next(at(1) + timedelta(days=1)) is None
    closed = opened(runbook(severity(tier("alice")))).incident.model_copy(update={"closed_at": at(1)})
    assert coming_duties(BOOK, plan(BOOK, closed, at(2))) == ComingDuties()
