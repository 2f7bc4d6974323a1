"""What a review is about: documents, follow-ups, what the incident left, the question whether it is to be at all."""

from datetime import date, timedelta

import pytest

from tests.policy.builders import lines, runbook, severity, tier
from tests.policy.review.reviews import DAY, RESOLVED_AT, asked, at, demands, duty, mentioned, owing, review, reviewed
from workflows.policy.effects.effects import Post, Ticket, WriteDocument
from workflows.policy.effects.offers import Offer
from workflows.policy.incident.events import (
    Cancelled,
    DraftApproved,
    Event,
    FollowUpAdded,
    FollowUpDone,
    FollowUpWaived,
    RoleAssigned,
    UpdatePosted,
    stamp,
)
from workflows.policy.review.events import REVIEW_SIGNALS, ReviewStarted, Submitted, Waived
from workflows.policy.review.owed import owed
from workflows.policy.review.summary import summarize_review
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation
from workflows.texts import documents

ASKED = owing(duty(), required="consider")


def names(simulation: Simulation) -> list[str]:
    return [each.name for each in owed(simulation.book, review(simulation))]


class TestDocuments:
    def test_a_document_is_drafted_at_once_owed_by_its_deadline_and_brought_up_to_date_at_the_end(self) -> None:
        simulation = reviewed(owing(duty()))
        (draft,) = demands(simulation, "review/document/report")
        assert isinstance(draft.effect, WriteDocument)
        assert (draft.effect.name, draft.effect.address) == ("report", None)
        at(simulation, "4 12:00", Submitted(by="Alice", link="https://wiki.example/1"))
        _, again = demands(simulation, "review/document/report")
        assert isinstance(again.effect, WriteDocument)
        assert again.effect.address == "ref:review/document/report/1"
        assert review(simulation).closed_at == simulation.now

    def test_what_is_owed_is_told_once_when_the_review_begins(self) -> None:
        book = owing(duty(), duty("mail", "24h", "checklist", owner="communications"))
        simulation = at(reviewed(book), "5 12:00")
        assert asked(simulation, "review/opened") == ["Mon 2 10:15"]
        assert mentioned(demands(simulation, "review/opened")[0]) == ("bob", "alice")

    def test_who_owes_is_whoever_holds_the_role_then(self) -> None:
        simulation = reviewed(owing(duty()), RoleAssigned(role="commander", person="bob"))
        at(simulation, "3 12:00", RoleAssigned(role="commander", person="carol"))
        at(simulation, "4 12:00")
        assert mentioned(demands(simulation, "review/opened")[0]) == ("bob",)
        assert mentioned(demands(simulation, "duty/report")[0]) == ("carol",)


def offered(simulation: Simulation) -> list[Offer]:
    """Below what is told now."""
    told = (each.effect for each in demands(simulation, "tell") if each.due_at == simulation.now)
    return [offer for post in told if isinstance(post, Post) for offer in post.offers]


class TestTheQuestion:
    def test_it_is_asked_once_and_nothing_is_owed_before_the_answer(self) -> None:
        simulation = at(reviewed(ASKED), "4 09:59")
        assert asked(simulation, "review/consider") == ["Mon 2 10:15"]
        assert names(simulation) == []
        assert summarize_review(simulation.book, review(simulation), simulation.now).kind == "asked"

    def test_no_is_an_answer(self) -> None:
        simulation = at(reviewed(ASKED), "2 12:00", Waived(by="Alice", reason="simple"))
        assert review(simulation).closed_at == simulation.now
        assert summarize_review(simulation.book, review(simulation), simulation.now).kind == "declined"

    def test_after_a_yes_deadlines_count_from_it(self) -> None:
        simulation = at(reviewed(ASKED), "3 12:00", ReviewStarted(by="Alice"))
        assert asked(simulation, "review/opened") == ["Tue 3 12:00"]
        at(simulation, "6 13:00")
        assert asked(simulation, "duty/report") == ["Thu 5 12:00"]
        assert summarize_review(simulation.book, review(simulation), simulation.now).kind == "wanted"

    def test_no_answer_is_a_no_when_the_review_would_have_been_due(self) -> None:
        simulation = at(reviewed(ASKED), "6 12:00")
        assert review(simulation).closed_at == RESOLVED_AT + 2 * DAY + (review(simulation).opened_at - RESOLVED_AT)
        assert lines(simulation.incident)[-1] == "nobody asked for a review"


