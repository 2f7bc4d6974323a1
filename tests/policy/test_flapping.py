"""Flapping: what fires is never held, an end is held until it has lasted, and nobody is rung meanwhile."""

import pytest

from tests.policy.builders import (
    alert,
    alerts,
    at,
    coming,
    happens,
    ladder,
    opened,
    pages,
    runbook,
    said,
    severity,
    tier,
)
from workflows.policy.incident.events import Acknowledged, Cancelled, Escalated, Resolved
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.plan_view import as_markdown, plan_view

TIERS = (tier("alice"), tier("bob", after=12), tier("carol", after=40))
BOOK = ladder(*TIERS, verify_for="15m", repeat_after="60m")


def turns(steps: str, book: Runbook = BOOK) -> Simulation:
    """Minutes at which an alert fires (F) and ends (R); it opened the incident. A letter before is another alert."""
    simulation = opened(book)
    simulation.happen(alerts(alert()))
    for step in steps.split():
        turn(simulation, step)
    return simulation


def turn(simulation: Simulation, step: str, fingerprint: str = "f1") -> None:
    minute = float(step[1:])
    turned = alert(fingerprint, since=minute)
    if step[0] == "R":
        began = simulation.incident.alerts[fingerprint].starts_at
        turned = turned.model_copy(update={"status": "resolved", "starts_at": began})
    happens(simulation, minute, alerts(turned))


def held_since(simulation: Simulation) -> object:
    return simulation.incident.end_held_since


class TestWhatIsHeld:
    @pytest.mark.parametrize(
        ("steps", "since"),
        [
            # An end that is the first, or comes after a while, counts at once.
            ("R1", None),
            ("R1 F7 R8", None),
            ("R1 F2 R8", None),
            # One that fires again within the hold flaps; only its ends are held.
            ("R1 F2", None),
            ("R1 F2 R3", 3),
            ("R1 F2 R3 F4", None),
            ("R1 F2 R3 F4 R5", 5),
            # The same again changes nothing, and prolongs nothing.
            ("R1 F2 R3 R4 R7", 3),
            # An end counts from when it was heard of first, however often it was repeated.
            ("R1 R8 F10 R11", None),
            # It fired for long: it flaps no more.
            ("R1 F2 R3 F4 R10", None),
        ],
    )
    def test_only_the_quick_ends_of_what_flaps(self, steps: str, since: float | None) -> None:
        simulation = turns(steps)
        assert held_since(simulation) == (None if since is None else at(since))
        fires = steps.split()[-1][0] == "F"
        assert simulation.incident.resolved == (since is None and not fires)

    def test_an_end_that_lasts_is_one(self) -> None:
        simulation = turns("R1 F2 R3")
        simulation.run_to(at(7.9))
        assert not simulation.incident.resolved
        simulation.run_to(at(8))
        assert (simulation.incident.resolved_at, simulation.incident.resolved_by) == (at(8), "the alerts")

    def test_one_that_does_not_is_none(self) -> None:
        simulation = turns("R1 F2 R3 F7.9")
        simulation.run_to(at(10))
        assert not simulation.incident.resolved

    def test_a_runbook_may_hold_nothing(self) -> None:
        book = runbook(severity(tier("alice")), intake={"flap_hold": "0m"})
        assert turns("R1 F2 R3", book).incident.resolved_at == at(3)

    def test_nor_what_people_end(self) -> None:
        simulation = turns("R1 F2 R3")
        simulation.happen(Resolved(by="Ann"))
        assert (simulation.incident.resolved_by, held_since(simulation)) == ("Ann", None)

    def test_a_cancelled_incident_holds_nothing(self) -> None:
        simulation = turns("R1 F2 R3")
        simulation.happen(Cancelled(by="Ann"))
        simulation.run_to(at(60))
        assert (simulation.incident.resolved_by, held_since(simulation)) == ("Ann", None)

    def test_alerts_of_one_incident_flap_by_themselves(self) -> None:
        simulation = turns("R1 F2")
        happens(simulation, 2, alerts(alert("calm", since=2)))
        turn(simulation, "R3")
        assert not simulation.incident.resolved
        assert held_since(simulation) is None  # the calm one fires
        turn(simulation, "R4", "calm")
        assert held_since(simulation) == at(3)  # and its end is not what is waited for

    def test_when_the_calm_one_ends_later_than_the_hold_all_is_over(self) -> None:
        simulation = turns("R1 F2")
        happens(simulation, 2, alerts(alert("calm", since=2)))
        turn(simulation, "R3")
        turn(simulation, "R9", "calm")
        assert simulation.incident.resolved_at == at(9)
        assert not said(simulation.incident, "over if that lasts")

    def test_of_several_that_flap_the_last_end_has_to_last(self) -> None:
        simulation = turns("R1 F2")
        happens(simulation, 2, alerts(alert("f2", since=2)))
        for step, which in (("R3", "f1"), ("R3", "f2"), ("F4", "f1"), ("F4", "f2"), ("R5", "f1"), ("R7", "f2")):
            turn(simulation, step, which)
        assert held_since(simulation) == at(7)

    def test_where_people_decide_nothing_is_held_back(self) -> None:
        book = runbook(severity(*TIERS), intake={"resolve_with_alerts": False})
        simulation = turns("R1 F2 R3", book)
        simulation.run_to(at(13))
        assert pages(simulation) == [(0, "alice"), (12, "bob")]


