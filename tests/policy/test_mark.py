"""Who decides by what an incident was like is not taken at their word once it is something else."""

import pytest

from tests.policy.builders import alert, alerts, at, declared, happens, lines, opened, runbook, said, severity, tier
from tests.policy.review.reviews import duty, owing, reviewed
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    DraftApproved,
    Escalated,
    Event,
    FlagChanged,
    HandedOff,
    Mitigated,
    Noted,
    Reopened,
    Resolved,
    RoleAssigned,
    RunbookAdopted,
    SeverityChanged,
    Snoozed,
    Unacknowledged,
    UpdatePosted,
)
from workflows.policy.incident.mark import changed_meanwhile, mark
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.refusals import refusal
from workflows.policy.review.events import Waived
from workflows.policy.review.reducers import apply as apply_to_review
from workflows.policy.review.refusals import refusal as review_refusal
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation

RULES = severity(tier("alice"), tier("bob", after=30))
BOOK = runbook({"sev1": RULES, "sev2": RULES}, version="1")
NEWER = BOOK.model_copy(update={"version": "2"})
DRAFTING = runbook(severity(tier("alice"), status_page={"owner": "communications", "every": "30m"}))
SNOOZE = Snoozed.model_validate({"duration": "1h"})


def running(book: Runbook = BOOK, severity: str = "sev2") -> Simulation:
    return opened(book, severity=severity)


MATTERS = [
    (SeverityChanged(severity="sev1", by="Ann"), "SEV-1 since 09:12 UTC, by Ann"),
    (Acknowledged(by="Ann"), "acknowledged since 09:12 UTC, by Ann"),
    (Resolved(by="Ann"), "resolved since 09:12 UTC, by Ann"),
    (Mitigated(by="Ann"), "monitoring since 09:12 UTC"),
    (UpdatePosted(by="Ann", text="it is the cache", phase="identified"), "identified since 09:12 UTC"),
    (HandedOff(by="Ann", to="bob"), "Bob is Incident Commander"),
    (RoleAssigned(by="Ann", role="commander", person="carol"), "Carol is Incident Commander"),
    (FlagChanged(by="Ann", flag="security"), "flagged security"),
    (RunbookAdopted(by="Ann", runbook=NEWER), "it follows another version of the runbook acme"),
]


@pytest.mark.parametrize(("event", "now"), MATTERS, ids=[now for _, now in MATTERS])
@pytest.mark.parametrize(
    "wanted", [SeverityChanged(severity="sev1"), Noted(text="hm"), Cancelled()], ids=lambda w: w.kind
)
def test_what_has_changed_since_it_was_shown_is_said_in_words(wanted: Event, event: Event, now: str) -> None:
    simulation = running()
    still = wanted.model_copy(update={"if_still": mark(simulation.incident)})
    assert refusal(BOOK, simulation.incident, still) is None
    happens(simulation, 12, event)
    assert refusal(simulation.book, simulation.incident, still) == (
        f"preview: it has changed meanwhile: {now}{_follows(event)}; look again"
    )


def _follows(event: Event) -> str:
    """Whoever raises by hand is on it from then on."""
    return "; acknowledged since 09:12 UTC, by Ann" if isinstance(event, SeverityChanged) else ""


@pytest.mark.parametrize(
    "event",
    [
        Noted(text="hm"), UpdatePosted(text="still looking"), SNOOZE, Escalated(to="bob"),
        RoleAssigned(role="scribe", person="dave"), SeverityChanged(severity="sev2"), alerts(alert("another")),
    ],
    ids=lambda event: event.kind,
)  # fmt: skip
def test_what_changes_nothing_that_they_decided_by_keeps_nobody_from_acting(event: Event) -> None:
    simulation = running()
    before = mark(simulation.incident)
    happens(simulation, 12, event)
    assert mark(simulation.incident) == before


def test_time_alone_and_what_is_sent_keep_nobody_from_acting() -> None:
    simulation = running()
    before = mark(simulation.incident)
    simulation.run_to(at(300))
    assert len(simulation.sent) > 2
    assert mark(simulation.incident) == before