class TestFollowUps:
    BOOK = owing(duty(), follow_ups={"tickets": "OPS", "within": "1w", "remind": "1d"})

    def test_one_is_asked_for_the_day_before_on_its_day_and_after_it(self) -> None:
        simulation = reviewed(
            self.BOOK, FollowUpAdded(by="Alice", text="test it", owner="bob", due_on=date(2026, 3, 5))
        )
        at(simulation, "9 12:00")
        assert asked(simulation, "review/remind/bob") == ["Thu 5 09:00"]
        assert asked(simulation, "follow-up-1") == ["Thu 5 17:00"]
        assert asked(simulation, "review/overdue/bob") == ["Mon 9 09:00"]

    def test_the_runbook_says_when_it_is_due_if_nobody_does_and_its_owner_is_who_said_it(self) -> None:
        simulation = at(reviewed(self.BOOK), "3 12:00", FollowUpAdded(by="carol", text="test it"))
        (follow_up,) = simulation.incident.follow_ups
        assert (follow_up.owner, follow_up.due_on) == ("carol", date(2026, 3, 10))

    @pytest.mark.parametrize("event", [FollowUpDone(follow_up="1", by="Bob"), FollowUpWaived(follow_up="1", by="Bob")])
    def test_it_has_a_ticket_which_is_closed_with_it_and_holds_the_review_open(self, event: Event) -> None:
        simulation = reviewed(self.BOOK, FollowUpAdded(by="Alice", text="test it", owner="bob"))
        at(simulation, "3 12:00", Submitted(by="Alice"))
        assert review(simulation).closed_at is None
        at(simulation, "3 13:00", event)
        opened, closed = (each.effect for each in demands(simulation, "ticket/follow-up-1"))
        assert isinstance(opened, Ticket)
        assert isinstance(closed, Ticket)
        assert (opened.action, closed.action, closed.ticket) == ("create", "close", "ref:ticket/follow-up-1/1")
        assert review(simulation).closed_at == simulation.now

    def test_whoever_reads_of_one_can_press_that_it_is_done(self) -> None:
        """Also of one that is added when the list of what the review owes has long been posted."""
        simulation = at(reviewed(self.BOOK), "3 12:00", FollowUpAdded(by="Alice", text="test it"))
        assert [(offer.label, offer.verb, offer.said) for offer in offered(simulation)] == [
            ("Done", "done", {"follow_up": "1"}),
            ("Waive", "waive", {"follow_up": "1"}),
        ]

    def test_of_several_that_are_read_together_each_button_says_of_which_it_is(self) -> None:
        added = (FollowUpAdded(by="Alice", text=text) for text in ("test it", "alert on lag"))
        simulation = reviewed(self.BOOK)
        simulation.now += timedelta(hours=1)
        for event in added:
            simulation._apply(stamp(event, simulation.now))
        simulation.settle()
        assert [offer.label for offer in offered(simulation)] == [
            "Done: follow-up 1", "Waive: follow-up 1", "Done: follow-up 2", "Waive: follow-up 2",
        ]  # fmt: skip

    def test_its_ticket_says_that_it_is_done(self) -> None:
        simulation = reviewed(self.BOOK, FollowUpAdded(by="Alice", text="test it", owner="bob"))
        simulation.happen(FollowUpDone(follow_up="ref:ticket/follow-up-1/1", by="Jira"))
        assert [each.ending is not None for each in simulation.incident.follow_ups] == [True]

    def test_without_tickets_tocsin_alone_keeps_it(self) -> None:
        simulation = reviewed(owing(duty()), FollowUpAdded(by="Alice", text="test it"))
        assert demands(simulation, "ticket/") == []

    def test_follow_ups_of_a_severity_without_a_review_are_seen_to_as_well(self) -> None:
        simulation = reviewed(runbook(severity(tier("alice"))), FollowUpAdded(by="Alice", text="test it", owner="bob"))
        assert names(simulation) == ["follow-up-1"]