class TestNobodyIsRungMeanwhile:
    def test_the_ladder_waits(self) -> None:
        simulation = turns("R1 F2 R13")
        turn(simulation, "F14")  # reopened at 14
        turn(simulation, "R16")
        simulation.run_to(at(60))
        assert [minute for minute, _ in pages(simulation)] == [0, 2, 14]

    def test_if_it_fires_again_the_ladder_goes_on_where_it_was(self) -> None:
        simulation = turns("R1 F2 R3 F7 R11 F15")  # opened again at 2: bob is due at 14, in a hold
        simulation.run_to(at(41))
        assert pages(simulation) == [(0, "alice"), (2, "alice"), (15, "bob")]
        assert simulation.incident.opening == 2

    def test_who_is_called_by_hand_is_rung(self) -> None:
        simulation = turns("R1 F2 R3")
        simulation.happen(Escalated(to="dave", by="Ann"))
        assert pages(simulation)[-1] == (3, "dave")

    def test_who_has_acknowledged_has(self) -> None:
        simulation = turns("R1 F2")
        simulation.happen(Acknowledged(by="Alice"))
        for step in ["R3", "F4", "R5", "F6", "R7", "F8"]:
            turn(simulation, step)
        simulation.run_to(at(60))
        assert pages(simulation) == [(0, "alice"), (2, "alice")]

    def test_flapping_for_hours_rings_as_often_as_one_that_fires(self) -> None:
        steps = " ".join(f"R{n} F{n + 1}" for n in range(1, 120, 2))
        calm = opened(BOOK)
        calm.run_to(at(2))
        simulation = turns(steps)
        assert [who for _, who in pages(simulation)[1:]] == ["alice", "bob", "carol", "alice", "bob"]
        assert simulation.incident.opening == 2


class TestItIsSaid:
    def test_the_plan_says_until_when(self) -> None:
        simulation = turns("R1 F2 R3")
        view = plan_view(BOOK, simulation.incident, simulation.plan(), simulation.now, 1.0, frozenset())
        assert view.end_held_until == at(8)
        assert "The end is held until 09:08:00" in as_markdown(BOOK, simulation.incident, view)
        assert not any("escalate" in key for _, key in coming(simulation))

    def test_the_timeline_says_once_that_it_flaps(self) -> None:
        simulation = turns(" ".join(f"R{n} F{n + 1}" for n in range(1, 40, 2)))
        assert said(simulation.incident, "HighErrorRate fires again: it flaps")
        assert len([line for line in simulation.incident.timeline if line.kind == "alert"]) < 8
