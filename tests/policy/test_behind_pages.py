"""What recurs in the channel does not leave in the moment of a page, but with what is said of that page."""

from datetime import datetime, timedelta

import pytest

from tests.policy.builders import at, insistent, opening, runbook, severity, tier
from tests.policy.shell import DONE, NEVER, Fate, PolicyRunner, begun
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page
from workflows.policy.incident.events import SeverityChanged
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.coming_duties import coming_duties

SECOND = timedelta(seconds=1)
UPDATES = {"every": "15m", "owner": "communications", "remind": "5m"}
SEV1 = severity(insistent("alice"), within=5, updates=UPDATES, roles=["scribe"], unfilled={"every": "20m"})
BOOK = runbook(SEV1)


def lived(of_pages: Fate, book: Runbook = BOOK, **more: object) -> PolicyRunner:
    def fate(demand: Demand) -> Fate:
        return of_pages if isinstance(demand.effect, Page) and demand.due_at >= at(10) else DONE

    return PolicyRunner.of(opening(book, **more), fate)


def pages_after(runner: PolicyRunner, count: float) -> list[tuple[datetime, Demand]]:
    return [(when, each) for when, each in runner.begun if isinstance(each.effect, Page) and when >= at(count)]


def foreseen(runner: PolicyRunner) -> list[tuple[float, str]]:
    """What comes at the next moment, if nothing happens before: seconds after minute 10, and kind."""
    present = runner.look()
    assert present.wake_at is not None
    return [
        ((present.wake_at - at(10)).total_seconds(), each.effect.kind) for each in present.falls_due(present.wake_at)
    ]


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


def test_page_after_page_holds_it_up_no_longer_than_one() -> None:
    others = [tier(person, after=10 + seconds / 60) for person, seconds in (("bob", 3), ("carol", 6), ("dave", 9))]
    runner = lived(NEVER, runbook(SEV1.model_copy(update={"escalation": (insistent("alice"), *others)})))
    runner.run_to(at(11))
    assert seconds(runner, "remind/channel", 10) == [5]
    assert [round((when - at(10)).total_seconds()) for when, _ in pages_after(runner, 10)] == [0, 3, 6, 9]


def test_what_a_graver_severity_owes_since_a_while_goes_behind_its_page() -> None:
    runner = lived(NEVER, runbook({"sev1": SEV1, "sev2": severity(tier("bob"))}), severity="sev2")
    runner.happens(17, SeverityChanged(severity="sev1", by="Ann"))
    assert pages_after(runner, 17)
    runner.run_to(at(18))
    assert seconds(runner, "update/channel", 17) == [5]


def test_what_is_foreseen_has_the_same_pause() -> None:
    """The page in its moment, the reminder in its own, and no other."""
    runner = lived(NEVER)
    runner.run_to(at(9))
    assert foreseen(runner) == [(0, "page")]
    runner.run_to(at(10))
    assert foreseen(runner) == [(5, "nag")]


def test_lists_show_the_page_meanwhile() -> None:
    runner = lived(NEVER)
    runner.run_to(at(10))
    present = runner.look()
    assert [wanted.waits_for for wanted in present.waiting if wanted.demand.duty == "remind/channel"]
    [shown] = coming_duties(BOOK, present).duties
    assert (shown.at, shown.what[:10]) == (at(10), "page Alice")
    assert begun(runner, "remind/channel") == []
