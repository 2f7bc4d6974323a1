"""What recurs in the channel does not leave in the moment of a page, but with what is said of that page."""

from datetime import timedelta

import pytest

from tests.policy.builders import at, insistent, opening, runbook, severity
from tests.policy.shell import DONE, NEVER, Fate, PolicyRunner, begun
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page
from workflows.policy.views.coming_duties import coming_duties

SECOND = timedelta(seconds=1)
UPDATES = {"every": "15m", "owner": "communications", "remind": "5m"}
BOOK = runbook(severity(insistent("alice"), within=5, updates=UPDATES, roles=["scribe"], unfilled={"every": "20m"}))


def lived(of_pages: Fate) -> PolicyRunner:
    def fate(demand: Demand) -> Fate:
        return of_pages if isinstance(demand.effect, Page) and demand.due_at >= at(10) else DONE

    return PolicyRunner.of(opening(BOOK), fate)


def seconds(runner: PolicyRunner, duty: str, around: float) -> list[float]:
    """After that minute."""
    return [round((when - at(around)).total_seconds(), 3) for when, demand in runner.begun if demand.duty == duty]


@pytest.mark.parametrize(
    ("of_pages", "after"),
    [(DONE, 0), (Fate("done", 2 * SECOND), 2), (Fate("rejected", SECOND), 1), (NEVER, 5)],
    ids=["rings at once", "takes a moment", "is refused", "takes long"],
)
def test_it_waits_for_the_page_but_not_for_long(of_pages: Fate, after: float) -> None:
    runner = lived(of_pages)
    runner.run_to(at(10) + 10 * SECOND)
    assert seconds(runner, "remind/channel", 10) == [after]


def test_every_page_is_at_its_own_second() -> None:
    runner = lived(Fate("done", SECOND))
    runner.run_to(at(16))
    rung = [when for when, demand in runner.begun if isinstance(demand.effect, Page)]
    assert rung == sorted(rung)
    assert all(demand.due_at == when for when, demand in runner.begun if isinstance(demand.effect, Page))


def test_what_was_begun_goes_on_and_what_is_overdue_waits_for_nothing() -> None:
    """No worker for a while: what both missed goes out in one turn."""
    runner = lived(NEVER)
    runner.run_to(at(4))
    runner.sleep_to(at(10) + 30 * SECOND)
    runner.turn()
    assert seconds(runner, "remind/channel", 10) == [30]


def test_lists_show_it_as_what_comes_next_meanwhile() -> None:
    runner = lived(NEVER)
    runner.run_to(at(10))
    present = runner.look()
    assert [wanted.waits_for for wanted in present.waiting if wanted.demand.duty == "remind/channel"]
    assert coming_duties(BOOK, present).duties[0].at <= at(10)
    assert begun(runner, "remind/channel") == []
