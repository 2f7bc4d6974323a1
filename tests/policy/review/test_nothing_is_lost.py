"""A review that would end too early, ask nobody, or do what somebody has just said no to."""

from datetime import timedelta

from tests.policy.builders import happens, lines, opened, post, runbook, severity, tier
from tests.policy.review.reviews import asked, at, demands, duty, owing, review, reviewed
from workflows.policy.incident.events import (
    Cancelled,
    DraftApproved,
    FlagChanged,
    FollowUpDone,
    Resolved,
    SeverityChanged,
)
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.review.events import NagsSnoozed, ReviewStarted, Submitted, Waived
from workflows.policy.review.owed import owed
from workflows.policy.review.refusals import refusal

MAIL = {"id": "notice", "kind": "email", "template": "email", "to": "a@b.c", "owner": "communications"}


def test_a_mail_of_the_review_that_waits_for_approval_keeps_it_open() -> None:
    book = owing(duty(), MAIL | {"at": "resolved", "after": "24h", "approval": True})
    simulation = at(reviewed(book), "2 12:00", Submitted(duty="report", by="Alice"))
    at(simulation, "4 12:00")
    assert review(simulation).closed_at is None
    assert [each.name for each in owed(book, review(simulation))] == ["notice"]
    assert asked(simulation, "duty-draft/notice") == ["Tue 3 10:00"]
    assert asked(simulation, "approve/") == []  # the draft itself asks
    assert asked(simulation, "review/overdue/bob") == ["Wed 4 10:00"]
    at(simulation, "4 12:30", DraftApproved(by="Bob"))
    assert asked(simulation, "duty/notice") == ["Wed 4 12:30"]
    assert review(simulation).closed_at is not None


def test_a_closed_review_says_no_in_the_words_of_every_closed_thing() -> None:
    simulation = at(reviewed(owing(duty())), "2 12:00", Submitted(duty="report", by="Alice"))
    said = refusal(simulation.book, review(simulation), Submitted(duty="report", by="Bob"))
    assert said == f"the review of {review(simulation).incident.id} is closed already"


def test_a_snooze_holds_no_draft_that_waits_for_approval() -> None:
    simulation = reviewed(owing(severity={"duties": [MAIL | {"approval": True}]}))
    simulation.happen(NagsSnoozed(duration=timedelta(days=20), reason="away"))
    simulation.happen(NagsSnoozed(what="notice", duration=timedelta(days=20), reason="away"))
    assert "snoozed 'notice', of which there is no reminder to hold" in lines(simulation.incident)[-1]
    at(simulation, "3 12:00")
    assert asked(simulation, "approve/notice") == ["Mon 2 10:15"]
    assert asked(simulation, "review/overdue/bob") == ["Tue 3 10:15"]
    assert (
        refusal(
            simulation.book, review(simulation), NagsSnoozed(what="notice", duration=timedelta(hours=1), reason="no")
        )
        == "notice waits for approval, and a snooze holds only reminders: approve it, or waive it"
    )


def test_a_draft_that_was_waived_does_not_go_out_anyway() -> None:
    mail = MAIL | {"approval": True, "anyway_after": "2d"}
    simulation = reviewed(owing(severity={"duties": [mail]}))
    simulation.happen(Waived(duty="notice", by="Bob", reason="they know"))
    at(simulation, "6 12:00")
    assert asked(simulation, "duty/notice") == []
    assert review(simulation).closed_at is not None


def test_the_page_of_an_incident_opened_in_error_is_cleared_once_somebody_approves() -> None:
    page = {"owner": "communications", "automatic": ["investigating"]}
    simulation = reviewed(owing(severity={"status_page": page}), Cancelled(by="Alice"))
    at(simulation, "3 12:00")
    assert [each.duty.partition("/")[2] for each in demands(simulation, "publish/")] == ["investigating"]
    simulation.happen(DraftApproved(by="Bob"))
    assert simulation.incident.public.status == "resolved"
    assert review(simulation).closed_at is not None


def test_no_to_the_review_is_no_no_to_the_last_word_on_the_status_page() -> None:
    page = {"owner": "communications", "automatic": ["investigating"]}
    book = owing(duty(), required="consider", severity={"status_page": page})
    simulation = at(reviewed(book), "2 12:00", Waived(by="Alice", reason="simple"))
    assert [each.name for each in owed(book, review(simulation))] == ["status-page"]
    simulation.happen(DraftApproved(by="Bob"))
    assert simulation.incident.public.status == "resolved"
    assert review(simulation).closed_at is not None


