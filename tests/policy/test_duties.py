"""What is owed once, at a moment of the incident's life."""

from tests.policy.builders import at, happens, opened, post, runbook, said, sends, severity, tier, times
from workflows.policy.effects import Unconnected
from workflows.policy.events import (
    Acknowledged,
    Cancelled,
    FlagChanged,
    Mitigated,
    Reopened,
    Resolved,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.runbook import Runbook
from workflows.policy.simulate import Simulation

MOMENTS = {
    "declared": 0,
    "acknowledged": 5,
    "identified": 10,
    "mitigated": 20,
    "resolved": 30,
}


def owing(**duty: object) -> Runbook:
    given = {"id": "fix", "kind": "checklist", "template": "checklist", "owner": "commander"}
    return runbook(severity(tier("alice"), duties=[given | duty]))


def lived(book: Runbook) -> Simulation:
    simulation = opened(book)
    happens(simulation, 5, Acknowledged())
    happens(simulation, 10, UpdatePosted(text="found it", phase="identified"))
    happens(simulation, 20, Mitigated())
    happens(simulation, 30, Resolved())
    simulation.run_to(at(60))
    return simulation


def test_a_duty_is_due_at_its_moment() -> None:
    assert {moment: times(lived(owing(at=moment)), "duty/fix")[0] for moment in MOMENTS} == MOMENTS


def test_a_duty_may_be_due_some_time_after_its_moment() -> None:
    assert times(lived(owing(at="mitigated", after="7m")), "duty/fix") == [27]


def test_a_duty_whose_time_had_not_come_before_the_end_is_not_owed_any_more() -> None:
    assert times(lived(owing(after="31m")), "duty/fix") == []


def test_a_duty_of_the_end_may_be_due_while_the_incident_is_watched() -> None:
    assert times(lived(owing(at="resolved", after="10m")), "duty/fix") == [40]


def test_a_duty_of_the_end_is_owed_again_after_a_reopening_and_the_others_are_not() -> None:
    for moment, expected in {"resolved": [3, 9], "declared": [0]}.items():
        simulation = opened(owing(at=moment))
        happens(simulation, 3, Resolved())
        happens(simulation, 6, Reopened())
        happens(simulation, 9, Resolved())
        assert times(simulation, "duty/fix") == expected


def test_a_cancelled_incident_owes_nothing() -> None:
    simulation = opened(owing(at="resolved"))
    happens(simulation, 3, Cancelled())
    assert times(simulation, "duty/fix") == []


def test_a_duty_under_a_condition_is_owed_when_that_comes_to_hold() -> None:
    simulation = opened(owing(when={"flags": ["customer-facing"], "without": ["security"]}))
    happens(simulation, 4, FlagChanged(flag="customer-facing"))
    assert times(simulation, "duty/fix") == [4]
    simulation = opened(owing(when={"flags": ["customer-facing"], "without": ["security"]}))
    happens(simulation, 3, FlagChanged(flag="security"))
    happens(simulation, 4, FlagChanged(flag="customer-facing"))
    assert times(simulation, "duty/fix") == []


def test_a_condition_may_ask_for_labels() -> None:
    book = owing(when={"labels": {"team": "payments"}})
    assert times(opened(book, labels={"team": "payments", "job": "api"}), "duty/fix") == [0]
    assert times(opened(book, labels={"team": "search"}), "duty/fix") == []


def test_a_checklist_goes_to_the_incidents_place_and_names_whom_it_is_for() -> None:
    ((_, demand),) = sends(opened(owing()), "duty/fix")
    assert (post(demand).kind, post(demand).mention, post(demand).to.thread) == (
        "checklist",
        ("alice",),
        "declaration/1",
    )


def test_a_post_goes_where_it_is_told_to() -> None:
    ((_, demand),) = sends(opened(owing(kind="post", template="war_room", to="#incidents", pin=True)), "duty/fix")
    assert (post(demand).to.channel, post(demand).pin) == ("#incidents", True)


def test_a_way_that_is_not_connected_is_handed_to_whom_owes_it() -> None:
    simulation = opened(owing(kind="ticket", template="ticket", to="JIRA"))
    assert isinstance(sends(simulation, "duty/fix")[0][1].effect, Unconnected)
    assert said(simulation.incident, "do this by hand: ")
    asked = [post(d) for _, d in sends(simulation, "tell/") if post(d).template == "by_hand"]
    assert [p.mention for p in asked] == [("alice",)]
    assert times(simulation, "duty/fix") == [0]


def test_a_nag_holds_still_while_snoozed_and_a_checklist_does_not() -> None:
    for kind, expected in {"nag": [61], "checklist": [30]}.items():
        simulation = opened(owing(kind=kind, after="30m"))
        happens(simulation, 1, Snoozed.model_validate({"duration": "1h"}))
        simulation.run_to(at(90))
        assert times(simulation, "duty/fix") == expected
