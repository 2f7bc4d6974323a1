"""A cancelled episode stays cancelled until it ends or a newer one begins."""

from datetime import timedelta

import pytest

from tests.policy.builders import alert, alerts, at, declared, happens, ladder, opened, said, tier
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.cancelled import without_cancelled
from workflows.policy.incident.events import AlertsReceived, Cancelled
from workflows.policy.reducers.alerts import to_move
from workflows.policy.reducers.refusals import refusal
from workflows.policy.simulation.simulate import Simulation

BOOK = ladder(tier("alice"))


def cancelled(*batch: AlertsReceived) -> Simulation:
    """A SEV-2 that these opened at T0, cancelled after three minutes."""
    simulation = opened(BOOK, severity="sev2")
    for event in batch or (alerts(alert()),):
        simulation.happen(event)
    happens(simulation, 3, Cancelled(by="Alice"))
    return simulation


@pytest.mark.parametrize(
    ("heard", "opens"),
    [
        ([alert()], []),
        ([alert(since=-5)], []),
        ([alert(severity="sev2")], []),
        ([alert(severity="sev3")], []),
        ([alert(severity="sev1")], ["f1"]),
        ([alert(since=2)], ["f1"]),
        ([alert("f2")], ["f2"]),
        ([alert(), alert("f2")], ["f2"]),
        ([alert(status="resolved")], []),
        ([alert(status="resolved"), alert(since=4)], ["f1"]),
        ([alert(since=-5, status="resolved"), alert()], []),
        ([alert(status="resolved", harmless=True), alert()], []),
        ([alert(since=2), alert(since=2, status="resolved")], []),
        ([alert(since=4, dated=False)], []),
        ([alert(since=4, dated=False, severity="sev1")], ["f1"]),
        ([alert("f2", since=4, dated=False)], ["f2"]),
        ([alert(since=4, dated=False, status="resolved"), alert(since=4, dated=False)], ["f1"]),
        (
            [alert(since=4, dated=False, ends="never")],
            ["f1"],
        ),  # it says that something happened, and never that it ended
    ],
)
def test_what_opens_the_next_incident_after_it_was_cancelled(heard: list[Alert], opens: list[str]) -> None:
    simulation = cancelled()
    for each in heard:
        happens(simulation, 4, alerts(each))
    assert [each.fingerprint for each in simulation.incident.successor] == opens


def test_without_a_start_time_nobody_knows_that_it_was_one_of_too_many() -> None:
    many = alerts(*(alert(f"{n}", group="g") for n in range(IncidentBounds.alerts + 1)))
    simulation = cancelled(many)
    happens(simulation, 4, alerts(alert("another", group="g", since=4, dated=False)))
    assert [each.fingerprint for each in simulation.incident.successor] == ["another"]


def test_it_is_said_that_what_fires_on_opens_nothing() -> None:
    assert said(
        cancelled().incident,
        "HighErrorRate still fires: that opens nothing before it ends, begins anew or asks for more",
    )


def test_of_what_had_ended_there_is_nothing_to_remember() -> None:
    ended = alerts(alert("f1", status="resolved"))
    simulation = cancelled(alerts(alert("f1"), alert("f2")), ended)
    assert list(simulation.incident.cancelled_episodes.alerts) == ["f2"]
    happens(simulation, 4, alerts(alert("f2", status="resolved")))
    assert simulation.incident.cancelled_episodes.none


def test_a_group_that_ends_without_listing_it_has_not_said_that_it_has_ended() -> None:
    """Whoever cancelled, and then silenced one over there, is not paged when that silence ends."""
    simulation = cancelled(alerts(alert(group="g"), alert("f2", group="g")))
    over = alerts(alert("f2", group="g", status="resolved")).model_copy(update={"ended": {"g": at(4)}})
    happens(simulation, 4, over)
    happens(simulation, 5, alerts(alert(group="g")))
    assert simulation.incident.successor == ()


class TestMoreThanAreKeptOneByOne:
    def test_they_are_cancelled_with_their_group(self) -> None:
        many = alerts(*(alert(f"f{n}", group="g") for n in range(IncidentBounds.alerts + 5)))
        simulation = cancelled(many)
        happens(simulation, 4, many)
        assert simulation.incident.successor == ()

    def test_until_it_ends_or_one_begins_anew(self) -> None:
        many = alerts(*(alert(f"f{n}", group="g") for n in range(IncidentBounds.alerts + 5)))
        known = cancelled(many).incident.cancelled_episodes
        last = alert(f"f{IncidentBounds.alerts + 4}", group="g")
        anew = last.model_copy(update={"starts_at": last.starts_at + timedelta(minutes=4)})
        assert without_cancelled(known, alerts(last, anew))[1].alerts == (anew,)
        after, _ = without_cancelled(known, alerts().model_copy(update={"ended": {"g": at(4)}}))
        assert without_cancelled(after, alerts(last))[1].alerts == (last,)


def test_the_next_incident_does_not_hear_of_it_either() -> None:
    simulation = opened(BOOK)
    simulation.incident = simulation.incident.model_copy(
        update={"cancelled_episodes": cancelled().incident.cancelled_episodes}
    )
    happens(simulation, 5, alerts(alert(), alert("f2")))
    happens(simulation, 6, alerts(alert("f2", status="resolved"), alert()))
    assert (list(simulation.incident.alerts), simulation.incident.phase) == (["f2"], "resolved")
    happens(simulation, 7, alerts(alert(since=7)))
    assert simulation.incident.phase == "investigating"


def test_cancelled_one_after_the_other_both_are_remembered() -> None:
    simulation = opened(BOOK)
    simulation.incident = simulation.incident.model_copy(
        update={"cancelled_episodes": cancelled().incident.cancelled_episodes}
    )
    simulation.happen(alerts(alert("f2")))
    happens(simulation, 3, Cancelled(by="Alice"))
    assert list(simulation.incident.cancelled_episodes.alerts) == ["f1", "f2"]


class TestADuplicate:
    OTHER = Cancelled(by="Alice", duplicate_of="20260302-0800-b7", duplicate_workflow="incident-2")

    def test_both_ends_of_it_are_said(self) -> None:
        simulation = opened(BOOK)
        simulation.happen(alerts(alert()))
        happens(simulation, 3, self.OTHER)
        assert said(simulation.incident, "Alice cancelled the incident: it is a duplicate of 20260302-0800-b7")
        assert said(simulation.incident, "its alerts are moved to 20260302-0800-b7")

    def test_what_fires_moves_and_what_has_ended_does_not(self) -> None:
        simulation = opened(BOOK)
        simulation.happen(alerts(alert("f1"), alert("f2"), alert("f3")))
        happens(simulation, 2, alerts(alert("f2", status="resolved")))
        happens(simulation, 3, self.OTHER)
        happens(simulation, 3.1, alerts(alert("f3", status="resolved"), alert("f4")))
        assert [each.fingerprint for each in to_move(simulation.incident).alerts] == ["f1", "f4"]

    @pytest.mark.parametrize(
        ("event", "no"),
        [
            (OTHER, None),
            (Cancelled(duplicate_of="20260302-0900-k7", duplicate_workflow="incident-1"), "is no duplicate of itself"),
            (Cancelled(duplicate_of="20260302-08"), "say it with the command line"),
        ],
    )
    def test_what_is_refused(self, event: Cancelled, no: str | None) -> None:
        answer = refusal(BOOK, declared(BOOK), event)
        assert answer is None if no is None else no in str(answer)
