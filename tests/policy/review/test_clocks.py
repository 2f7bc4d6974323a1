"""When people are asked for what they owe a review: before the deadline, at it, after it. Each row is a rule."""

import pytest

from tests.policy.builders import lines
from tests.policy.review.reviews import asked, at, demands, duty, mentioned, owing, review, reviewed
from workflows.policy.incident.events import RoleAssigned
from workflows.policy.review.events import NagsSnoozed, Submitted, Waived

DEADLINES = {
    "1h": ([], ["Mon 2 11:00"], ["Tue 3 11:00", "Wed 4 11:00", "Thu 5 11:00"]),
    "4h": ([], ["Mon 2 14:00"], ["Tue 3 14:00", "Wed 4 14:00", "Thu 5 14:00"]),
    "24h": (["Tue 3 09:00"], ["Tue 3 10:00"], ["Wed 4 10:00", "Thu 5 10:00"]),
    "30h": (["Tue 3 12:00"], ["Tue 3 16:00"], ["Wed 4 16:00", "Thu 5 16:00"]),
    "34h": (["Tue 3 16:00"], ["Tue 3 20:00"], ["Thu 5 09:00"]),
    "42h": (["Tue 3 09:00"], ["Wed 4 04:00"], ["Thu 5 09:00"]),
    "47h30m": (["Tue 3 09:00"], ["Wed 4 09:30"], ["Thu 5 09:30"]),
    "48h": (["Wed 4 09:00"], ["Wed 4 10:00"], ["Thu 5 10:00"]),
}
"""Reminded in business hours: with 4 h to go, or when they begin if that leaves an hour, or on the working day before.
After the deadline in business hours."""


@pytest.mark.parametrize("after", DEADLINES)
def test_a_person_is_asked_before_the_deadline_at_it_and_daily_after_it(after: str) -> None:
    simulation = at(reviewed(owing(duty(after=after))), "5 17:00")
    found = tuple(asked(simulation, name) for name in ("review/remind", "duty/report", "review/overdue"))
    assert found == DEADLINES[after]


def test_a_weekend_and_a_holiday_use_up_no_nag() -> None:
    simulation = at(reviewed(owing(duty(after="72h"), calendar={"holidays": ["2026-03-09"]})), "12 12:00")
    assert asked(simulation, "duty/report") == ["Thu 5 10:00"]
    assert asked(simulation, "review/overdue") == ["Fri 6 10:00", "Tue 10 09:00", "Wed 11 09:00", "Thu 12 09:00"]


def test_quiet_hours_hold_the_question_at_the_deadline() -> None:
    quiet = {"quiet_hours": {"begin": "22:00", "end": "07:00"}}
    simulation = at(reviewed(owing(duty(after="37h"), calendar=quiet)), "5 12:00")
    assert asked(simulation, "duty/report") == ["Wed 4 07:00"]  # due at 23:00
    assert asked(simulation, "review/overdue") == ["Thu 5 09:00"]


def test_how_often_is_the_runbooks() -> None:
    simulation = at(reviewed(owing(duty(after="2h"), overdue={"every": "2h"}, remind="1h")), "2 17:00")
    assert asked(simulation, "review/remind") == ["Mon 2 11:00"]
    assert asked(simulation, "review/overdue") == ["Mon 2 14:00", "Mon 2 16:00"]


@pytest.mark.parametrize(
    ("manager_after", "with_bob"),
    [("1d", ["Thu 5 10:00", "Fri 6 10:00"]), ("2d", ["Fri 6 10:00"]), (None, [])],
)
def test_the_manager_is_asked_as_well_when_it_has_been_overdue_for_so_long(
    manager_after: str | None, with_bob: list[str]
) -> None:
    simulation = at(reviewed(owing(duty(), overdue={"manager_after": manager_after})), "6 12:00")
    nags = dict(zip(asked(simulation, "review/overdue"), demands(simulation, "review/overdue"), strict=True))
    assert [when for when, nag in nags.items() if "bob" in mentioned(nag)] == with_bob
    assert all(mentioned(nag)[0] == "alice" for nag in nags.values())


def test_a_person_is_nagged_about_everything_at_once() -> None:
    mail = duty("mail", "24h", owner="communications")
    book = owing(duty("report", "24h"), duty("meeting", "50h", "checklist"), mail)
    simulation = at(reviewed(book), "5 12:00")
    assert asked(simulation, "review/overdue/alice") == ["Wed 4 10:00", "Thu 5 10:00"]
    assert asked(simulation, "review/overdue/bob") == ["Wed 4 10:00", "Thu 5 10:00"]
    assert [nag.reason for nag in demands(simulation, "review/overdue/alice")] == [
        "overdue: report", "overdue: report, meeting",
    ]  # fmt: skip


def test_what_is_submitted_is_asked_for_no_more_and_what_is_waived_neither() -> None:
    for event in (Submitted(duty="report", by="Alice"), Waived(duty="report", by="Bob", reason="a drill")):
        simulation = at(reviewed(owing(duty(), duty("meeting", "1w", "checklist"))), "3 12:00", event)
        at(simulation, "6 12:00")
        assert asked(simulation, "duty/report") == asked(simulation, "review/overdue") == []
        assert review(simulation).closed_at is None


def test_a_snooze_moves_the_nags_and_not_the_deadline() -> None:
    simulation = at(reviewed(owing(duty())), "3 12:00", NagsSnoozed(what="report", duration="2d", reason="ill"))
    at(simulation, "6 12:00")
    assert asked(simulation, "review/remind") == []
    assert asked(simulation, "duty/report") == ["Thu 5 12:00"]
    assert asked(simulation, "review/overdue") == ["Fri 6 12:00"]
    at(simulation, "6 13:00", Submitted(duty="report", by="Alice"))
    assert "Alice submitted report, 2d 3h late" in "\n".join(lines(simulation.incident))


def test_one_that_is_overdue_can_be_snoozed_until_its_end() -> None:
    simulation = at(reviewed(owing(duty(after="24h"))), "4 12:00", NagsSnoozed(duration="5d", reason="away"))
    at(simulation, "10 12:00")
    assert asked(simulation, "review/overdue") == ["Wed 4 10:00", "Mon 9 12:00", "Tue 10 12:00"]


def test_a_review_that_begins_after_a_deadline_asks_at_once() -> None:
    simulation = reviewed(owing(duty(after="5m")))
    assert asked(simulation, "duty/report") == ["Mon 2 10:15"]


def test_after_an_outage_what_was_missed_is_one_message() -> None:
    simulation = reviewed(owing(duty(after="24h")))
    simulation.now = simulation.now.replace(day=13)
    simulation.settle()
    assert asked(simulation, "review/overdue") == ["Fri 13 10:15"]
    at(simulation, "16 12:00")
    assert asked(simulation, "review/overdue") == ["Fri 13 10:15", "Mon 16 09:00"]


def test_nobody_is_asked_at_night_for_what_became_theirs_then() -> None:
    simulation = reviewed(owing(duty(after="24h")))
    at(simulation, "4 22:00", RoleAssigned(role="commander", person="carol"))
    at(simulation, "5 12:00")
    assert asked(simulation, "review/overdue/carol") == ["Thu 5 09:00"]


def test_after_an_outage_that_ends_at_night_people_are_asked_in_the_morning() -> None:
    simulation = reviewed(owing(duty(after="24h"), overdue={"every": "3d"}))
    simulation.now = simulation.now.replace(day=12, hour=3)
    simulation.settle()
    assert asked(simulation, "review/overdue") == []
    at(simulation, "12 12:00")
    assert asked(simulation, "review/overdue") == ["Thu 12 09:00"]