def test_an_acknowledgement_that_was_taken_back_and_a_reopening_are_said() -> None:
    simulation = running()
    happens(simulation, 1, Acknowledged(by="Ann"))
    acknowledged = mark(simulation.incident)
    happens(simulation, 2, Unacknowledged(by="Ann"))
    no = changed_meanwhile(BOOK, simulation.incident, Noted(if_still=acknowledged))
    assert no == "it has changed meanwhile: nobody has acknowledged it any more; look again"
    fresh = mark(simulation.incident)
    happens(simulation, 3, Resolved(by="Ann"))
    happens(simulation, 4, Reopened(by="Ann"))
    no = changed_meanwhile(BOOK, simulation.incident, Noted(if_still=fresh))
    assert no == "it has changed meanwhile: reopened since 09:04 UTC; look again"


def test_what_is_said_without_a_mark_is_meant_whatever_has_happened_since() -> None:
    simulation = running()
    happens(simulation, 12, SeverityChanged(severity="sev1", by="Ann"))
    assert refusal(BOOK, simulation.incident, Resolved(by="Bob")) is None


@pytest.mark.parametrize("odd", ["x", "no mark at all", "0" * 500, "\ud800"])
def test_a_mark_that_nobody_gave_is_no_reason_to_act(odd: str) -> None:
    simulation = running()
    no = refusal(BOOK, simulation.incident, Resolved(if_still=odd))
    assert no is not None
    assert no.endswith("look again")


class TestSignals:
    """A signal is refused by nobody: it may have waited for a worker while others acted."""

    def test_one_that_comes_too_late_changes_nothing_and_its_author_hears_of_it(self) -> None:
        simulation = running()
        seen = mark(simulation.incident)
        happens(simulation, 12, Acknowledged(by="Ann"))
        late = Resolved(by="bob", if_still=seen, id="press-1")
        happens(simulation, 13, late)
        assert not simulation.incident.resolved
        assert said(
            simulation.incident,
            "what Bob wanted (resolve) was not done: it has changed meanwhile: acknowledged since 09:12 UTC, by Ann",
        )
        assert simulation.sent[-1][1].effect.mention == ("bob",)  # type: ignore[union-attr] # a post
        told = lines(simulation.incident)
        happens(simulation, 14, late)
        assert lines(simulation.incident) == told

    def test_one_that_is_still_true_is_done(self) -> None:
        simulation = running()
        happens(simulation, 12, Resolved(by="bob", if_still=mark(simulation.incident)))
        assert simulation.incident.resolved

    def test_a_runbook_is_not_adopted_by_what_came_too_late(self) -> None:
        simulation = running()
        seen = mark(simulation.incident)
        happens(simulation, 12, Acknowledged(by="Ann"))
        happens(simulation, 13, RunbookAdopted(by="bob", runbook=NEWER, if_still=seen))
        assert simulation.book is BOOK


class TestApproval:
    """Who approves a draft has read that one."""

    def test_another_draft_is_not_let_out_by_an_approval_of_the_one_before(self) -> None:
        simulation = running(DRAFTING, "sev1")
        seen = mark(simulation.incident)
        assert simulation.incident.public.drafted == "investigating"
        happens(simulation, 2, DraftApproved(by="Ann", draft="status-page"))
        approval = DraftApproved(by="Bob", draft="status-page", if_still=seen)
        no = changed_meanwhile(DRAFTING, simulation.incident, approval)
        assert no == "it has changed meanwhile: no draft waits for approval any more; look again"

    def test_a_draft_that_appears_keeps_nobody_from_anything_else(self) -> None:
        simulation = running(DRAFTING, "sev1")
        seen = mark(declared(DRAFTING))
        assert mark(simulation.incident) != seen
        assert changed_meanwhile(DRAFTING, simulation.incident, Acknowledged(if_still=seen)) is None


class TestReviews:
    def test_its_review_refuses_by_the_same_mark(self) -> None:
        book = owing(duty())
        simulation = reviewed(book)
        review = simulation.review
        assert review is not None
        seen = mark(review.incident)
        waived = Waived(reason="a drill", if_still=seen, by="Ann")
        assert review_refusal(book, review, waived) is None
        flagged = apply_to_review(book, review, FlagChanged(flag="security", by="Bob", at=at(90)))
        no = review_refusal(book, flagged, waived)
        assert no == "preview: it has changed meanwhile: flagged security; look again"
        after = apply_to_review(book, flagged, waived.model_copy(update={"at": at(91)}))
        assert (after.ended, after.answer) == ({}, None)
        assert said(after.incident, "what Ann wanted (waive) was not done")


def test_a_mark_is_short_and_survives_json() -> None:
    incident = running(DRAFTING, "sev1").incident
    assert len(mark(incident)) < 50
    assert mark(Incident.model_validate_json(incident.model_dump_json())) == mark(incident)