def test_to_submit_without_a_name_never_means_a_draft_that_waits_for_approval() -> None:
    page = {"owner": "communications", "automatic": ["investigating"]}
    simulation = at(reviewed(owing(severity={"status_page": page})), "2 12:00")
    assert refusal(simulation.book, review(simulation), Submitted(by="Alice")) == "say what: one of status-page"
    simulation.happen(Submitted(by="Alice"))
    assert [each.name for each in owed(simulation.book, review(simulation))] == ["status-page"]


def test_what_is_owed_is_not_said_twice_because_somebody_asks_for_what_is_owed_anyway() -> None:
    simulation = reviewed(owing(duty()))
    simulation.happen(ReviewStarted(by="Alice"))
    assert asked(simulation, "review/opened") == ["Mon 2 10:15"]


def test_an_early_draft_of_the_status_page_is_not_asked_for_after_the_end() -> None:
    page = {"owner": "communications", "automatic": []}
    simulation = reviewed(owing(duty(), severity={"status_page": page}))
    assert [each.name for each in owed(simulation.book, review(simulation))] == ["report"]
    approval = DraftApproved(by="Bob")
    assert refusal(simulation.book, review(simulation), approval) == "no draft is waiting for approval"
    simulation.happen(approval)
    assert demands(simulation, "publish/") == []


def test_a_mail_about_an_incident_opened_in_error_is_not_asked_for() -> None:
    simulation = reviewed(owing(severity={"duties": [MAIL | {"approval": True}]}), Cancelled(by="Alice"))
    assert simulation.review is None


def test_the_question_that_nobody_could_be_asked_is_asked_again() -> None:
    simulation = reviewed(owing(duty(), required="consider"), fails={"review/consider": "undelivered"})
    at(simulation, "2 12:00")
    assert asked(simulation, "review/consider") == ["Mon 2 10:15", "Mon 2 11:15"]
    simulation.fails.clear()
    at(simulation, "4 12:10")
    assert asked(simulation, "review/consider")[2:] == ["Mon 2 12:15"]
    assert review(simulation).closed_at is None
    at(simulation, "4 12:15")
    assert review(simulation).closed_at == simulation.now  # two days after it was asked


def test_what_one_place_rejects_is_said_in_the_next() -> None:
    book = owing(duty(), severity={"own_channel": True})
    simulation = reviewed(book, fails={"review/opened": "rejected"})
    places = [post(each).to for each in demands(simulation, "review/opened")]
    assert [(place.channel, place.thread is not None) for place in places] == [
        ("ref:channel/1", False), ("ref", True), ("#incidents", False),
    ]  # fmt: skip
    assert simulation.incident.has_settled(duty_key(DutyKind.REVIEW_OPENED), 1)  # after the last there is no other
    at(simulation, "4 12:00")
    assert post(demands(simulation, "duty/report")[0]).to.channel == "#incidents"


def test_what_recurs_until_the_end_does_not_recur_after_it() -> None:
    book = runbook(severity(tier("alice"), duties=[duty("thanks", "0m", "post", every="1d")]))
    simulation = reviewed(book)
    at(simulation, "9 12:00")
    assert asked(simulation, "duty/thanks") == ["Mon 2 10:00"]
    assert simulation.review is None


def test_a_ticket_of_the_incident_that_is_closed_in_the_tracker_is_no_follow_up() -> None:
    ticket = {"id": "ticket", "kind": "ticket", "template": "ticket", "to": "OPS", "owner": "commander"}
    simulation = opened(runbook(severity(tier("alice"), duties=[ticket])))
    simulation.happen(FollowUpDone(by="Ada", via="jira", follow_up=simulation.incident.references["ticket/ticket"]))
    assert lines(simulation.incident)[-1] == "Ada closed the ticket ref:duty/ticket/1"


def test_who_lowers_the_severity_before_the_end_has_not_undone_what_the_gravest_owes() -> None:
    grave = severity(tier("alice"), review={"duties": [duty(kind="checklist")]}, verify_for="15m")
    book = runbook({"sev1": grave, "sev3": severity(tier("alice"), verify_for="15m")})
    simulation = reviewed(book, SeverityChanged(by="Alice", severity="sev3"))
    assert [each.name for each in owed(book, review(simulation))] == ["report"]
    at(simulation, "4 12:00")
    (asking,) = demands(simulation, "duty/report")
    assert asking.reason == "owed 2d after the end: this is its deadline"


def test_a_flag_that_is_set_after_the_end_still_asks_for_its_review() -> None:
    book = owing(duty(), when={"flags": ["customer-facing"]})
    simulation = opened(book)
    happens(simulation, 60, Resolved(by="Alice"))
    happens(simulation, 65, FlagChanged(by="Alice", flag="customer-facing"))
    at(simulation, "2 12:00")
    assert [each.name for each in owed(book, review(simulation))] == ["report"]
