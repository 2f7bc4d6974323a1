"""A deadline that the procedure states outlives the incident: its review carries it on."""

from datetime import timedelta

import pytest

from tests.policy.builders import T0, happens, opened, runbook, severity, tier
from tests.policy.review.reviews import asked, at, duty, mentioned, owing, review, reviewed
from workflows.policy.incident.events import (
    Cancelled,
    DraftApproved,
    Event,
    FlagChanged,
    Mitigated,
    Reopened,
    Resolved,
    SeverityChanged,
)
from workflows.policy.review.events import Submitted, Waived
from workflows.policy.review.owed import owed
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import Scenario, simulate_lines
from workflows.policy.simulation.simulate import Simulation

REGULATOR = {"id": "regulator", "kind": "email", "template": "email", "to": "r@example.com", "owner": "commander"}
NOTICE = {"id": "notice", "kind": "checklist", "template": "checklist", "owner": "commander", "text": "Tell them"}


def obliging(**more: object) -> Runbook:
    """A severity without a review, whose incident owes this."""
    return runbook(severity(tier("alice"), duties=[REGULATOR | more]))


def lived(book: Runbook, *steps: tuple[float, Event], **opening: object) -> Simulation:
    """Through a week, with these at these minutes."""
    simulation = opened(book, None, **opening)
    for minute, event in steps:
        happens(simulation, minute, event)
    simulation.run_to(T0 + timedelta(days=7))
    return simulation


@pytest.mark.parametrize("resolved", [1, 60, 24 * 60, 72 * 60 - 1, 72 * 60 + 1])
@pytest.mark.parametrize(
    "said", [{"from": "declared", "after": "72h"}, {"from": "detected", "after": "72h"}, {"after": "72h"}]
)
def test_what_is_due_within_days_comes_whenever_the_incident_ends(said: dict[str, str], resolved: float) -> None:
    assert asked(lived(obliging(**said), (resolved, Resolved())), "duty/regulator") == ["Thu 5 09:00"]


def test_a_deadline_of_minutes_outlives_the_end_if_it_says_from_when_it_counts() -> None:
    step, deadline = obliging(after="40m"), obliging(after="40m", **{"from": "declared"})
    assert asked(lived(step, (30, Resolved())), "duty/regulator") == []
    assert asked(lived(deadline, (30, Resolved())), "duty/regulator") == ["Mon 2 09:40"]


def test_a_step_of_days_ends_with_the_incident_if_it_says_so() -> None:
    book = obliging(after="72h", unless="resolved")
    assert asked(lived(book, (30, Resolved())), "duty/regulator") == []
    assert asked(lived(book), "duty/regulator") == ["Thu 5 09:00"]


FLAGGED = {"when": {"flags": ["security"]}}
STARTS = {
    "detected": "Tue 3 08:00",
    "declared": "Tue 3 09:00",
    "flagged": "Tue 3 09:10",
    "mitigated": "Tue 3 09:20",
    "resolved": "Tue 3 09:30",
}


@pytest.mark.parametrize("start", STARTS)
def test_a_deadline_counts_from_the_moment_that_it_names(start: str) -> None:
    book = obliging(**{"from": start}, after="24h", **FLAGGED)
    steps = (10, FlagChanged(flag="security")), (20, Mitigated()), (30, Resolved())
    simulation = lived(book, *steps, detected_at=T0 - timedelta(hours=1))
    assert asked(simulation, "duty/regulator") == [STARTS[start]]


def test_what_ended_was_mitigated_by_then() -> None:
    assert asked(lived(obliging(**{"from": "mitigated"}, after="24h"), (30, Resolved())), "duty/regulator") == [
        "Tue 3 09:30"
    ]


def test_a_deadline_that_had_passed_when_its_flag_was_set_is_due_at_once() -> None:
    book = obliging(**{"from": "detected"}, after="1h", **FLAGGED)
    assert asked(lived(book, (90, FlagChanged(flag="security"))), "duty/regulator") == ["Mon 2 10:30"]


def test_what_counts_from_a_flag_that_is_not_set_is_not_owed() -> None:
    assert asked(lived(obliging(**{"from": "flagged"}, after="1h", **FLAGGED), (9, Resolved())), "duty/regulator") == []


