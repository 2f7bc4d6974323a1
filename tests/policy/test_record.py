"""What is kept of an incident when it has closed."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.policy.builders import at, declared, happens, ladder, minutes, opened, opening, page, runbook, severity, tier
from tests.policy.shell import Fate, PolicyRunner
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    Escalated,
    Event,
    FlagChanged,
    Mitigated,
    Reopened,
    Resolved,
    SeverityChanged,
)
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.views.summary import ClosedIncident, summarize

BOOK = ladder(tier("alice"), tier("bob", after=5))


def lived(*events: tuple[float, Event], book: Runbook = BOOK, speed: float = 1.0) -> ClosedIncident:
    """Of an incident to which these happened, and which was resolved after an hour."""
    simulation = opened(book)
    for moment, event in events:
        happens(simulation, moment, event)
    if not simulation.incident.resolved:
        happens(simulation, 60, Resolved(by="Alice"))
    simulation.run_to(at(600))
    return summarize(book, simulation.incident, speed)


class TestTimes:
    def test_a_whole_life(self) -> None:
        kept = lived((2, Acknowledged(by="Alice")), (30, Mitigated(by="Alice")))
        assert (kept.declared_at, kept.acknowledged_at) == (at(0), at(2))
        assert (kept.mitigated_at, kept.resolved_at, kept.closed_at) == (at(30), at(60), at(75))
        assert (kept.openings, kept.cancelled, kept.drill) == (1, False, False)

    def test_what_nobody_did_has_no_time(self) -> None:
        kept = lived()
        assert (kept.acknowledged_at, kept.mitigated_at) == (None, None)

    def test_a_fix_that_did_not_hold_is_none(self) -> None:
        kept = lived((10, Mitigated()), (11, Resolved()), (12, Reopened()))
        assert (kept.openings, kept.mitigated_at, kept.resolved_at) == (2, None, at(60))

    def test_the_first_answer_counts_also_when_it_was_reopened(self) -> None:
        kept = lived((2, Acknowledged()), (11, Resolved()), (12, Reopened()), (14, Acknowledged()))
        assert kept.acknowledged_at == at(2)

    def test_one_that_was_opened_in_error_says_so(self) -> None:
        assert lived((3, Cancelled())).cancelled

    def test_compressed_time_makes_a_drill(self) -> None:
        assert lived(speed=60).drill


@pytest.mark.parametrize(
    ("changes", "gravest", "last"),
    [
        ([], "sev2", "sev2"),
        (["sev1"], "sev1", "sev1"),
        (["sev1", "sev3"], "sev1", "sev3"),
        (["sev3"], "sev2", "sev3"),
    ],
)
def test_it_keeps_the_gravest_severity_and_the_last(
    changes: Sequence[SeverityName], gravest: SeverityName, last: SeverityName
) -> None:
    book = runbook(dict.fromkeys(("sev1", "sev2", "sev3"), severity(tier("alice"))))
    incident = declared(book, severity="sev2")
    for minute, change in enumerate(changes):
        incident = apply(book, incident, SeverityChanged(severity=change, at=at(minute)))
    assert (incident.gravest, incident.severity) == (gravest, last)


class TestPages:
    def test_of_each_tier_are_counted(self) -> None:
        kept = lived((6, Acknowledged())).tally
        assert (kept.pages, kept.tier, kept.unanswered, kept.by_hand) == (2, 2, 0, 0)

    def test_a_ladder_that_was_climbed_to_its_end_is_counted_each_time(self) -> None:
        kept = lived((16, Acknowledged())).tally  # pages at 0 and 5, at 10 and 15
        assert (kept.pages, kept.unanswered, kept.forgotten) == (4, 1, 0)

    def test_one_that_began_again_because_somebody_fell_silent_is_another_matter(self) -> None:
        book = ladder(tier("alice"), tier("bob", after=5), expires_after=20)
        kept = lived((2, Acknowledged()), (24, Acknowledged()), (30, Resolved()), book=book).tally
        assert (kept.pages, kept.unanswered, kept.forgotten) == (2, 0, 1)

    def test_nobody_answering_after_that_counts_again(self) -> None:
        book = ladder(tier("alice"), tier("bob", after=5), expires_after=20)
        kept = lived((2, Acknowledged()), (33, Acknowledged()), (40, Resolved()), book=book).tally  # again at 22, at 32
        assert (kept.unanswered, kept.forgotten) == (1, 1)

    def test_a_page_by_hand_is_no_tier(self) -> None:
        kept = lived((1, Acknowledged()), (2, Escalated(to="carol"))).tally
        assert (kept.pages, kept.by_hand, kept.tier) == (2, 1, 1)

    def test_what_did_not_get_through_is_lost_and_not_late(self) -> None:
        shell = PolicyRunner.of(opening(BOOK), lambda d: Fate("rejected", minutes(3)) if _to(d) == "alice" else Fate())
        shell.run_to(at(4))
        tally = shell.incident.tally
        assert (tally.pages, tally.lost, tally.late) == (1, 1, 0)

    @pytest.mark.parametrize(
        ("took", "late", "latest"),
        [(0, 0, 0), (59 / 60, 0, 59), (1, 1, 60), (2.5, 1, 150)],
    )
    def test_from_a_minute_on_they_are_late(self, took: float, late: int, latest: int) -> None:
        shell = PolicyRunner.of(opening(BOOK), lambda _: Fate("done", minutes(took)))
        shell.run_to(at(4))
        assert (shell.incident.tally.late, shell.incident.tally.latest) == (late, timedelta(seconds=latest))


def _to(demand: Demand) -> str:
    return page(demand).to if isinstance(demand.effect, Page) else ""


class TestReview:
    def book(self, **terms: object) -> Runbook:
        return runbook(severity(tier("alice"), review=terms))

    def test_owed_always_or_only_to_be_considered_or_not_at_all(self) -> None:
        assert lived(book=self.book()).review == "always"
        assert lived(book=self.book(required="consider")).review == "consider"
        assert lived().review == "none"

    def test_owed_only_when_its_condition_holds(self) -> None:
        book = self.book(when={"flags": ["security"]})
        assert lived(book=book).review == "none"
        assert lived((1, FlagChanged(flag="security")), book=book).review == "always"

    def test_not_owed_by_what_was_opened_in_error(self) -> None:
        assert lived((1, Cancelled()), book=self.book()).review == "none"