class TestWhatTheIncidentLeaves:
    """Nothing that was planned is lost at the close."""

    def test_a_duty_of_its_own_that_falls_due_too_late_for_it(self) -> None:
        briefing = duty("briefing", "0m", "checklist", on="monday")
        simulation = reviewed(runbook(severity(tier("alice"), duties=[briefing])))
        at(simulation, "10 12:00")
        assert asked(simulation, "duty/briefing") == ["Mon 9 09:00"]
        assert review(simulation).closed_at is not None
        assert asked(simulation, "review/") == []

    def test_a_draft_that_nobody_has_approved(self) -> None:
        page = {"owner": "communications", "automatic": ["investigating"]}
        simulation = at(reviewed(owing(severity={"status_page": page})), "2 11:15")
        assert names(simulation) == ["status-page"]
        assert asked(simulation, "approve/status-page") == ["Mon 2 11:15"]  # an hour later: it waited for that, too
        at(simulation, "3 12:00", DraftApproved(by="Bob"))
        assert simulation.incident.public.status == "resolved"
        assert review(simulation).closed_at is not None

    def test_a_mail_that_nobody_has_approved_can_be_waived(self) -> None:
        mail = {"id": "notice", "kind": "email", "template": "email", "to": "a@b.c", "owner": "communications"}
        simulation = reviewed(owing(severity={"duties": [mail | {"approval": True}]}))
        assert names(simulation) == ["notice"]
        simulation.happen(Waived(duty="notice", by="Bob", reason="they know"))
        assert review(simulation).closed_at is not None
        assert demands(simulation, "duty/notice") == []

    def test_nothing_left_no_review(self) -> None:
        assert reviewed(runbook(severity(tier("alice")))).review is None
        assert reviewed(owing(duty(), when={"flags": ["security"]})).review is None

    def test_a_cancelled_incident_owes_none(self) -> None:
        simulation = reviewed(owing(duty()), Cancelled(by="Alice"))
        assert simulation.review is None

    @pytest.mark.parametrize(
        ("page", "said", "owed_now"),
        [
            ({"owner": "communications", "automatic": ["investigating", "resolved"]}, (), ["call"]),
            (None, (UpdatePosted(by="Bob", text="we know", public=True),), ["call"]),
            (None, (), []),
        ],
    )
    def test_customers_are_called_after_something_went_out_publicly_and_only_then(
        self, page: dict[str, object] | None, said: tuple[Event, ...], owed_now: list[str]
    ) -> None:
        call = duty("call", "24h", "checklist", when={"public": True})
        book: Runbook = owing(call, severity={"status_page": page})
        simulation = reviewed(book, *said)
        assert (names(simulation) if simulation.review else []) == owed_now


class TestTheRecord:
    def test_it_counts_what_was_in_time_and_what_was_not(self) -> None:
        book = owing(duty("report", "24h"), duty("meeting", "48h", "checklist"), duty("thanks", "1h", "checklist"))
        simulation = reviewed(book, FollowUpAdded(by="Alice", text="one"), FollowUpAdded(by="Alice", text="two"))
        at(simulation, "2 10:30", Waived(duty="thanks", by="Bob", reason="done by phone"))
        at(simulation, "4 09:00", Submitted(duty="report", by="Alice"), FollowUpDone(follow_up="1", by="Alice"))
        kept = summarize_review(book, review(simulation), simulation.now)
        assert kept.due_at == RESOLVED_AT + 2 * DAY
        assert (kept.submitted, kept.on_time, kept.waived, kept.open, kept.overdue) == (1, 0, 1, 1, 0)
        assert (kept.follow_ups, kept.follow_ups_done, kept.follow_ups_on_time) == (2, 1, 1)


def test_every_command_has_the_wire_name_that_is_its_kind() -> None:
    assert list(REVIEW_SIGNALS) == [
        "start", "submit", "waive", "snooze", "note", "assign_role", "approve", "follow_up_added", "follow_up_done",
        "follow_up_waived", "flag", "obligation_sent", "obligation_not_applicable", "acknowledge",
    ]  # fmt: skip


def test_the_document_lists_the_follow_ups_with_owner_due_date_and_end() -> None:
    added = FollowUpAdded(by="Alice", text="test | it", owner="bob", due_on=date(2026, 3, 5))
    simulation = reviewed(owing(duty()), added)
    simulation.happen(FollowUpDone(follow_up="1", by="Bob", text="merged"))
    written = documents.record(simulation.book, simulation.incident, simulation.now)
    assert "### Action items" in written
    assert "Bob | 2026-03-05 | done by Bob, 2026-03-02: merged" in written
    assert "test | it" not in written  # a bar in somebody's text ends no cell
