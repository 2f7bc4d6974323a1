"""Progress updates, their reminders, and the question who takes the empty roles."""

from tests.policy.builders import (
    at,
    coming,
    happens,
    opened,
    post,
    runbook,
    sends,
    severity,
    tier,
    times,
)
from workflows.policy.incident.events import (
    Acknowledged,
    HandedOff,
    Reopened,
    Resolved,
    RoleAssigned,
    SeverityChanged,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.runbook.model import Runbook

CADENCE = {"every": "15m", "owner": "communications", "remind": "3m", "to": "#incidents"}
HOUR = Snoozed.model_validate({"duration": "1h"})


def updating(**more: object) -> Runbook:
    return runbook(severity(tier("alice"), updates=CADENCE | more))


class TestUpdates:
    def test_are_due_at_their_intervals_from_the_declaration(self) -> None:
        simulation = opened(updating())
        simulation.run_to(at(50))
        assert times(simulation, "update/channel") == [15, 30, 45]

    def test_say_why_and_go_where_the_runbook_says(self) -> None:
        simulation = opened(updating())
        simulation.run_to(at(15))
        ((_, demand),) = sends(simulation, "update/channel")
        assert demand.reason == "an update is due every 15m, and none was posted"
        assert post(demand).to.channel == "#incidents"

    def test_go_to_the_incidents_own_place_if_it_does_not_say(self) -> None:
        simulation = opened(updating(to=None))
        simulation.run_to(at(15))
        assert post(sends(simulation, "update/channel")[0][1]).to.thread == "declaration/1"

    def test_no_reminder_is_foreseen_that_a_snooze_would_put_after_its_update(self) -> None:
        simulation = opened(updating())
        happens(simulation, 7, Snoozed.model_validate({"duration": "8m"}))
        assert [key for _, key in coming(simulation) if key.startswith("remind/")] == []

    def test_a_humans_update_restarts_the_clock(self) -> None:
        simulation = opened(updating())
        happens(simulation, 7, UpdatePosted(by="Bob", text="we know more"))
        simulation.run_to(at(40))
        assert times(simulation, "update/channel") == [22, 37]

    def test_an_update_that_arrives_late_does_not_turn_the_clock_back(self) -> None:
        simulation = opened(updating())
        happens(simulation, 14, UpdatePosted(by="Bob", text="second"))
        happens(simulation, 14.5, UpdatePosted(by="Bob", text="first", at=at(2)))
        simulation.run_to(at(28))
        assert times(simulation, "update/channel") == []

    def test_go_on_although_somebody_acknowledged(self) -> None:
        simulation = opened(updating())
        happens(simulation, 1, Acknowledged())
        simulation.run_to(at(31))
        assert times(simulation, "update/channel") == [15, 30]

    def test_end_with_the_incident(self) -> None:
        simulation = opened(updating())
        happens(simulation, 16, Resolved())
        simulation.run_to(at(31))
        assert times(simulation, "update/channel") == [15]

    def test_count_from_the_reopening(self) -> None:
        simulation = opened(updating())
        happens(simulation, 3, Resolved())
        happens(simulation, 10, Reopened())
        simulation.run_to(at(26))
        assert times(simulation, "update/channel") == [25]

    def test_survive_a_change_of_commander(self) -> None:
        simulation = opened(updating())
        happens(simulation, 7, HandedOff(by="alice", to="bob"))
        simulation.run_to(at(15))
        assert times(simulation, "update/channel") == [15]

    def test_count_from_the_opening_when_a_graver_severity_asks_for_them(self) -> None:
        both = runbook({"sev1": updating().severities["sev1"], "sev2": severity(tier("alice"))})
        simulation = opened(both, severity="sev2")
        happens(simulation, 20, SeverityChanged(severity="sev1"))
        simulation.run_to(at(30))
        assert times(simulation, "update/channel") == [20, 30]


class TestReminders:
    def test_come_shortly_before_to_whoever_owes_the_update(self) -> None:
        simulation = opened(updating())
        simulation.run_to(at(12))
        ((when, demand),) = sends(simulation, "remind/channel")
        assert (when, post(demand).kind, post(demand).mention) == (12, "nag", ("bob",))

    def test_are_for_whoever_holds_the_role(self) -> None:
        simulation = opened(updating())
        happens(simulation, 1, RoleAssigned(role="communications", person="dave"))
        simulation.run_to(at(12))
        assert post(sends(simulation, "remind/channel")[0][1]).mention == ("dave",)

    def test_are_left_out_where_the_runbook_wants_none(self) -> None:
        simulation = opened(updating(remind="0m"))
        simulation.run_to(at(60))
        assert times(simulation, "remind/channel") == []

    def test_hold_still_while_snoozed_but_updates_do_not(self) -> None:
        simulation = opened(updating())
        happens(simulation, 1, HOUR)
        simulation.run_to(at(60))
        assert times(simulation, "remind/channel") == []
        assert times(simulation, "update/channel") == [15, 30, 45, 60]

    def test_come_late_rather_than_never_when_the_snooze_ends_in_time(self) -> None:
        simulation = opened(updating())
        happens(simulation, 1, Snoozed.model_validate({"duration": "13m"}))
        simulation.run_to(at(15))
        assert times(simulation, "remind/channel") == [14]


class TestUnfilledRoles:
    BOOK = runbook(severity(tier("alice"), roles=["commander", "scribe"], unfilled={"after": "5m", "every": "10m"}))

    def test_are_asked_about_until_they_are_filled(self) -> None:
        simulation = opened(self.BOOK)
        happens(simulation, 16, RoleAssigned(role="commander", person="alice"))
        happens(simulation, 26, RoleAssigned(role="scribe", person="dave"))
        simulation.run_to(at(60))
        asked = [(when, demand.reason) for when, demand in sends(simulation, "nag/roles")]
        assert asked == [
            (5, "nobody is Incident Commander, Scribe"),
            (15, "nobody is Incident Commander, Scribe"),
            (25, "nobody is Scribe"),
        ]

    def test_the_question_goes_to_whom_the_roles_fall_to(self) -> None:
        simulation = opened(self.BOOK)
        simulation.run_to(at(5))
        assert post(sends(simulation, "nag/roles")[0][1]).mention == ("alice",)

    def test_a_snooze_postpones_the_question_and_does_not_use_it_up(self) -> None:
        simulation = opened(self.BOOK)
        happens(simulation, 1, HOUR)
        simulation.run_to(at(64))
        assert times(simulation, "nag/roles") == [61]

    def test_the_next_question_is_in_the_plan(self) -> None:
        simulation = opened(self.BOOK)
        assert (5, "nag/roles/300") in coming(simulation)