def test_a_reopening_asks_for_nothing_twice_and_forgets_nothing() -> None:
    book = obliging(**{"from": "declared"}, after="40m")
    early = lived(book, (30, Resolved()), (35, Reopened()), (36, Resolved()))
    late = lived(book, (41, Resolved()), (45, Reopened()), (50, Resolved()))
    assert asked(early, "duty/regulator") == asked(late, "duty/regulator") == ["Mon 2 09:40"]


def test_a_cancelled_incident_owes_no_duty() -> None:
    assert asked(lived(obliging(after="72h"), (30, Cancelled())), "duty/regulator") == []


def test_who_lowers_the_severity_has_not_undone_a_deadline() -> None:
    sev1 = severity(tier("alice"), duties=[REGULATOR | {"from": "declared", "after": "72h"}])
    book = runbook({"sev1": sev1, "sev2": severity(tier("alice"))})
    simulation = lived(book, (20, SeverityChanged(severity="sev2")), (30, Resolved()))
    assert asked(simulation, "duty/regulator") == ["Thu 5 09:00"]


def test_a_draft_that_falls_due_after_the_end_goes_out_once_it_is_approved() -> None:
    simulation = lived(obliging(after="72h", approval=True), (30, Resolved()))
    assert asked(simulation, "duty-draft/regulator") == ["Thu 5 09:00"]
    assert [each.name for each in owed(simulation.book, review(simulation))] == ["regulator"]
    at(simulation, "9 10:00", DraftApproved(what="regulator", by="Alice"))
    assert asked(simulation, "duty/regulator") == ["Mon 9 10:00"]


class TestWhatPeopleOwe:
    """A checklist, nag or document: reminded of, asked for and asked for again, until somebody has ended it."""

    def test_is_reminded_of_and_asked_for_until_it_is_submitted(self) -> None:
        book = owing(severity={"duties": [NOTICE | {"from": "declared", "after": "30h"}]})
        simulation = reviewed(book)
        [each] = owed(book, review(simulation))
        assert (each.name, each.people, each.due_at) == ("notice", ("alice",), T0 + timedelta(hours=30))
        at(simulation, "4 16:00")
        assert asked(simulation, "review/remind/") == ["Tue 3 11:00"]
        assert asked(simulation, "duty/notice") == ["Tue 3 15:00"]
        assert asked(simulation, "review/overdue/") == ["Wed 4 15:00"]
        at(simulation, "4 17:00", Submitted(duty="notice", by="Alice"))
        assert not owed(book, review(simulation))

    def test_is_not_asked_for_again_if_it_was_asked_for_before_the_close(self) -> None:
        book = owing(duty(), severity={"duties": [NOTICE | {"from": "declared", "after": "30m"}]})
        simulation = at(reviewed(book), "4 12:00")
        assert asked(simulation, "duty/notice") == ["Mon 2 09:30"]
        assert [each.name for each in owed(book, review(simulation))] == ["report"]

    def test_is_not_waived_with_the_whole_review(self) -> None:
        book = owing(duty(), severity={"duties": [NOTICE | {"from": "declared", "after": "30h"}]})
        simulation = at(reviewed(book), "2 12:00", Waived(reason="no time", by="Bob"))
        assert [each.name for each in owed(book, review(simulation))] == ["notice"]
        at(simulation, "2 13:00", Waived(duty="notice", reason="nothing to tell", by="Bob"))
        assert not owed(book, review(simulation))

    def test_a_duty_of_the_review_may_count_from_the_beginning(self) -> None:
        book = owing(duty("notice", "30h", "checklist", at="declared", **{"from": "detected"}))
        [each] = owed(book, review(reviewed(book)))
        assert each.due_at == T0 + timedelta(hours=30)
        asking = at(reviewed(book), "4 12:00")
        [sent] = [each for _, each in asking.sent if each.duty == "duty/notice"]
        assert (mentioned(sent), sent.reason) == (
            ("alice",),
            "owed 1d 6h after the incident was detected: this is its deadline",
        )


@pytest.mark.parametrize("resolve", [None, 2, 80, 200])
def test_a_preview_shows_a_deadline_whenever_the_incident_ends(resolve: int | None) -> None:
    course = Scenario(
        "sev1",
        T0,
        flags=("security",),
        resolve_after=None if resolve is None else timedelta(hours=resolve),
        until=timedelta(days=12),
    )
    lines = simulate_lines(obliging(after="72h", **FLAGGED), course, lambda *_: "")
    assert [line.offset_s for line in lines if line.duty == "duty/regulator/1"] == [72 * 3600]
